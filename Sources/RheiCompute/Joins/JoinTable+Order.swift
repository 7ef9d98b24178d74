extension JoinTable {
    /// Returns the table with the rows of each key in the order of a column; rows without a value of it are in no list.
    ///
    /// - Parameters:
    ///   - reach: a further column, for bounds that a row's value of it must not be below.
    ///   - check: asked now and then whether to go on.
    package func ordered(
        by column: ColumnStore, _ collation: TextCollation, reach: ColumnStore? = nil, check: () throws -> Void
    ) throws -> JoinTable {
        let rowCount = column.rowCount
        let sorted = SortedRows(all: rowCount)
        let sorter = RowSorter(keys: [column], orders: [SortOrder(nullsFirst: false, collation: collation)])
        try sorter.sort(sorted, check: check)
        let numbers = keyNumbers(rowCount: rowCount)
        let starts = MemoryBlock(byteCount: (keyCount + 2) * 4, zeroed: true)
        let list = MemoryBlock(byteCount: max(rowCount, 1) * 4)
        defer { withExtendedLifetime((sorted, numbers)) {} }
        let count = unsafe Self.distribute(
            sorted, column, numbers.pointer(UInt32.self), keyCount, starts.pointer(UInt32.self),
            list.pointer(UInt32.self))
        return JoinTable(
            self, lists: KeyRowLists(starts: starts, list: list),
            order: RowOrder(column, collation, reach: reach, list: list, count: count))
    }

    /// Lists the sorted rows by their keys, the order kept; returns how many are in a list.
    ///
    /// - Parameter starts: `keyCount + 2` zeros, then where the rows of each key begin.
    private static func distribute(
        _ sorted: SortedRows, _ column: ColumnStore, _ numbers: UnsafePointer<UInt32>, _ keyCount: Int,
        _ starts: UnsafeMutablePointer<UInt32>, _ list: UnsafeMutablePointer<UInt32>
    ) -> Int {
        let vector = column.vector(from: 0, count: column.rowCount)
        let rows = unsafe sorted.list
        for row in 0..<sorted.count where unsafe numbers[row] != noStoredRow && vector.isOrderable(row) {
            unsafe starts[Int(numbers[row]) + 2] &+= 1
        }
        for key in 1...keyCount + 1 { unsafe starts[key] &+= starts[key - 1] }
        // Entry `k + 1` is where the next row of key `k` goes.
        for index in 0..<sorted.count {
            let row = unsafe Int(rows[index])
            guard unsafe numbers[row] != noStoredRow && vector.isOrderable(row) else { continue }
            let key = unsafe Int(numbers[row]) + 1
            unsafe list[Int(starts[key])] = UInt32(truncatingIfNeeded: row)
            unsafe starts[key] &+= 1
        }
        return unsafe Int(starts[keyCount])
    }
}

extension ColumnVector {
    /// Whether a row has a value that is below, equal to or above others: no null and no NaN.
    @inline(__always)
    func isOrderable(_ row: Int) -> Bool {
        guard isValid(row) else { return false }
        switch type {
        case .float64: return unsafe !pointer(Double.self)[row].isNaN
        case .float32: return unsafe !pointer(Float.self)[row].isNaN
        default: return true
        }
    }
}
