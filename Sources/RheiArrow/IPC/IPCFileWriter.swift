import RheiCore

/// Writes record batches in Arrow's file format, metadata version V5; see `IPCStreamWriter` for types.
///
/// The file is complete only after `finish`. Not thread-safe.
public final class IPCFileWriter {
    public let schema: Schema
    private let metadata: [String: String]
    private var messages: IPCMessageWriter
    private var blocks: [[Int64]] = []
    private var isFinished = false

    /// Writes the schema.
    ///
    /// - Parameter metadata: custom metadata of the footer.
    /// - Throws: `unsupported` naming a type that cannot be written; what the sink throws.
    public init(
        _ sink: any ByteSink, schema: Schema, metadata: [String: String] = [:],
        options: IPCWriteOptions = IPCWriteOptions()
    ) throws {
        self.schema = schema
        self.metadata = metadata
        messages = try IPCMessageWriter(sink, options: options, replacesDictionaries: false)
        try messages.write(IPCFormat.magic + [0, 0])
        try messages.writeSchema(schema)
    }

    /// Writes a batch; see `IPCStreamWriter.write(_:metadata:)`.
    ///
    /// - Throws: `unsupported` when a dictionary changes other than by growing, which files cannot hold.
    public func write(_ batch: RecordBatch, metadata: [String: String] = [:]) throws {
        guard !isFinished else { throw EngineError(.closed, "the Arrow file is finished") }
        let columns = try batch.columns(fitting: schema)
        blocks.append(try messages.writeBatch(columns, rowCount: batch.rowCount, metadata))
    }

    /// Writes the end mark and the footer. Calling it again does nothing.
    public func finish() throws {
        if isFinished { return }
        isFinished = true
        try messages.writeEnd()
        let footer = FlatWriter.encode([
            .int16(IPCFormat.metadataV5), .table(try IPCSchemaEncoder.encode(schema)),
            .words(messages.dictionaryBlocks.flatMap { $0 }, perElement: 3),
            .words(blocks.flatMap { $0 }, perElement: 3), IPCSchemaEncoder.metadata(metadata),
        ])
        try messages.write(footer)
        try messages.write((0..<4).map { UInt8(truncatingIfNeeded: footer.count >> ($0 * 8)) })
        try messages.write(IPCFormat.magic)
    }
}
