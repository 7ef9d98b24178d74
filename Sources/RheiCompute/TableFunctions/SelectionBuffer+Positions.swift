extension SelectionBuffer {
    /// Writes `value` to the places `first..<end`, which lie below ``VectorBatch/capacity``.
    package func fill(_ value: UInt16, from first: Int, to end: Int) {
        precondition(first <= end && end <= VectorBatch.capacity)
        for place in first..<end { unsafe indices[place] = value }
    }

    /// What was written to a place.
    package subscript(place: Int) -> Int { unsafe Int(indices[place]) }

    /// Copies the rows that the first `count` places name to the front of `target`.
    package func gather(_ vector: ColumnVector, count: Int, into target: VectorBuffer) -> ColumnVector {
        unsafe gatherRows(of: vector, positions: indices, count: count, into: target)
    }

    /// Keeps the rows for which `isKept` holds.
    package func filter(_ rows: SelectionVector, _ isKept: (Int) -> Bool) -> SelectionVector {
        var count = 0
        for position in 0..<rows.count {
            let row = rows.row(at: position)
            if isKept(row) {
                unsafe indices[count] = UInt16(truncatingIfNeeded: row)
                count += 1
            }
        }
        return selection(count: count, rowCount: rows.rowCount)
    }
}
