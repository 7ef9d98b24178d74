import RheiCore

/// Writes record batches in Arrow's stream format, metadata version V5.
///
/// A dictionary is written before the first batch that uses it and again when it has changed. Columns of type `any` are
/// written as dense unions that name the extension type `rhei.any`. Not thread-safe.
public final class IPCStreamWriter {
    public let schema: Schema
    private var messages: IPCMessageWriter
    private var isFinished = false

    /// Writes the schema.
    ///
    /// - Throws: `unsupported` naming a type that cannot be written; what the sink throws.
    public init(_ sink: any ByteSink, schema: Schema, options: IPCWriteOptions = IPCWriteOptions()) throws {
        self.schema = schema
        messages = try IPCMessageWriter(sink, options: options, replacesDictionaries: true)
        try messages.writeSchema(schema)
    }

    /// Writes a batch with the columns of the schema; columns of nulls fit any type, and every SQLite type fits `any`.
    ///
    /// - Parameter metadata: custom metadata of this batch's message.
    /// - Throws: `typeMismatch` for other columns, `closed` after `finish`.
    public func write(_ batch: RecordBatch, metadata: [String: String] = [:]) throws {
        guard !isFinished else { throw EngineError(.closed, "the Arrow stream is finished") }
        let columns = try batch.columns(fitting: schema)
        _ = try messages.writeBatch(columns, rowCount: batch.rowCount, metadata)
    }

    /// Writes the end mark. Calling it again does nothing.
    public func finish() throws {
        if isFinished { return }
        isFinished = true
        try messages.writeEnd()
    }
}

extension RecordBatch {
    /// Returns the columns in the types of `schema`.
    func columns(fitting schema: Schema) throws -> [ArrowArray] {
        guard columns.count == schema.fields.count else {
            throw EngineError(.typeMismatch, "\(columns.count) columns for a schema of \(schema.fields.count) fields")
        }
        return try zip(columns, schema.fields).map { column, field in
            column.type == field.type ? column : try ArrowArray.joined([column], as: field.type)
        }
    }
}
