#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import RheiCore

/// Gives bytes in order.
public protocol ByteSource: AnyObject {
    /// Returns the next `byteCount` bytes; fewer only at the end of the input.
    func read(_ byteCount: Int) throws -> Buffer
}

/// Lends the bytes of a buffer piece by piece without copying them.
public final class MemorySource: ByteSource {
    private let contents: Buffer
    private var position = 0

    public init(_ contents: Buffer) { self.contents = contents }

    public func read(_ byteCount: Int) -> Buffer {
        let count = min(max(byteCount, 0), contents.byteCount - position)
        defer { position += count }
        return contents.slice(offset: position, byteCount: count)
    }
}

/// Reads from an open file descriptor, which stays the caller's.
///
/// Memory grows with the bytes that arrive, not with the number asked for.
public final class FileDescriptorSource: ByteSource {
    private let descriptor: Int32

    public init(descriptor: Int32) { self.descriptor = descriptor }

    /// - Throws: `io` when the system refuses.
    public func read(_ byteCount: Int) throws -> Buffer {
        var contents = MutableBuffer(capacity: min(byteCount, 1 << 20))
        while contents.byteCount < byteCount {
            let wanted = min(byteCount - contents.byteCount, max(1 << 20, contents.byteCount))
            contents.reserve(contents.byteCount + wanted)
            #if canImport(Glibc)
            let count = unsafe Glibc.read(descriptor, contents.pointer + contents.byteCount, wanted)
            #else
            let count = unsafe Darwin.read(descriptor, contents.pointer + contents.byteCount, wanted)
            #endif
            if count < 0 {
                if errno == EINTR { continue }
                throw EngineError(.io, "cannot read from descriptor \(descriptor): error \(errno)")
            }
            if count == 0 { break }
            contents.byteCount += count
        }
        return contents.freeze()
    }
}
