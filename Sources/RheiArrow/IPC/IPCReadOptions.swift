/// How thoroughly arrays from outside are checked before they are handed out.
public enum ValidationDepth: Hashable, Sendable {
    /// Everything that keeps reads of rows within memory: sizes, offsets, views.
    case layout
    /// Also the contents: text must be UTF-8.
    case full
}

/// What a reader of Arrow IPC may be told.
public struct IPCReadOptions: Hashable, Sendable {
    public var validation: ValidationDepth
    /// Bytes that the buffers of one batch may take when they are decompressed.
    public var decompressedByteLimit: Int
    /// Threads that decompress the buffers of a batch, the caller's included; the processors when nil.
    public var threadCount: Int?

    public init(
        validation: ValidationDepth = .layout, decompressedByteLimit: Int = 4 << 30, threadCount: Int? = nil
    ) {
        self.validation = validation
        self.decompressedByteLimit = decompressedByteLimit
        self.threadCount = threadCount
    }
}
