/// `count` bits of a buffer from bit `bitOffset` on, in Arrow's bit order. Immutable; slices share the buffer.
public struct Bitmap: Sendable {
    /// Holds at least `bitOffset + count` bits.
    public let buffer: Buffer
    public let bitOffset: Int
    public let count: Int

    /// - Precondition: `buffer` holds at least `bitOffset + count` bits.
    public init(buffer: Buffer, bitOffset: Int = 0, count: Int) {
        precondition(bitOffset >= 0 && count >= 0 && bitOffset + count <= buffer.byteCount * 8, "bits out of range")
        self.buffer = buffer
        self.bitOffset = bitOffset
        self.count = count
    }

    /// Makes a bitmap of equal bits.
    public init(repeating value: Bool, count: Int) {
        var builder = BitmapBuilder()
        builder.append(repeating: value, count: count)
        self = builder.finish()
    }

    /// Makes a bitmap of the given bits.
    public init(_ bits: [Bool]) {
        var builder = BitmapBuilder()
        for bit in bits { builder.append(bit) }
        self = builder.finish()
    }

    /// - Precondition: `0 <= index < count`.
    public subscript(index: Int) -> Bool {
        precondition(index >= 0 && index < count, "bit out of range")
        defer { withExtendedLifetime(buffer) {} }
        return unsafe Bits.get(buffer.pointer, bitOffset + index)
    }

    /// Returns the set bits' number; O(count / 64).
    public func countOnes() -> Int {
        defer { withExtendedLifetime(buffer) {} }
        return unsafe Bits.countOnes(buffer.pointer, bitOffset, count: count)
    }

    /// Returns the 64 bits (fewer at the end) from bit `wordIndex * 64` on.
    package func word(_ wordIndex: Int) -> UInt64 {
        let start = wordIndex * 64
        precondition(start >= 0 && start < count, "word out of range")
        defer { withExtendedLifetime(buffer) {} }
        return unsafe Bits.word(buffer.pointer, bitOffset + start, count: min(64, count - start))
    }

    /// Returns `count` bits from bit `offset` on, sharing memory.
    public func slice(offset: Int, count: Int) -> Bitmap {
        precondition(offset >= 0 && count >= 0 && offset + count <= self.count, "slice out of range")
        return Bitmap(buffer: buffer, bitOffset: bitOffset + offset, count: count)
    }

    /// - Precondition: both have the same count.
    public static func & (left: Bitmap, right: Bitmap) -> Bitmap { left.combined(with: right) { $0 & $1 } }
    /// - Precondition: both have the same count.
    public static func | (left: Bitmap, right: Bitmap) -> Bitmap { left.combined(with: right) { $0 | $1 } }
    /// Inverts every bit.
    public static prefix func ~ (bitmap: Bitmap) -> Bitmap { bitmap.combined(with: bitmap) { left, _ in ~left } }

    @inline(__always)
    private func combined(with other: Bitmap, _ combine: (UInt64, UInt64) -> UInt64) -> Bitmap {
        precondition(count == other.count, "bitmaps of \(count) and \(other.count) bits")
        var words = MutableBuffer(capacity: (count + 63) / 64 * 8)
        for index in 0..<(count + 63) / 64 {
            let remaining = count - index * 64
            let mask: UInt64 = remaining >= 64 ? .max : (1 &<< UInt64(remaining)) &- 1
            let word = combine(self.word(index), other.word(index)) & mask
            unsafe words.pointer.storeBytes(of: word.littleEndian, toByteOffset: index * 8, as: UInt64.self)
        }
        words.byteCount = Bits.byteCount(count)
        return Bitmap(buffer: words.freeze(), count: count)
    }

    /// Calls `body` with the index of each set bit, ascending.
    @inlinable public func forEachSetBit(_ body: (Int) throws -> Void) rethrows {
        var start = 0
        while start < count {
            var word = nextWord(start)
            while word != 0 {
                try body(start &+ word.trailingZeroBitCount)
                word &= word &- 1
            }
            start &+= 64
        }
    }

    @usableFromInline func nextWord(_ start: Int) -> UInt64 { word(start / 64) }
}

extension Bitmap: Equatable {
    /// Compares the bits, whatever their offsets in memory.
    public static func == (left: Bitmap, right: Bitmap) -> Bool {
        guard left.count == right.count else { return false }
        return (0..<(left.count + 63) / 64).allSatisfy { left.word($0) == right.word($0) }
    }
}
