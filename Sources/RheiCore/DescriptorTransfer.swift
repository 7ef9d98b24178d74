#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Moves bytes between memory and an open file descriptor until all are through: the system may move fewer than it was
/// asked to, or be interrupted by a signal.
package enum DescriptorTransfer {
    /// Writes all of `bytes` at the descriptor's place, or at `offset` without moving that place.
    ///
    /// - Returns: zero, or the number of the system's error; then an unknown part has been written.
    @unsafe package static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int? = nil
    ) -> Int32 {
        var done = 0
        while done < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = unsafe write(some: rest, to: descriptor, at: offset.map { $0 + done })
            if count > 0 {
                done += count
            } else if count == 0 {
                return ENOSPC
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }

    /// Writes all of `pieces`, one after another, at the descriptor's place, with as few calls of the system as it
    /// takes.
    ///
    /// - Returns: zero, or the number of the system's error; then an unknown part has been written.
    @unsafe package static func write(gathering pieces: [UnsafeRawBufferPointer], to descriptor: Int32) -> Int32 {
        var vectors = unsafe pieces.filter { unsafe !$0.isEmpty }.map {
            unsafe iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
        }
        var first = 0
        while unsafe first < vectors.count {
            let count = unsafe vectors[first...].prefix(maximumVectorCount).withUnsafeBufferPointer {
                unsafe writev(descriptor, $0.baseAddress, Int32($0.count))
            }
            if count > 0 {
                first = unsafe skip(count, in: &vectors, from: first)
            } else if count == 0 {
                return ENOSPC
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }

    /// Most pieces that one call takes: `IOV_MAX` of Linux and Darwin.
    private static let maximumVectorCount = 1024

    /// Takes `byteCount` bytes away at the front of the vectors from `first` on.
    ///
    /// - Returns: the first vector that has bytes left.
    @unsafe private static func skip(_ byteCount: Int, in vectors: inout [iovec], from first: Int) -> Int {
        var (rest, index) = (byteCount, first)
        while unsafe index < vectors.count, unsafe rest >= vectors[index].iov_len {
            unsafe rest -= vectors[index].iov_len
            index += 1
        }
        if rest > 0, unsafe index < vectors.count {
            unsafe vectors[index].iov_base += rest
            unsafe vectors[index].iov_len -= rest
        }
        return index
    }

    /// Fills `target` from `offset` on, as far as the file goes.
    ///
    /// - Returns: the number of bytes read, and zero or the number of the system's error that ended the reading.
    @unsafe package static func read(
        into target: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int
    ) -> (byteCount: Int, error: Int32) {
        var done = 0
        while done < target.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[done...])
            let count = unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if count > 0 {
                done += count
            } else if count == 0 {
                break
            } else if errno != EINTR {
                return (done, errno)
            }
        }
        return (done, 0)
    }

    @unsafe private static func write(some bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int?) -> Int
    {
        if let offset { return unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset)) }
        #if canImport(Glibc)
        return unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        return unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
