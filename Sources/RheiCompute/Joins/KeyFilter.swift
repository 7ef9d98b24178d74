/// Which values an integer key of a join's build side has: tells of most probe rows without a match that they have
/// none, before anything else of them is read.
///
/// Values of a dense range are bytes or bits of a map, which knows each value exactly; other sets are a Bloom filter
/// whose bits for one value lie in one word ("Cache-, Hash- and Space-Efficient Bloom Filters", JEA 14, 2009), which
/// lets some values pass that are not there.
///
/// Unchecked because nothing changes after `init`.
package final class KeyFilter: @unchecked Sendable {
    /// The least and the greatest value; nil when no row has one.
    package let bounds: ClosedRange<Int64>?
    private let words: MemoryBlock
    private enum Form {
        /// As many bytes of 0 or 1, and one of 0 behind them.
        case bytes(UInt64)
        /// As many bits.
        case bits(UInt64)
        /// The number of words less one.
        case bloom(UInt64)
    }
    private let form: Form
    /// Of few values in a wide range: where they are.
    private let sparse: SparseKeys?

    /// A map of so many values has bytes, which are found faster than bits as long as they stay in the cache.
    private static let greatestByteCount: UInt64 = 1 << 18
    /// A map may have so many bits whatever the number of rows: 1 MB.
    private static let smallMapBits: UInt64 = 1 << 23
    private static let mapBitsPerRow: UInt64 = 64
    private static let bloomBitsPerRow = 16

    /// - Returns: nil when the column holds no integers of at most 64 bits.
    package init?(_ column: ColumnStore, rowCount: Int) {
        guard column.type.isInteger else { return nil }
        var range: ClosedRange<Int64>?
        Self.forEachBlock(column, rowCount) { vector, count in
            guard let found = integerRange(vector, nil, count) else { return }
            let low = min(found.minimum, range?.lowerBound ?? .max)
            range = low...max(found.maximum, range?.upperBound ?? .min)
        }
        bounds = range
        guard let range else {
            (words, form) = (MemoryBlock(byteCount: 8, zeroed: true), .bytes(0))
            sparse = nil
            return
        }
        sparse = SparseKeys(bounds: range, keyCount: rowCount)
        let span = UInt64(bitPattern: range.upperBound &- range.lowerBound)
        if span < Self.greatestByteCount {
            form = .bytes(span + 1)
            words = MemoryBlock(byteCount: Int(span) + 2, zeroed: true)
        } else if span < max(Self.smallMapBits, UInt64(rowCount) * Self.mapBitsPerRow), span < 1 << 33 {
            form = .bits(span + 1)
            words = MemoryBlock(byteCount: (Int(span) / 64 + 1) * 8, zeroed: true)
        } else {
            var wordCount = 1
            while wordCount * 64 < rowCount * Self.bloomBitsPerRow { wordCount *= 2 }
            form = .bloom(UInt64(wordCount - 1))
            words = MemoryBlock(byteCount: wordCount * 8, zeroed: true)
        }
        Self.forEachBlock(column, rowCount) { vector, count in enter(vector, count) }
    }

    /// - Parameter bits: one for each value of `bounds`, from the least on.
    init(bits: MemoryBlock, bounds: ClosedRange<Int64>) {
        self.bounds = bounds
        words = bits
        sparse = nil
        form = .bits(UInt64(bitPattern: bounds.upperBound &- bounds.lowerBound) + 1)
    }

    private static func forEachBlock(_ column: ColumnStore, _ rowCount: Int, _ body: (ColumnVector, Int) -> Void) {
        for first in stride(from: 0, to: rowCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, rowCount - first)
            body(column.vector(from: first, count: count), count)
        }
    }

    private func enter(_ vector: ColumnVector, _ count: Int) {
        let (words, bytes) = unsafe (words.pointer(UInt64.self), words.pointer(UInt8.self))
        let base = UInt64(bitPattern: bounds?.lowerBound ?? 0)
        let form = form
        ComparisonKernel.withWidened(vector, SelectionVector(all: count)) { wide in
            let values = wide.elements(Int64.self)
            for row in 0..<count where vector.isValid(row) {
                sparse?.enter(values[row])
                let value = UInt64(bitPattern: values[row])
                let place = value &- base
                switch form {
                case .bytes: unsafe bytes[Int(truncatingIfNeeded: place)] = 1
                case .bits: unsafe words[Int(truncatingIfNeeded: place &>> 6)] |= 1 &<< (place & 63)
                case .bloom(let mask):
                    let hash = hashWord(value)
                    unsafe words[Int(truncatingIfNeeded: hash & mask)] |= Self.bloomBits(hash)
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

    /// Whether ``mayHoldAny(of:_:)`` can tell that none is there.
    package var knowsGaps: Bool { sparse != nil }

    /// Whether the key of any of `rows` may be there, told by the least and the greatest of them.
    package func mayHoldAny(of key: ColumnVector, _ rows: SelectionVector) -> Bool {
        guard let sparse, !key.isConstant, key.type.isInteger else { return true }
        guard let range = unsafe integerRange(key, rows.indices, rows.count) else { return false }
        return sparse.mayHoldAny(of: range.minimum...range.maximum)
    }

    /// Returns those of `rows` whose key may be there; null keys are not. A key that is no integer of at most 64 bits
    /// always may.
    package func select(_ key: ColumnVector, _ rows: SelectionVector, into output: SelectionBuffer) -> SelectionVector {
        if key.isConstant, key.type.isInteger {
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
        let (words, bytes) = unsafe (words.pointer(UInt64.self), words.pointer(UInt8.self))
        let place = UInt64(bitPattern: value) &- UInt64(bitPattern: bounds?.lowerBound ?? 0)
        switch form {
        case .bytes(let count): return unsafe place < count && bytes[Int(place)] == 1
        case .bits(let count): return unsafe place < count && (words[Int(place >> 6)] >> (place & 63)) & 1 == 1
        case .bloom(let mask):
            let hash = hashWord(UInt64(bitPattern: value))
            return unsafe words[Int(hash & mask)] & Self.bloomBits(hash) == Self.bloomBits(hash)
        }
    }

    @inline(__always)
    private func select<Integer: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
        _ values: UnsafePointer<Integer>, _ rows: SelectionVector, _ output: SelectionBuffer
    ) -> SelectionVector {
        let (words, bytes) = unsafe (words.pointer(UInt64.self), words.pointer(UInt8.self))
        let base = UInt64(bitPattern: bounds?.lowerBound ?? 0)
        switch form {
        case .bytes(let count):
            // Beyond the map lies a byte of 0.
            return Self.select(rows, output) { row in
                let place = unsafe UInt64(bitPattern: Int64(values[row])) &- base
                return unsafe bytes[Int(truncatingIfNeeded: place < count ? place : count)]
            }
        case .bits(let count):
            // Beyond the map the first word is read and its answer masked, so that nothing depends on a jump.
            return Self.select(rows, output) { row in
                let place = unsafe UInt64(bitPattern: Int64(values[row])) &- base
                let isInside = UInt64(asByte(place < count))
                let word = unsafe words[Int(truncatingIfNeeded: (place &>> 6) & (0 &- isInside))]
                return UInt8(truncatingIfNeeded: (word &>> (place & 63)) & isInside)
            }
        case .bloom(let mask):
            return Self.select(rows, output) { row in
                let hash = unsafe hashWord(UInt64(bitPattern: Int64(values[row])))
                let bits = Self.bloomBits(hash)
                return unsafe asByte(words[Int(truncatingIfNeeded: hash & mask)] & bits == bits)
            }
        }
    }

    /// Lists the rows for which `test` is 1.
    @inline(__always)
    private static func select(
        _ rows: SelectionVector, _ output: SelectionBuffer, _ test: (Int) -> UInt8
    ) -> SelectionVector {
        if unsafe rows.indices == nil {
            let mask = output.mask
            for row in 0..<rows.rowCount { mask[row] = test(row) }
            return output.selectMasked(rowCount: rows.rowCount)
        }
        let list = unsafe output.indices
        var count = 0
        rows.forEach { row in
            unsafe list[count] = UInt16(truncatingIfNeeded: row)
            count &+= Int(test(row))
        }
        return output.selection(count: count, rowCount: rows.rowCount)
    }
}
