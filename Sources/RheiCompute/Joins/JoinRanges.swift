/// A bound of one worker's probe batches on the ordered column of build rows.
package struct JoinBound {
    /// How a build row's value compares with the probe row's.
    package enum Side: Hashable, Sendable { case above, atLeast, below, atMost }

    package var side: Side
    package var value: ColumnVector

    package init(_ side: Side, _ value: ColumnVector) {
        self.side = side
        self.value = value
    }
}

/// Finds, for the rows of a probe batch, the places of the build rows within their bounds.
package final class JoinRanges {
    private let memory = MemoryBlock(byteCount: VectorBatch.capacity * (4 + 4 + 8 + 8))
    private let flattener = VectorFlattener()
    private(set) var reach: RowReach?

    package init() {}

    private var firsts: UnsafeMutablePointer<UInt32> { unsafe memory.pointer(UInt32.self) }
    private var ends: UnsafeMutablePointer<UInt32> { unsafe firsts + VectorBatch.capacity }
    private var words: UnsafeMutablePointer<UInt64> {
        unsafe UnsafeMutableRawPointer(ends + VectorBatch.capacity).assumingMemoryBound(to: UInt64.self)
    }
    private var reached: UnsafeMutablePointer<UInt64> { unsafe words + VectorBatch.capacity }

    /// Narrows what `matches` found in an ordered table; rows that nothing is left for have no match any more.
    ///
    /// - Parameters:
    ///   - reach: what the further column of the table must not be below.
    ///   - takesNearest: whether one build row stays, the one next to the first bound.
    package func narrow(
        _ matches: JoinMatches, _ rows: SelectionVector, in table: JoinTable, _ bounds: [JoinBound],
        reach: ColumnVector? = nil, takesNearest: Bool = false
    ) {
        guard let order = table.order else { return }
        let (numbers, firsts, ends) = unsafe (matches.numbers, firsts, ends)
        rows.forEach { row in
            guard unsafe numbers[row] != noStoredRow else { return }
            let found = unsafe table.places(ofKey: numbers[row])
            unsafe firsts[row] = UInt32(truncatingIfNeeded: found.first)
            unsafe ends[row] = UInt32(truncatingIfNeeded: found.first &+ found.count)
        }
        for (index, bound) in bounds.enumerated() { unsafe narrow(numbers, rows, order, bound, index) }
        if takesNearest, let bound = bounds.first { unsafe keepNearest(numbers, rows, bound.side) }
        rows.forEach { row in
            if unsafe numbers[row] != noStoredRow && firsts[row] >= ends[row] { unsafe numbers[row] = noStoredRow }
        }
        self.reach = order.reach
        if let reach, order.reach != nil { unsafe encode(reach, rows, bounds.count, order: .binary, into: reached) }
    }

    private func narrow(
        _ numbers: UnsafeMutablePointer<UInt32>, _ rows: SelectionVector, _ order: RowOrder, _ bound: JoinBound,
        _ index: Int
    ) {
        let vector = flattener.flatten(bound.value, rowCount: rows.rowCount, index: index)
        let column = order.comparable(vector)
        let (words, firsts, ends) = unsafe (words, firsts, ends)
        unsafe encode(vector, rows, index, order: column.order.collation, into: words)
        let isBeyond = bound.side == .above || bound.side == .atMost
        let isLower = bound.side == .above || bound.side == .atLeast
        rows.forEach { row in
            guard unsafe numbers[row] != noStoredRow else { return }
            guard vector.isOrderable(row) else {
                unsafe numbers[row] = noStoredRow
                return
            }
            let place = unsafe order.place(
                column, row: row, word: words[row], isBeyond: isBeyond, from: Int(firsts[row]), to: Int(ends[row]))
            if isLower {
                unsafe firsts[row] = UInt32(truncatingIfNeeded: place)
            } else {
                unsafe ends[row] = UInt32(truncatingIfNeeded: place)
            }
        }
    }

    /// Writes the word of each row's value to `words[row]`.
    private func encode(
        _ value: ColumnVector, _ rows: SelectionVector, _ index: Int, order collation: TextCollation,
        into words: UnsafeMutablePointer<UInt64>
    ) {
        let vector = flattener.flatten(value, rowCount: rows.rowCount, index: index)
        // No value is as great as what stands for null.
        SortPrefix.encodeValid(
            vector, collation, count: rows.count, row: { rows.row(at: $0) }, null: .max
        ) { position, word in
            unsafe words[rows.row(at: position)] = word
        }
    }

    private func keepNearest(
        _ numbers: UnsafeMutablePointer<UInt32>, _ rows: SelectionVector, _ side: JoinBound.Side
    ) {
        let (firsts, ends) = unsafe (firsts, ends)
        let isLower = side == .above || side == .atLeast
        rows.forEach { row in
            guard unsafe numbers[row] != noStoredRow && firsts[row] < ends[row] else { return }
            if isLower {
                unsafe ends[row] = unsafe firsts[row] &+ 1
            } else {
                unsafe firsts[row] = unsafe ends[row] &- 1
            }
        }
    }

    /// The places that are left for a row with a match.
    @inline(__always)
    func places(ofRow row: Int) -> (first: Int, count: Int) {
        unsafe (Int(firsts[row]), Int(ends[row]) &- Int(firsts[row]))
    }

    /// Returns how many places of a row stand before the first one from `taken` on that may match.
    @inline(__always)
    func nextTaken(_ taken: Int, ofRow row: Int) -> Int {
        guard let reach else { return taken }
        let (first, count) = places(ofRow: row)
        return unsafe reach.next(from: first &+ taken, before: first &+ count, reached[row]) &- first
    }
}
