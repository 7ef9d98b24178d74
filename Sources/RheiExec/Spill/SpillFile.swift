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
        var done = 0
        while done < bytes.count {
            let written = unsafe pwrite(
                descriptor, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done, off_t(start + done))
            if written > 0 {
                done += written
            } else if written < 0, errno == EINTR {
                continue
            } else {
                throw failure("write", written == 0 ? ENOSPC : errno)
            }
        }
        return start
    }

    @unsafe func read(_ target: UnsafeMutableRawBufferPointer, at offset: Int) throws(EngineError) {
        var done = 0
        while done < target.count {
            let count = unsafe pread(
                descriptor, target.baseAddress.map { unsafe $0 + done }, target.count - done, off_t(offset + done))
            if count > 0 {
                done += count
            } else if count < 0, errno == EINTR {
                continue
            } else if count == 0 {
                throw EngineError(
                    .corrupt,
                    "a temporary file in '\(directory.path)' ends early: \(target.count) bytes at \(offset), found \(done)"
                )
            } else {
                throw failure("read", errno)
            }
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
