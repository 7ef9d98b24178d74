import RheiCore

/// What a writer of Arrow IPC may be told.
public struct IPCWriteOptions: Hashable, Sendable {
    /// Buffers and messages begin at multiples of this many bytes: 8 or 64.
    public var alignment: Int
    /// How buffers are compressed; not at all when nil.
    public var compression: IPCCompression?
    /// Whether a dictionary that begins with the one before is written as what it adds. Files always do so, since they
    /// know no replacements; not all readers of streams do.
    public var writesDictionaryDeltas: Bool
    /// Threads that compress the buffers of a batch, the caller's included; the processors when nil.
    public var threadCount: Int?

    public init(
        alignment: Int = 64, compression: IPCCompression? = nil, writesDictionaryDeltas: Bool = false,
        threadCount: Int? = nil
    ) {
        self.alignment = alignment
        self.compression = compression
        self.writesDictionaryDeltas = writesDictionaryDeltas
        self.threadCount = threadCount
    }

    /// - Throws: `invalidArgument` for an alignment that is neither 8 nor 64.
    func validate() throws {
        guard alignment == 8 || alignment == 64 else {
            throw EngineError(.invalidArgument, "Arrow IPC is aligned to 8 or 64 bytes, not to \(alignment)")
        }
    }
}
