import RheiCore

/// Takes bytes in order.
public protocol ByteSink: AnyObject {
    /// Writes all of `bytes`.
    func write(_ bytes: RawSpan) throws
}

/// Gathers bytes in memory.
public final class MemorySink: ByteSink {
    private var contents = MutableBuffer()

    public init() {}

    /// Number of bytes written since the last `finish`.
    public var byteCount: Int { contents.byteCount }

    public func write(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe contents.append($0) }
    }

    /// Returns what was written and starts anew.
    public func finish() -> Buffer { contents.freeze() }
}

/// Writes to an open file descriptor, which stays the caller's.
public final class FileDescriptorSink: ByteSink {
    private let descriptor: Int32

    public init(descriptor: Int32) { self.descriptor = descriptor }

    /// - Throws: `io` when the system refuses.
    public func write(_ bytes: RawSpan) throws {
        let error = unsafe bytes.withUnsafeBytes { unsafe DescriptorTransfer.write($0, to: descriptor) }
        guard error == 0 else {
            throw EngineError(.io, "cannot write to descriptor \(descriptor): error \(error)")
        }
    }
}
