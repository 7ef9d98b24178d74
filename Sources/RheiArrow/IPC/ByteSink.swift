import RheiCore

/// Takes bytes in order.
public protocol ByteSink: AnyObject {
    /// Writes all of `bytes`.
    func write(_ bytes: RawSpan) throws

    /// Writes all bytes of `buffers`, one buffer after another. A sink that pays for every call has its own form.
    func write(_ buffers: [Buffer]) throws
}

extension ByteSink {
    public func write(_ buffers: [Buffer]) throws {
        for buffer in buffers { try buffer.withBytes { try write($0) } }
    }
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
        try check(unsafe bytes.withUnsafeBytes { unsafe DescriptorTransfer.write($0, to: descriptor) })
    }

    /// Hands all buffers to the system together: pages of the file that several of them share are filled once.
    ///
    /// - Throws: `io` when the system refuses.
    public func write(_ buffers: [Buffer]) throws {
        let pieces = unsafe buffers.map { unsafe UnsafeRawBufferPointer(start: $0.pointer, count: $0.byteCount) }
        let error = unsafe DescriptorTransfer.write(gathering: pieces, to: descriptor)
        withExtendedLifetime(buffers) {}
        try check(error)
    }

    private func check(_ error: Int32) throws {
        guard error == 0 else {
            throw EngineError(.io, "cannot write to descriptor \(descriptor): error \(error)")
        }
    }
}
