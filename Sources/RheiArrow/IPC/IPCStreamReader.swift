import RheiCore

/// Reads record batches from Arrow's stream format, one at a time and in order.
///
/// Reads metadata of versions V4 and V5, with and without continuation marks. Whatever the bytes, the answer is an
/// error or a batch whose rows are safe to read; memory stays within a small multiple of the bytes read. Not
/// thread-safe.
public final class IPCStreamReader {
    public var schema: Schema { batches.schema }
    /// Custom metadata of the last batch's message.
    public private(set) var batchMetadata: [String: String] = [:]
    private let source: any ByteSource
    private var batches: IPCBatchReader
    private var isFinished = false

    /// Reads the schema.
    ///
    /// - Throws: `corrupt` for damaged bytes, `unsupported` naming what this reader does not know.
    public init(_ source: any ByteSource, options: IPCReadOptions = IPCReadOptions()) throws {
        self.source = source
        guard let message = try IPCMessage.read(source), message.type == .schema else {
            throw EngineError(.corrupt, "an Arrow stream that does not begin with a schema")
        }
        _ = try message.readBody(source)
        batches = try IPCBatchReader(message.header, options: options)
    }

    /// Reads from a buffer, sharing its memory.
    public convenience init(_ contents: Buffer, options: IPCReadOptions = IPCReadOptions()) throws {
        try self.init(MemorySource(contents), options: options)
    }

    /// Returns the next batch, nil at the end of the stream. After an error the stream counts as ended.
    public func next() throws -> RecordBatch? {
        if isFinished { return nil }
        isFinished = true
        while let message = try IPCMessage.read(source) {
            let body = try message.readBody(source)
            switch message.type {
            case .schema: throw EngineError(.corrupt, "an Arrow stream with a second schema")
            case .dictionaryBatch: try batches.addDictionary(message, body: body)
            case .recordBatch:
                try batches.joinDictionaries()
                let batch = try batches.batch(message, body: body)
                batchMetadata = message.metadata
                isFinished = false
                return batch
            }
        }
        return nil
    }
}
