/// A string or blob in 16 bytes, Arrow's view layout:
///
/// ```
/// byte   0..3      4..7        8..11          12..15
///        length    the bytes themselves, zero padded            length <= 12
///        length    prefix      buffer index   offset in it      length > 12
/// ```
///
/// Two views of at most 12 bytes are equal exactly when both words are.
@frozen public struct ByteView: BitwiseCopyable, Sendable, Hashable {
    /// Length in the low half, the first four bytes in the high half.
    public var low: UInt64
    /// Bytes 4 to 11, or buffer index in the low half and offset in the high half.
    public var high: UInt64

    /// Largest length that needs no data buffer.
    @inlinable public static var inlineByteCount: Int { 12 }

    @inlinable public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The empty string.
    @inlinable public init() {
        self.init(low: 0, high: 0)
    }

    /// Number of bytes.
    @inlinable public var byteCount: Int { Int(truncatingIfNeeded: low & 0xFFFF_FFFF) }
    /// Whether the bytes are in the view itself.
    @inlinable public var isInline: Bool { byteCount <= Self.inlineByteCount }
    /// Index among the data buffers; meaningful when not inline.
    @inlinable public var bufferIndex: Int { Int(truncatingIfNeeded: high & 0xFFFF_FFFF) }
    /// Offset in the data buffer; meaningful when not inline.
    @inlinable public var byteOffset: Int { Int(truncatingIfNeeded: high &>> 32) }

    /// Makes the view of at most 12 bytes, reading each of them once or twice and nothing past them.
    @unsafe @inlinable
    package init(inline bytes: UnsafeRawPointer?, byteCount: Int) {
        self.init(low: UInt64(truncatingIfNeeded: byteCount), high: 0)
        guard let bytes = unsafe bytes, byteCount > 0 else { return }
        var first: UInt64 = 0
        if byteCount >= 4 {
            first = unsafe UInt64(bytes.loadUnaligned(as: UInt32.self))
            if byteCount >= 8 {
                // The last four bytes overlap bytes 4 to 7 unless there are twelve.
                let middle = unsafe UInt64(bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
                let last = unsafe UInt64(bytes.loadUnaligned(fromByteOffset: byteCount &- 4, as: UInt32.self))
                high = middle | last &<< UInt64(truncatingIfNeeded: (byteCount &- 8) &* 8)
            } else {
                let last = unsafe UInt64(bytes.loadUnaligned(fromByteOffset: byteCount &- 4, as: UInt32.self))
                high = last &>> UInt64(truncatingIfNeeded: (8 &- byteCount) &* 8)
            }
        } else {
            // One to three bytes: the first, the middle and the last, which may be the same.
            let middle = byteCount &>> 1
            first = unsafe UInt64(bytes.load(as: UInt8.self))
            first |= unsafe UInt64(bytes.load(fromByteOffset: middle, as: UInt8.self)) &<< UInt64(middle &* 8)
            let last = byteCount &- 1
            first |= unsafe UInt64(bytes.load(fromByteOffset: last, as: UInt8.self)) &<< UInt64(last &* 8)
        }
        low |= first &<< 32
    }

    /// Makes the view of more than 12 bytes that lie in a data buffer.
    @unsafe @inlinable
    package init(_ bytes: UnsafeRawPointer, byteCount: Int, bufferIndex: Int, byteOffset: Int) {
        let prefix = unsafe UInt64(bytes.loadUnaligned(as: UInt32.self))
        self.init(
            low: UInt64(truncatingIfNeeded: byteCount) | prefix &<< 32,
            high: UInt64(truncatingIfNeeded: bufferIndex) | UInt64(truncatingIfNeeded: byteOffset) &<< 32)
    }

    /// Returns this view with another buffer index and offset; inline views stay as they are.
    @inlinable package func relocated(bufferIndex: Int, byteOffset: Int) -> ByteView {
        if isInline { return self }
        return ByteView(
            low: low, high: UInt64(truncatingIfNeeded: bufferIndex) | UInt64(truncatingIfNeeded: byteOffset) &<< 32)
    }
}
