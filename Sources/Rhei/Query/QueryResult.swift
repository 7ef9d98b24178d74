/// All rows of an answered query, in columns.
public struct QueryResult: Sendable {
    public let schema: Schema
    public let batches: [RecordBatch]
    public let info: QueryInfo
    /// Rows that an INSERT, UPDATE or DELETE changed; 0 for queries.
    public let changeCount: Int

    init(schema: Schema, batches: [RecordBatch], info: QueryInfo, changeCount: Int = 0) {
        self.schema = schema
        self.batches = batches
        self.info = info
        self.changeCount = changeCount
    }

    public var rowCount: Int { batches.reduce(0) { $0 + $1.rowCount } }

    public var columnNames: [String] { schema.fields.map(\.name) }

    /// Decodes every row into a `Decodable` type whose keys are column names.
    ///
    /// Integers decode into any integer type they fit, into Bool (0 is false) and into floating point; text into
    /// String; blobs into `[UInt8]`; NULL into optionals.
    /// - Throws: `DecodingError` naming row and column.
    public func decode<Row: Decodable>(_ type: Row.Type = Row.self) throws -> [Row] {
        var rows: [Row] = []
        rows.reserveCapacity(rowCount)
        for batch in batches {
            let columns = DecodableColumns(batch)
            for row in 0..<batch.rowCount {
                rows.append(try Row(from: RowDecoder(columns: columns, row: row)))
            }
        }
        return rows
    }

    /// Returns the rows as values; convenient for small results.
    public func rows() throws -> [[SQLValue]] {
        var rows: [[SQLValue]] = []
        for batch in batches {
            for row in 0..<batch.rowCount {
                rows.append(try batch.columns.indices.map { try batch.value(row: row, column: $0) })
            }
        }
        return rows
    }
}
