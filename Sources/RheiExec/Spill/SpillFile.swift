import RheiArrow
import RheiCompute
import RheiCore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where a block of rows lies in a temporary file.
struct SpillBlock: Sendable {
    var offset: Int
    /// Bytes in the file.
    var byteCount: Int
    /// Bytes before compression.
    var rawByteCount: Int
    var checksum: UInt32
    var rowCount: Int
    /// Where its rows stood in the input; what that means is the operator's.
    var sequence: UInt64 = 0
}

/// A temporary file without a name, to which workers append blocks of rows and from which they read them.
///
/// Safe from several threads: each block has a place of its own in the file.
final class SpillFile: Sendable {
    private let descriptor: Int32
    private let directory: SpillDirectory
    private let end = Atomic<Int>(0)

    init(descriptor: Int32, directory: SpillDirectory) {
        self.descriptor = descriptor
        self.directory = directory
    }

    deinit {
        directory.release(end.load(ordering: .relaxed))
        close(descriptor)
    }

    /// Bytes written so far.
    var byteCount: Int { end.load(ordering: .relaxed) }

    @unsafe func append(_ bytes: UnsafeRawBufferPointer) throws(EngineError) -> Int {
        try directory.reserve(bytes.count)
        let start = end.add(bytes.count, ordering: .relaxed).oldValue
        let error = unsafe DescriptorTransfer.write(bytes, to: descriptor, at: start)
        if error != 0 { throw failure("write", error) }
        return start
    }

    @unsafe func read(_ target: UnsafeMutableRawBufferPointer, at offset: Int) throws(EngineError) {
        let (count, error) = unsafe DescriptorTransfer.read(into: target, from: descriptor, at: offset)
        if error != 0 { throw failure("read", error) }
        guard count == target.count else {
            throw EngineError(
                .corrupt,
                "a temporary file in '\(directory.path)' ends early: \(target.count) bytes at \(offset), found \(count)"
            )
        }
    }

    private func failure(_ verb: String, _ code: Int32) -> EngineError {
        if code == ENOSPC || code == EDQUOT {
            return EngineError(
                .io,
                "no space left in '\(directory.path)' for what the query puts aside: \(SpillDirectory.reason(code))",
                hint: "set temporaryDirectory (rh: --temp-dir) to a larger disk, or raise the memory limit")
        }
        return EngineError(
            .io, "cannot \(verb) a temporary file in '\(directory.path)': \(SpillDirectory.reason(code))")
    }
}
