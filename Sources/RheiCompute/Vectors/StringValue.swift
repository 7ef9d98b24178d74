/// A text or blob value in 16 bytes: length, the first bytes, and either the rest or a pointer to all of it.
///
/// ```
/// bytes  0..3   length (UInt32)
/// bytes  4..7   the first four bytes, zero padded
/// bytes  8..15  length <= 12: the next eight bytes, zero padded
///               length  > 12: address of the first byte of the whole value
/// ```
/// This is the Arrow view with an address in the place of buffer index and offset, so values of several arrays mix
/// freely inside the executor. It owns nothing: whoever keeps a value beyond the batch copies its bytes.
/// Because inline bytes are zero padded, two inline values are equal iff both words are.
package struct StringValue: BitwiseCopyable, Sendable {
    package var head: UInt64
    package var tail: UInt64

    /// Values up to this many bytes lie within the 16 bytes.
    package static let inlineCapacity = 12

    @inlinable package init(head: UInt64, tail: UInt64) {
        self.head = head
        self.tail = tail
    }

    /// Makes the value for `count` bytes at `bytes`; longer than 12 bytes they must outlive the value.
    @inlinable package init(_ bytes: UnsafeRawPointer, count: Int) {
        var head = UInt64(UInt32(truncatingIfNeeded: count))
        if count > StringValue.inlineCapacity {
            let prefix = unsafe bytes.loadUnaligned(as: UInt32.self)
            head |= UInt64(prefix) &<< 32
            self.init(head: head, tail: UInt64(UInt(bitPattern: bytes)))
            return
        }
        var words: (UInt64, UInt64) = (0, 0)
        unsafe withUnsafeMutableBytes(of: &words) { target in
            if count > 0, let base = target.baseAddress {
                unsafe base.advanced(by: 4).copyMemory(from: bytes, byteCount: count)
            }
        }
        self.init(head: head | words.0, tail: words.1)
    }

    /// The empty value.
    @inlinable package static var empty: StringValue { StringValue(head: 0, tail: 0) }

    /// Number of bytes.
    @inlinable package var count: Int { Int(UInt32(truncatingIfNeeded: head)) }

    /// Whether all bytes lie within the value itself.
    @inlinable package var isInline: Bool { count <= StringValue.inlineCapacity }

    /// The address of the bytes of a value that is not inline.
    @inlinable package var address: UnsafeRawPointer? { unsafe UnsafeRawPointer(bitPattern: UInt(tail)) }
}

extension StringValue {
    /// Calls `body` with the bytes of the value, which are valid only during the call.
    @inlinable @inline(__always)
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let length = count
        if length > StringValue.inlineCapacity {
            return try unsafe body(UnsafeRawBufferPointer(start: address, count: length))
        }
        var words = (head, tail)
        return try unsafe withUnsafeBytes(of: &words) { bytes in
            try unsafe body(UnsafeRawBufferPointer(rebasing: bytes[4..<4 + length]))
        }
    }
}
