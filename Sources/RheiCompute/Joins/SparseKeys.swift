/// A coarse map of few values in a wide range: tells of ranges between them that they hold none.
///
/// A bit stands for 2^n values that follow each other, n so that the whole range takes at most 2^17 bits (16 KB).
struct SparseKeys {
    private let base: UInt64
    private let span: UInt64
    private let shift: UInt64
    private let words: MemoryBlock

    private static let bitCountLimit: UInt64 = 1 << 17
    /// Of more values too many bits would be set.
    private static let keyCountLimit = 1 << 14
    /// The values of the range for each key, at least: as many as a vector of a key that ascends may pass over.
    private static let valuesPerKey: UInt64 = 1024

    /// - Returns: nil when `bounds` are not wide for so many keys.
    init?(bounds: ClosedRange<Int64>, keyCount: Int) {
        base = UInt64(bitPattern: bounds.lowerBound)
        span = UInt64(bitPattern: bounds.upperBound) &- base
        guard keyCount <= Self.keyCountLimit, span / Self.valuesPerKey >= UInt64(keyCount) else { return nil }
        var shift: UInt64 = 0
        while span >> shift >= Self.bitCountLimit { shift += 1 }
        self.shift = shift
        words = MemoryBlock(byteCount: Int((span >> shift) / 64) * 8 + 8, zeroed: true)
    }

    /// Notes a value within the bounds.
    func enter(_ value: Int64) {
        let bit = (UInt64(bitPattern: value) &- base) >> shift
        let words = unsafe words.pointer(UInt64.self)
        unsafe words[Int(bit >> 6)] |= 1 << (bit & 63)
    }

    /// Whether a value may lie in the range; false only if none does.
    func mayHoldAny(of range: ClosedRange<Int64>) -> Bool {
        let low = Int64(bitPattern: base)
        let high = Int64(bitPattern: base &+ span)
        guard range.lowerBound <= high, range.upperBound >= low else { return false }
        let first = (UInt64(bitPattern: max(range.lowerBound, low)) &- base) >> shift
        let last = (UInt64(bitPattern: min(range.upperBound, high)) &- base) >> shift
        let words = unsafe words.pointer(UInt64.self)
        for index in first >> 6...last >> 6 {
            var word = unsafe words[Int(index)]
            if index == first >> 6 { word &= .max << (first & 63) }
            if index == last >> 6 { word &= .max >> (63 - last & 63) }
            if word != 0 { return true }
        }
        return false
    }
}
