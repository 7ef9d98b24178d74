/// Numbers the values of an integer key by their distance from the least build key.
struct DirectKeyRange {
    let minimum: Int64
    let codeCount: Int

    /// Nil when the column is no integer column or its range is too large for its number of rows.
    init?(_ column: ColumnStore, rowCount: Int) {
        guard column.type.isInteger, rowCount > 0 else { return nil }
        var minimum = Int64.max
        var maximum = Int64.min
        for first in stride(from: 0, to: rowCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, rowCount - first)
            guard let range = integerRange(column.vector(from: first, count: count), nil, count) else { continue }
            minimum = min(minimum, range.minimum)
            maximum = max(maximum, range.maximum)
        }
        guard minimum <= maximum else { return nil }
        let span = UInt64(bitPattern: maximum &- minimum)
        guard span < UInt64(rowCount) * 8 + 1024, span < 1 << 31 else { return nil }
        self.minimum = minimum
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
