/// Up to a batch of pairs of a probe and a build row.
package final class JoinPairList {
    private let memory = MemoryBlock(byteCount: VectorBatch.capacity * (4 + 2))
    package private(set) var count = 0
    private var mayMiss = false

    package init() {}

    var buildRows: UnsafeMutablePointer<UInt32> { unsafe memory.pointer(UInt32.self) }
    var probeRows: UnsafeMutablePointer<UInt16> {
        unsafe UnsafeMutableRawPointer(buildRows + VectorBatch.capacity).assumingMemoryBound(to: UInt16.self)
    }

    package var isFull: Bool { count == VectorBatch.capacity }

    package func clear() {
        count = 0
        mayMiss = false
    }

    /// How far the matches of a batch have been listed.
    package struct Progress {
        /// Rows whose matches are all listed.
        var doneCount = 0
        /// Matches of the next row that are listed.
        var takenCount = 0

        package init() {}
    }

    /// Appends a pair for every build row that each row matches, in order, from `progress` on, as many as fit.
    ///
    /// - Parameters:
    ///   - keepsMisses: pairs a row without a match with ``noStoredRow``, which stands for a row of nulls; otherwise
    ///     every row has a match.
    ///   - ranges: which of the build rows of its key a row matches, in an ordered table.
    /// - Returns: whether all rows are done.
    package func append(
        _ rows: SelectionVector, _ matches: JoinMatches, in table: JoinTable, keepsMisses: Bool,
        ranges: JoinRanges? = nil, from progress: inout Progress
    ) -> Bool {
        let (numbers, probeRows, buildRows) = unsafe (matches.numbers, probeRows, buildRows)
        defer { withExtendedLifetime(matches) {} }
        mayMiss = mayMiss || keepsMisses
        let list = unsafe table.rowList
        var (listed, done, taken) = (count, progress.doneCount, progress.takenCount)
        while done < rows.count, listed < VectorBatch.capacity {
            let row = rows.row(at: done)
            let number = unsafe numbers[row]
            if number == noStoredRow {
                unsafe probeRows[listed] = UInt16(truncatingIfNeeded: row)
                unsafe buildRows[listed] = noStoredRow
                listed &+= 1
                done &+= 1
                continue
            }
            let found = ranges?.places(ofRow: row) ?? table.places(ofKey: number)
            if let ranges, ranges.reach != nil {
                taken = ranges.nextTaken(taken, ofRow: row)
                if taken < found.count {
                    unsafe put(row, list, found.first &+ taken, at: listed)
                    listed &+= 1
                    taken &+= 1
                    continue
                }
            }
            let end = min(found.count, taken &+ (VectorBatch.capacity &- listed))
            while taken < end {
                unsafe put(row, list, found.first &+ taken, at: listed)
                listed &+= 1
                taken &+= 1
            }
            guard taken == found.count else { break }
            taken = 0
            done &+= 1
        }
        count = listed
        progress.doneCount = done
        progress.takenCount = taken
        return done == rows.count
    }

    @inline(__always)
    private func put(_ row: Int, _ list: UnsafePointer<UInt32>?, _ place: Int, at index: Int) {
        unsafe probeRows[index] = UInt16(truncatingIfNeeded: row)
        unsafe buildRows[index] = unsafe list.map { unsafe $0[place] } ?? UInt32(truncatingIfNeeded: place)
    }

    /// The pairs so far, for tests; the build row is nil for a row without a match.
    package var pairs: [(probe: Int, build: Int?)] {
        defer { withExtendedLifetime(self) {} }
        return (0..<count).map { index in
            let buildRow = unsafe buildRows[index]
            return unsafe (Int(probeRows[index]), buildRow == noStoredRow ? nil : Int(buildRow))
        }
    }

    /// Returns a column of the probe side of the pairs.
    package func gatherProbe(_ column: ColumnVector, into buffer: VectorBuffer) -> ColumnVector {
        unsafe gatherRows(of: column, positions: probeRows, count: count, into: buffer)
    }

    /// Returns a column of the build side of the pairs.
    package func gatherBuild(_ column: ColumnStore, into buffer: VectorBuffer) -> ColumnVector {
        unsafe column.gather(buildRows, positions: nil, count: count, mayMiss: mayMiss, into: buffer)
    }
}
