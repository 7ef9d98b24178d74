/// For each row of a sort order, the first sort key in which it differs from the row before it.
///
/// Rows that differ in one of the first p keys begin a new partition of a window of p partition keys; those that differ
/// in none of its keys are peers.
///
/// Unchecked because the numbers never change after `init`.
package final class RowDifferences: @unchecked Sendable {
    private let first: PositionColumn<UInt16>
    private let count: Int

    /// - Parameters:
    ///   - keys: the stored key columns, most significant first.
    ///   - rows: the rows, sorted by the keys.
    package init(keys: [ColumnStore], orders: [SortOrder], rows: SortedRows) {
        count = rows.count
        first = PositionColumn(count: count)
        let last = UInt16(truncatingIfNeeded: keys.count)
        for position in 0..<count { first[position] = last }
        // The most significant key is written last and so wins.
        for (index, key) in zip(keys, orders).enumerated().reversed() {
            let column = SortColumn(key.0, key.1)
            unsafe column.forEachDifference(rows.list, count) { [first] in
                first[$0] = UInt16(truncatingIfNeeded: index)
            }
        }
        if count > 0 { first[0] = 0 }
        withExtendedLifetime(rows) {}
    }

    /// Whether the row differs from the one before it in one of the first `keyCount` keys; the first row always does.
    @inline(__always)
    func begins(_ position: Int, keyCount: Int) -> Bool { position == 0 || Int(first[position]) < keyCount }

    /// Cuts all rows into runs of whole partitions of `keyCount` keys, of at least `rowCount` rows each but the last.
    package func runs(keyCount: Int, atLeast rowCount: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = 0
        var position = rowCount
        while position < count {
            if begins(position, keyCount: keyCount) {
                runs.append(start..<position)
                start = position
                position += max(rowCount, 1)
            } else {
                position += 1
            }
        }
        if start < count { runs.append(start..<count) }
        return runs
    }
}

extension SortColumn {
    /// Calls `body` with the positions, from 1 on, whose row differs from the one before it.
    @inline(__always)
    func forEachDifference(_ rows: UnsafePointer<UInt32>, _ count: Int, _ body: (Int) -> Void) {
        @inline(__always) func elements<Value: Equatable & BitwiseCopyable>(_: Value.Type) {
            let values = unsafe vector.pointer(Value.self)
            for position in stride(from: 1, to: count, by: 1) {
                let isEqual = unsafe values[Int(rows[position - 1])] == values[Int(rows[position])]
                if !isEqual { body(position) }
            }
        }
        switch vector.type {
        case .bool where !hasNulls, .int8 where !hasNulls: elements(Int8.self)
        case .int16 where !hasNulls: elements(Int16.self)
        case .int32 where !hasNulls: elements(Int32.self)
        case .int64 where !hasNulls: elements(Int64.self)
        case .float64 where !hasNulls: elements(Double.self)
        default:
            for position in stride(from: 1, to: count, by: 1)
            where unsafe compare(Int(rows[position - 1]), Int(rows[position])) != 0 {
                body(position)
            }
        }
    }
}
