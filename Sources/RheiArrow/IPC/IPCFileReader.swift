import RheiCore

/// Reads record batches from Arrow's file format, in any order, sharing memory with the file's bytes.
///
/// With `Buffer.mapping(path:)` nothing is read before it is looked at, but dictionaries are checked at once and each
/// batch when it is asked for.
/// Safe to use from several threads.
public struct IPCFileReader: Sendable {
    public var schema: Schema { batches.schema }
    /// Custom metadata of the footer.
    public let metadata: [String: String]
    /// Number of record batches.
    public var batchCount: Int { blocks.count }
    private let contents: Buffer
    private let batches: IPCBatchReader
    private let blocks: [Block]

    /// Where a message lies ("File.fbs").
    private struct Block: Sendable {
        var offset: Int
        var metadataByteCount: Int
        var bodyByteCount: Int
    }

    /// Reads the footer.
    ///
    /// - Throws: `corrupt` for damaged bytes, `unsupported` naming what this reader does not know.
    public init(_ contents: Buffer, options: IPCReadOptions = IPCReadOptions()) throws {
        let footer = try Self.footer(contents)
        let table = try FlatTable(root: contents.slice(offset: footer.lowerBound, byteCount: footer.count).bytes())
        guard let schema = try table.table(1) else { throw FlatData.corrupt("a footer without schema") }
        self.contents = contents
        var batches = try IPCBatchReader(schema, options: options)
        for block in try Self.blocks(table, 2, end: footer.lowerBound) {
            let (message, body) = try Self.message(block, contents, .dictionaryBatch)
            try batches.addDictionary(message, body: body)
        }
        try batches.joinDictionaries()
        self.batches = batches
        blocks = try Self.blocks(table, 3, end: footer.lowerBound)
        metadata = try IPCSchemaDecoder.metadata(table, 4)
    }

    /// Maps the file at `path`; see `Buffer.mapping(path:)`.
    public init(path: String, options: IPCReadOptions = IPCReadOptions()) throws {
        try self.init(Buffer.mapping(path: path), options: options)
    }

    /// Returns batch `index` and the custom metadata of its message.
    ///
    /// - Precondition: `0 <= index < batchCount`.
    public func batchAndMetadata(at index: Int) throws -> (batch: RecordBatch, metadata: [String: String]) {
        let (message, body) = try Self.message(blocks[index], contents, .recordBatch)
        return (try batches.batch(message, body: body), message.metadata)
    }

    /// Returns batch `index`.
    ///
    /// - Precondition: `0 <= index < batchCount`.
    public func batch(at index: Int) throws -> RecordBatch { try batchAndMetadata(at: index).batch }

    /// Returns columns of batch `index`, in the order asked for; of compressed columns only these are decompressed.
    ///
    /// - Precondition: the batch and the columns exist.
    public func columns(_ columns: [Int], ofBatch index: Int) throws -> [ArrowArray] {
        let (message, body) = try Self.message(blocks[index], contents, .recordBatch)
        return try batches.columns(columns, message, body: body)
    }

    /// Returns the number of rows of batch `index` as its message says it; no column is looked at.
    ///
    /// - Precondition: `0 <= index < batchCount`.
    public func rowCount(ofBatch index: Int) throws -> Int {
        let (message, _) = try Self.message(blocks[index], contents, .recordBatch)
        let count = try message.header.int64(0)
        // A number that could stand for more memory than the file has must be borne out by columns.
        guard count >= 0, count <= Int32.max else { return try batch(at: index).rowCount }
        return Int(count)
    }

    private static func message(
        _ block: Block, _ contents: Buffer, _ type: IPCHeaderType
    ) throws -> (message: IPCMessage, body: Buffer) {
        let bytes = contents.slice(offset: block.offset, byteCount: block.metadataByteCount)
        guard let message = try IPCMessage.read(MemorySource(bytes)), message.type == type,
            message.bodyByteCount == block.bodyByteCount
        else { throw EngineError(.corrupt, "no \(type) where the footer of an Arrow file names one") }
        let body = contents.slice(offset: block.offset + block.metadataByteCount, byteCount: block.bodyByteCount)
        return (message, body)
    }

    /// Finds the footer by the length and the magic bytes at the end.
    private static func footer(_ contents: Buffer) throws -> Range<Int> {
        let magic = IPCFormat.magic
        let byteCount = contents.byteCount
        guard byteCount >= 8 + 4 + magic.count,
            contents.slice(offset: 0, byteCount: magic.count).bytes() == magic,
            contents.slice(offset: byteCount - magic.count, byteCount: magic.count).bytes() == magic
        else { throw EngineError(.corrupt, "not an Arrow file: the bytes 'ARROW1' at both ends are missing") }
        let end = byteCount - magic.count - 4
        let length = contents.slice(offset: end, byteCount: 4).bytes().reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length >= 8, length <= end - 8 else { throw FlatData.corrupt("a footer of \(length) bytes") }
        return end - length..<end
    }

    private static func blocks(_ table: FlatTable, _ index: Int, end: Int) throws -> [Block] {
        guard let vector = try table.vector(index, elementByteCount: 24) else { return [] }
        return try (0..<vector.count).map { index in
            let (offset, length) = try (vector.int64(index), vector.int32(index, at: 8))
            let bodyByteCount = try vector.int64(index, at: 16)
            guard offset >= 8, offset <= end, length > 0, bodyByteCount >= 0, bodyByteCount <= end,
                Int(offset) + Int(length) + Int(bodyByteCount) <= end
            else { throw FlatData.corrupt("a message at byte \(offset) outside of the file") }
            return Block(offset: Int(offset), metadataByteCount: Int(length), bodyByteCount: Int(bodyByteCount))
        }
    }
}
