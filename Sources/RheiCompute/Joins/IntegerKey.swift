/// A stored integer column as a join key, read value by value.
struct IntegerKey {
    let column: ColumnStore
    let rowCount: Int

    private static let rowsPerTask = 1 << 15

    /// How many tasks share a pass over all rows.
    var taskCount: Int { (rowCount + Self.rowsPerTask - 1) / Self.rowsPerTask }

    func rows(ofTask task: Int) -> Range<Int> {
        task * Self.rowsPerTask..<min((task + 1) * Self.rowsPerTask, rowCount)
    }

    /// Nil for a column of other values than integers of at most 64 bits.
    init?(_ column: ColumnStore, rowCount: Int) {
        guard column.type.isInteger, column.type != .int128 else { return nil }
        self.column = column
        self.rowCount = rowCount
    }

    /// Passes the rows whose value is not null, ascending, with their value.
    @inline(__always)
    func forEach(_ rows: Range<Int>, _ body: (Int, Int64) -> Void) {
        let vector = column.vector(from: 0, count: rowCount)
        switch column.type {
        case .bool, .int8: forEach(Int8.self, vector, rows, body)
        case .int16: forEach(Int16.self, vector, rows, body)
        case .int32: forEach(Int32.self, vector, rows, body)
        default: forEach(Int64.self, vector, rows, body)
        }
    }

    @inline(__always)
    private func forEach<Integer: FixedWidthInteger & BitwiseCopyable>(
        _: Integer.Type, _ vector: ColumnVector, _ rows: Range<Int>, _ body: (Int, Int64) -> Void
    ) {
        let values = unsafe vector.pointer(Integer.self)
        if unsafe vector.validity == nil {
            for row in rows { body(row, unsafe Int64(truncatingIfNeeded: values[row])) }
        } else {
            for row in rows where vector.isValid(row) { body(row, unsafe Int64(truncatingIfNeeded: values[row])) }
        }
    }

    /// Writes what `number` makes of each row's value, ``noStoredRow`` for rows without one.
    @inline(__always)
    func write(
        _ rows: Range<Int>, hasNulls: Bool, to numbers: UnsafeMutablePointer<UInt32>, _ number: (Int64) -> UInt32
    ) {
        if hasNulls { unsafe (numbers + rows.lowerBound).update(repeating: noStoredRow, count: rows.count) }
        forEach(rows) { row, value in unsafe numbers[row] = number(value) }
    }

    /// The value of a row that is not null.
    func value(_ row: Int) -> Int64 { column.vector(from: 0, count: rowCount).integer(row) }

    /// What a run of rows has for values.
    struct Survey {
        var minimum = Int64.max
        var maximum = Int64.min
        /// The first and the last value, of rows that are not null.
        var first = Int64.min
        var last = Int64.min
        var validCount = 0
        /// Whether no value is less than the one before it.
        var isAscending = true

        /// Nil when there is no value.
        var range: ClosedRange<Int64>? { minimum <= maximum ? minimum...maximum : nil }

        /// Adds what the rows behind these have.
        mutating func append(_ next: Survey) {
            guard next.validCount > 0 else { return }
            isAscending = isAscending && next.isAscending && (validCount == 0 || last <= next.first)
            if validCount == 0 { first = next.first }
            last = next.last
            minimum = min(minimum, next.minimum)
            maximum = max(maximum, next.maximum)
            validCount += next.validCount
        }
    }

    func survey(_ rows: Range<Int>) -> Survey {
        var result = Survey()
        var (minimum, maximum, last) = (Int64.max, Int64.min, Int64.min)
        var (count, descents) = (0, 0)
        forEach(rows) { _, value in
            minimum = min(minimum, value)
            maximum = max(maximum, value)
            descents |= asInt(value < last)
            last = value
            count &+= 1
        }
        result.minimum = minimum
        result.maximum = maximum
        result.last = last
        result.validCount = count
        result.isAscending = descents == 0
        if count > 0, let first = rows.first(where: { column.isValid($0) }) { result.first = value(first) }
        return result
    }
}
