#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import RheiCore
import Synchronization

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
    private let threadCount: Int

    /// - Parameter threadCount: how many threads read large parts of a regular file; one per processor when nil.
    public init(descriptor: Int32, threadCount: Int? = nil) {
        self.descriptor = descriptor
        self.threadCount = threadCount ?? ThreadTeam.processorCount
    }

    /// - Throws: `io` when the system refuses.
    public func read(_ byteCount: Int) throws -> Buffer {
        // What a file really has left is worth a block at once; elsewhere only what has come tells how much comes.
        let known = min(byteCount, remainingByteCount())
        var contents = MutableBuffer(capacity: max(known, min(byteCount, 1 << 20)))
        if threadCount > 1, known >= PartialReads.worthwhileByteCount {
            let place = lseek(descriptor, 0, SEEK_CUR)
            let reads = unsafe PartialReads(descriptor, from: Int(place), contents.pointer, byteCount: known)
            contents.byteCount = reads.run(threadCount: threadCount)
            lseek(descriptor, place + off_t(contents.byteCount), SEEK_SET)
        }
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

/// Reads a part of a regular file in pieces that several threads take in turns: most of the time goes to the first
/// touch of fresh pages, which the threads share so.
private final class PartialReads: Sendable {
    /// Below this a second thread costs more than it saves.
    static let worthwhileByteCount = 8 << 20
    private static let pieceByteCount = 2 << 20

    private let descriptor: Int32
    private let place: Int
    /// The address that the bytes go to.
    private let target: UInt
    private let byteCount: Int
    private let next = Atomic<Int>(0)
    /// The first byte that could not be read.
    private let end: Atomic<Int>

    @unsafe init(_ descriptor: Int32, from place: Int, _ target: UnsafeMutableRawPointer, byteCount: Int) {
        self.descriptor = descriptor
        self.place = place
        self.target = UInt(bitPattern: target)
        self.byteCount = byteCount
        end = Atomic(byteCount)
    }

    /// Returns how many bytes were read without a gap.
    func run(threadCount: Int) -> Int {
        ThreadTeam.run(threadCount: threadCount) { self.readPieces() }
        return end.load(ordering: .acquiring)
    }

    private func readPieces() {
        while true {
            let first = next.add(Self.pieceByteCount, ordering: .relaxed).oldValue
            guard first < end.load(ordering: .relaxed) else { return }
            let last = min(first + Self.pieceByteCount, byteCount)
            let reached = read(first, last)
            if reached < last { end.min(reached, ordering: .releasing) }
        }
    }

    /// Reads `first ..< last` and returns where it ended.
    private func read(_ first: Int, _ last: Int) -> Int {
        guard let start = unsafe UnsafeMutableRawPointer(bitPattern: target) else { return first }
        let part = unsafe UnsafeMutableRawBufferPointer(start: start + first, count: last - first)
        return unsafe first + DescriptorTransfer.read(into: part, from: descriptor, at: place + first).byteCount
    }
}
