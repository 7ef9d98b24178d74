/// Numbers those values of a dense range that occur, in ascending order.
///
/// A word stands for 32 values: below, a bit for each that occurs; above, how many occur before them. So one access
/// finds a number, in two bits for each value of the range.
@safe struct KeyRanks {
    let minimum: Int64
    let codeCount: UInt64
    /// How many values occur.
    let keyCount: Int
    private let cells: MemoryBlock

    /// - Parameter bits: for each value, by its distance from the least one, whether it occurs; 64 values a word.
    init(minimum: Int64, codeCount: UInt64, bits: MemoryBlock) {
        self.minimum = minimum
        self.codeCount = codeCount
        let wordCount = Int(codeCount + 63) / 64
        cells = MemoryBlock(byteCount: wordCount * 16)
        let (words, cells) = unsafe (bits.pointer(UInt64.self), cells.pointer(UInt64.self))
        var count: UInt64 = 0
        for index in 0..<wordCount {
            let word = unsafe words[index]
            let (low, high) = (word & 0xffff_ffff, word &>> 32)
            unsafe cells[2 &* index] = count &<< 32 | low
            count &+= UInt64(low.nonzeroBitCount)
            unsafe cells[2 &* index &+ 1] = count &<< 32 | high
            count &+= UInt64(high.nonzeroBitCount)
        }
        keyCount = Int(count)
        withExtendedLifetime(bits) {}
    }

    /// Writes the number of every row's value, ``noStoredRow`` for values that do not occur.
    func number(_ key: ColumnVector, _ rows: SelectionVector, into numbers: UnsafeMutablePointer<UInt32>) {
        switch key.type {
        case .bool, .int8: unsafe number(key.pointer(Int8.self), rows, numbers)
        case .int16: unsafe number(key.pointer(Int16.self), rows, numbers)
        case .int32: unsafe number(key.pointer(Int32.self), rows, numbers)
        default: unsafe number(key.pointer(Int64.self), rows, numbers)
        }
    }

    @inline(__always)
    private func number<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafePointer<Integer>, _ rows: SelectionVector, _ numbers: UnsafeMutablePointer<UInt32>
    ) {
        let base = UInt64(bitPattern: minimum)
        let limit = codeCount
        let cells = unsafe cells.pointer(UInt64.self)
        rows.forEach { row in
            let code = unsafe UInt64(truncatingIfNeeded: values[row]) &- base
            let isInside = UInt64(asByte(code < limit))
            let cell = unsafe cells[Int(truncatingIfNeeded: (code &>> 5) & (0 &- isInside))]
            unsafe numbers[row] = Self.number(in: cell, code, isInside)
        }
    }

    /// The number of a value that occurs.
    @inline(__always)
    func number(of value: Int64) -> Int {
        let code = UInt64(bitPattern: value &- minimum)
        let cell = unsafe cells.pointer(UInt64.self)[Int(truncatingIfNeeded: code &>> 5)]
        return Int(Self.number(in: cell, code, 1))
    }

    @inline(__always)
    private static func number(in cell: UInt64, _ code: UInt64, _ isInside: UInt64) -> UInt32 {
        let bits = UInt32(truncatingIfNeeded: cell)
        let place = UInt32(truncatingIfNeeded: code & 31)
        let isThere = (bits &>> place) & UInt32(truncatingIfNeeded: isInside)
        let below = bits & ((1 &<< place) &- 1)
        let number = UInt32(truncatingIfNeeded: cell &>> 32) &+ UInt32(truncatingIfNeeded: below.nonzeroBitCount)
        // All bits for a value that is not there.
        return number | (isThere &- 1)
    }
}
