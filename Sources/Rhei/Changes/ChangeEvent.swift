/// One change of one row of a table whose history is kept.
public struct ChangeEvent: Sendable {
    public enum Operation: String, Sendable, Hashable {
        case insert, update, delete
    }

    /// The table's name as declared.
    public var table: String
    /// The place of the change in the order of all changes of the database.
    public var position: Int64
    /// When the statement ran, in microseconds since 1970, UTC.
    public var time: Int64
    public var operation: Operation
    /// The row before; nil for an insert.
    public var old: ChangedRow?
    /// The row after; nil for a delete.
    public var new: ChangedRow?
}

/// A row as it stood before or after a change.
public struct ChangedRow: Sendable {
    private let batch: RecordBatch

    init(_ batch: RecordBatch) { self.batch = batch }

    public var columnNames: [String] { batch.schema.fields.map(\.name) }

    /// The values in the order of the columns.
    public func values() throws -> [SQLValue] {
        try batch.columns.indices.map { try batch.value(row: 0, column: $0) }
    }

    /// Decodes the row as ``QueryResult/decode(_:)`` does.
    public func decode<Row: Decodable>(_ type: Row.Type = Row.self) throws -> Row {
        try Row(from: RowDecoder(columns: DecodableColumns(batch), row: 0))
    }
}
