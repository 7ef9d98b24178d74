/// Numbers the values of a small range of an integer key by their distance from the least build key.
struct DirectKeyRange {
    let minimum: Int64
    let codeCount: Int

    /// Larger ranges do not stay in a core's cache with four bytes for each value.
    private static let greatestSpan: UInt64 = 1 << 18

    /// Nil when the range is too large, by itself or for the number of rows.
    init?(_ range: ClosedRange<Int64>, rowCount: Int) {
        let span = UInt64(bitPattern: range.upperBound &- range.lowerBound)
        guard span < UInt64(rowCount) * 8 + 1024, span < Self.greatestSpan else { return nil }
        minimum = range.lowerBound
        codeCount = Int(span) + 1
    }

    /// Writes the number of every row's value, ``noStoredRow`` for values out of range.
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
        let limit = UInt64(codeCount)
        rows.forEach { row in
            let offset = unsafe UInt64(truncatingIfNeeded: values[row]) &- base
            unsafe numbers[row] = offset < limit ? UInt32(truncatingIfNeeded: offset) : noStoredRow
        }
    }
}
