public import RheiCore

/// Arrays of equal length with a schema. A value; memory is shared.
public struct RecordBatch: Sendable {
    public let schema: Schema
    /// One array per field, in the same order.
    public let columns: [ArrowArray]
    /// Number of rows; also known without columns.
    public let rowCount: Int

    /// - Parameter rowCount: needed only when there are no columns.
    /// - Throws: `invalidArgument` when the columns do not fit the schema or differ in length.
    public init(schema: Schema, columns: [ArrowArray], rowCount: Int? = nil) throws {
        guard schema.fields.count == columns.count else {
            throw EngineError(
                .invalidArgument, "\(columns.count) columns for a schema of \(schema.fields.count) fields")
        }
        let count = rowCount ?? columns.first?.count ?? 0
        for (field, column) in zip(schema.fields, columns) {
            guard field.type == column.type else {
                throw EngineError(
                    .typeMismatch, "column '\(field.name)' is declared \(field.type) and holds \(column.type)")
            }
            guard column.count == count else {
                throw EngineError(
                    .invalidArgument, "column '\(field.name)' has \(column.count) rows instead of \(count)")
            }
        }
        self.init(trusted: schema, columns: columns, rowCount: count)
    }

    /// Makes a batch whose columns are known to fit.
    package init(trusted schema: Schema, columns: [ArrowArray], rowCount: Int) {
        self.schema = schema
        self.columns = columns
        self.rowCount = rowCount
    }

    /// Returns the first column of that exact name.
    public func column(named name: String) -> ArrowArray? {
        schema.index(of: name).map { columns[$0] }
    }

    /// Returns rows `offset ..< offset + count`, sharing memory.
    ///
    /// - Precondition: the rows exist.
    public func slice(offset: Int, count: Int) -> RecordBatch {
        precondition(offset >= 0 && count >= 0 && offset <= rowCount - count, "slice out of range")
        return RecordBatch(
            trusted: schema, columns: columns.map { $0.slice(offset: offset, count: count) }, rowCount: count)
    }
}

extension RecordBatch {
    /// Returns one cell as an SQLite value; see `ArrowArray.value(at:)`.
    ///
    /// - Precondition: the row and the column exist.
    public func value(row: Int, column: Int) throws -> SQLValue {
        try columns[column].value(at: row)
    }
}
