import RheiArrow

/// The bytes of one column chunk, not yet in a file.
struct EncodedChunk {
    var encoding: Encoding
    /// What is kept once for the chunk: a constant, a dictionary, a symbol table.
    var shared: EncodedBlock?
    /// The rows, in order.
    var blocks: [EncodedBlock] = []
}

/// The bytes of one block as they go into a file.
struct EncodedBlock {
    var rowCount: Int
    /// Bytes before compression.
    var rawByteCount: Int
    var isCompressed: Bool
    var bytes: Buffer

    /// Compresses `raw` unless that saves less than `leastSaving` percent.
    init(_ raw: [UInt8], rowCount: Int, compression: BlockCompression, leastSaving: Int) throws {
        self.rowCount = rowCount
        rawByteCount = raw.count
        let compressed = try compression.compressed(raw, leastSaving: leastSaving)
        isCompressed = compressed != nil
        bytes = compressed ?? Buffer(copying: raw)
    }
}
