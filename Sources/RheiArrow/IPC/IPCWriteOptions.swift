import RheiCore

/// What a writer of Arrow IPC may be told.
public struct IPCWriteOptions: Hashable, Sendable {
    /// Buffers and messages begin at multiples of this many bytes: 8 or 64.
    public var alignment: Int
    /// How buffers are compressed; not at all when nil.
    public var compression: IPCCompression?

    public init(alignment: Int = 64, compression: IPCCompression? = nil) {
        self.alignment = alignment
        self.compression = compression
    }

    /// - Throws: `invalidArgument` for an alignment that is neither 8 nor 64.
    func validate() throws {
        guard alignment == 8 || alignment == 64 else {
            throw EngineError(.invalidArgument, "Arrow IPC is aligned to 8 or 64 bytes, not to \(alignment)")
        }
    }
}
