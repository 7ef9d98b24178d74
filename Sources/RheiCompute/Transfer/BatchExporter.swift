package import RheiArrow

/// Collects the living rows of batches in a record batch.
@safe package final class BatchExporter {
    /// The schema of the result.
    package let schema: Schema
    private let columns: [ColumnExporter]
    /// Number of rows appended.
    package private(set) var rowCount = 0

    /// - Throws: `unsupported` for a field whose type vectors do not have.
    package init(schema: Schema) throws {
        self.schema = schema
        columns = try schema.fields.map { try ColumnExporter(type: $0.type) }
    }

    /// Appends the rows of `columns`, one vector per field, that `rows` names.
    package func append(_ vectors: [ColumnVector], rows: SelectionVector) throws {
        for (column, vector) in zip(columns, vectors) { try column.append(vector, rows: rows) }
        rowCount += rows.count
    }

    /// Appends the living rows of a batch.
    package func append(_ batch: VectorBatch) throws {
        try append(batch.columns, rows: batch.rows)
    }

    /// Returns what was appended and starts anew.
    package func finish() throws -> RecordBatch {
        let arrays = try columns.map { try $0.finish() }
        defer { rowCount = 0 }
        return RecordBatch(trusted: schema, columns: arrays, rowCount: rowCount)
    }
}
