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
        // What a file really has left is worth a block at once; elsewhere only what has come tells how much comes.
        var contents = MutableBuffer(capacity: min(byteCount, max(remainingByteCount(), 1 << 20)))
        while contents.byteCount < byteCount {
            let room = max(1 << 20, contents.byteCount, contents.capacity - contents.byteCount)
            let wanted = min(byteCount - contents.byteCount, room)
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

    /// Bytes from the current place to the end of a regular file; zero for anything else.
    private func remainingByteCount() -> Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
        let place = lseek(descriptor, 0, SEEK_CUR)
        return place < 0 ? 0 : max(0, Int(status.st_size) - Int(place))
    }
}
