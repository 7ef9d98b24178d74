import RheiCore

/// `min` and `max` over frames: of the rows that have the extreme value the first, or the last where the start of
/// frames moves and SQLite takes rows out of them again, which shows where equal values differ.
///
/// Without exclusions a queue holds the rows of the frame that no later row beats, best first, so that every row enters
/// and leaves it once; otherwise the best rows of ranges come from a tree.
struct WindowExtreme {
    let input: WindowInput
    let frames: FrameTable
    let rows: PositionColumn<UInt32>
    let isMaximum: Bool

    /// The chosen stored row by position.
    ///
    /// - Throws: `leavesStaticType` where peers have values that compare as equal and differ.
    func chosenRows(_ column: ColumnStore, _ collation: TextCollation) throws -> PositionColumn<UInt32> {
        if SortPrefix.isExact(column.type) {
            let words = words(of: column)
            return choose { words[$0] < words[$1] }
        }
        let order = SortOrder(isDescending: isMaximum, collation: collation)
        let key = SortColumn(column, order)
        let rows = rows
        let mayDiffer = column.type == .any || (column.type == .text && collation != .binary)
        if mayDiffer {
            try refuseDisputes { key.compare(Int(rows[$0]), Int(rows[$1])) }
            if !frames.startsUnbounded, frames.exclusion == .none {
                return choose { key.compare(Int(rows[$0]), Int(rows[$1])) <= 0 }
            }
        }
        return choose { key.compare(Int(rows[$0]), Int(rows[$1])) < 0 }
    }

    /// Refuses peers whose values compare as equal and differ: no order tells which of them is met first.
    private func refuseDisputes(_ compare: (Int, Int) -> Int) throws {
        guard let values = input.values else { return }
        var position = 0
        while position < input.rowCount {
            let peers = frames.groups.peers(of: position)
            position = peers.upperBound
            let sorted = peers.filter { input.counts($0) }.sorted { compare($0, $1) < 0 }
            for (first, second) in zip(sorted, sorted.dropFirst()) where compare(first, second) == 0 {
                guard values.datum(first).isIdentical(to: values.datum(second)) else { throw EngineError.openChoice }
            }
        }
    }

    /// Words that are smaller for better values.
    private func words(of column: ColumnStore) -> PositionColumn<UInt64> {
        let words = PositionColumn<UInt64>(count: input.rowCount)
        let inversion: UInt64 = isMaximum ? ~0 : 0
        guard let values = input.values else { return words }
        SortPrefix.encode(values, .binary, count: input.rowCount) {
            $0
        } store: {
            words[$0] = $1 ^ inversion
        }
        return words
    }

    @inline(__always)
    private func choose(_ isBetter: (Int, Int) -> Bool) -> PositionColumn<UInt32> {
        let chosen = PositionColumn<UInt32>(count: input.rowCount)
        let choose = { (position: Int, best: UInt32) in
            chosen[position] = best == noStoredRow ? noStoredRow : rows[Int(best)]
        }
        if frames.excludesNothing {
            frames.groups.forEachPartition { slide($0, isBetter, choose) }
        } else {
            search(isBetter, choose)
        }
        return chosen
    }

    @inline(__always)
    private func slide(_ partition: Range<Int>, _ isBetter: (Int, Int) -> Bool, _ choose: (Int, UInt32) -> Void) {
        let queue = PositionColumn<UInt32>(count: partition.count)
        var (head, tail) = (0, 0)
        var next = partition.lowerBound
        for position in partition {
            let frame = frames.frame(of: position)
            while next < frame.upperBound {
                if input.counts(next) {
                    while tail > head, isBetter(next, Int(queue[tail - 1])) { tail -= 1 }
                    queue[tail] = UInt32(truncatingIfNeeded: next)
                    tail += 1
                }
                next += 1
            }
            while head < tail, Int(queue[head]) < frame.lowerBound { head += 1 }
            choose(position, head < tail ? queue[head] : noStoredRow)
        }
    }

    @inline(__always)
    private func search(_ isBetter: (Int, Int) -> Bool, _ choose: (Int, UInt32) -> Void) {
        @inline(__always) func better(_ first: UInt32, _ second: UInt32) -> UInt32 {
            if first == noStoredRow { return second }
            if second == noStoredRow { return first }
            return isBetter(Int(second), Int(first)) ? second : first
        }
        let tree = FrameTree(count: input.rowCount, neutral: noStoredRow) {
            input.counts($0) ? UInt32(truncatingIfNeeded: $0) : noStoredRow
        } combine: {
            better($0, $1)
        }
        for position in 0..<input.rowCount {
            var best = noStoredRow
            frames.forEachPart(of: position) { part in best = better(best, tree.value(of: part, combine: better)) }
            choose(position, best)
        }
    }
}
