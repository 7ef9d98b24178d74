/// Which values an integer key of a join's build side has: tells of most probe rows without a match that they have
/// none, before anything else of them is read.
///
/// Values of a dense range are bits of a map, which knows each value exactly; other sets are a Bloom filter whose bits
/// for one value lie in one word ("Cache-, Hash- and Space-Efficient Bloom Filters", JEA 14, 2009), which lets some
/// values pass that are not there.
///
/// Unchecked because nothing changes after `init`.
package final class KeyFilter: @unchecked Sendable {
    /// The least and the greatest value; nil when no row has one.
    package let bounds: ClosedRange<Int64>?
    private let words: MemoryBlock
    /// Nil for a map of bits, else the number of words less one.
    private let bloomMask: UInt64?
    /// The number of bits of a map.
    private let bitCount: UInt64

    /// A map may have so many bits whatever the number of rows: 1 MB.
    private static let smallMapBits: UInt64 = 1 << 23
    private static let mapBitsPerRow: UInt64 = 64
    private static let bloomBitsPerRow = 16

    /// - Returns: nil when the column holds no integers of at most 64 bits.
    package init?(_ column: ColumnStore, rowCount: Int) {
        guard column.type.isInteger, column.type != .int128 else { return nil }
        var range: ClosedRange<Int64>?
        Self.forEachBlock(column, rowCount) { vector, count in
            guard let found = integerRange(vector, nil, count) else { return }
            let low = min(found.minimum, range?.lowerBound ?? .max)
            range = low...max(found.maximum, range?.upperBound ?? .min)
        }
        bounds = range
        guard let range else {
            (words, bloomMask, bitCount) = (MemoryBlock(byteCount: 8, zeroed: true), nil, 0)
            return
        }
        let span = UInt64(bitPattern: range.upperBound &- range.lowerBound)
        if span < max(Self.smallMapBits, UInt64(rowCount) * Self.mapBitsPerRow), span < 1 << 33 {
            (bitCount, bloomMask) = (span + 1, nil)
            words = MemoryBlock(byteCount: (Int(span) / 64 + 1) * 8, zeroed: true)
        } else {
            var wordCount = 1
            while wordCount * 64 < rowCount * Self.bloomBitsPerRow { wordCount *= 2 }
            (bitCount, bloomMask) = (0, UInt64(wordCount - 1))
            words = MemoryBlock(byteCount: wordCount * 8, zeroed: true)
        }
        Self.forEachBlock(column, rowCount) { vector, count in enter(vector, count) }
    }

    private static func forEachBlock(_ column: ColumnStore, _ rowCount: Int, _ body: (ColumnVector, Int) -> Void) {
        for first in stride(from: 0, to: rowCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, rowCount - first)
            body(column.vector(from: first, count: count), count)
        }
    }

    private func enter(_ vector: ColumnVector, _ count: Int) {
        let words = unsafe words.pointer(UInt64.self)
        let base = UInt64(bitPattern: bounds?.lowerBound ?? 0)
        let mask = bloomMask
        ComparisonKernel.withWidened(vector, SelectionVector(all: count)) { wide in
            let values = wide.elements(Int64.self)
            for row in 0..<count where vector.isValid(row) {
                let value = UInt64(bitPattern: values[row])
                if let mask {
                    let hash = hashWord(value)
                    unsafe words[Int(hash & mask)] |= Self.bloomBits(hash)
                } else {
                    let bit = value &- base
                    unsafe words[Int(truncatingIfNeeded: bit &>> 6)] |= 1 &<< (bit & 63)
                }
            }
        }
    }

    /// Three bits of a word, from the hash bits that do not choose the word.
    @inline(__always)
    private static func bloomBits(_ hash: UInt64) -> UInt64 {
        let first: UInt64 = 1 &<< (hash &>> 58)
        let second: UInt64 = 1 &<< ((hash &>> 52) & 63)
        return first | second | (1 &<< ((hash &>> 46) & 63))
    }

    /// Returns those of `rows` whose key may be there; null keys are not.
    package func select(_ key: ColumnVector, _ rows: SelectionVector, into output: SelectionBuffer) -> SelectionVector {
        if key.isConstant {
            let isThere = key.isValid(0) && mayHold(key.integer(0))
            return isThere ? output.copy(rows) : output.selection(count: 0, rowCount: rows.rowCount)
        }
        let valid = output.selectValid(rows, key.variableValidity)
        switch key.type {
        case .bool, .int8: return unsafe select(key.pointer(Int8.self), valid, output)
        case .int16: return unsafe select(key.pointer(Int16.self), valid, output)
        case .int32: return unsafe select(key.pointer(Int32.self), valid, output)
        case .int64: return unsafe select(key.pointer(Int64.self), valid, output)
        default: return valid
        }
    }

    /// The same for one value.
    package func mayHold(_ value: Int64) -> Bool {
        let words = unsafe words.pointer(UInt64.self)
        let word = UInt64(bitPattern: value)
        if let bloomMask {
            let hash = hashWord(word)
            let bits = Self.bloomBits(hash)
            return unsafe words[Int(hash & bloomMask)] & bits == bits
        }
        let bit = word &- UInt64(bitPattern: bounds?.lowerBound ?? 0)
        return unsafe bit < bitCount && (words[Int(truncatingIfNeeded: bit &>> 6)] &>> (bit & 63)) & 1 == 1
    }

    @inline(__always)
    private func select<Integer: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
        _ values: UnsafePointer<Integer>, _ rows: SelectionVector, _ output: SelectionBuffer
    ) -> SelectionVector {
        let (list, words) = unsafe (output.indices, words.pointer(UInt64.self))
        var count = 0
        if let bloomMask {
            rows.forEach { row in
                let hash = unsafe hashWord(UInt64(bitPattern: Int64(values[row])))
                let bits = Self.bloomBits(hash)
                unsafe list[count] = UInt16(truncatingIfNeeded: row)
                unsafe count &+= asInt(words[Int(truncatingIfNeeded: hash & bloomMask)] & bits == bits)
            }
        } else {
            let base = UInt64(bitPattern: bounds?.lowerBound ?? 0)
            let limit = bitCount
            rows.forEach { row in
                let bit = unsafe UInt64(bitPattern: Int64(values[row])) &- base
                // Beyond the map the first word is read and its answer masked, so that nothing depends on a jump.
                let isInside = asInt(bit < limit)
                let place = Int(truncatingIfNeeded: bit &>> 6) & (0 &- isInside)
                let answer = unsafe Int(truncatingIfNeeded: words[place] &>> (bit & 63)) & isInside
                unsafe list[count] = UInt16(truncatingIfNeeded: row)
                count &+= answer
            }
        }
        if count == rows.rowCount { return SelectionVector(all: count) }
        return output.selection(count: count, rowCount: rows.rowCount)
    }
}
