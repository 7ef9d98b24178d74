import RheiArrow

/// The keys of all rows by row number: what lets the index store row numbers alone.
///
/// Invariant: runs are ascending and disjoint ranges of row numbers, and each run's array holds exactly its rows' keys.
struct KeyRuns {
    @safe private struct Run {
        let keys: ArrowArray
        let firstRow: Int64
        /// Row 0's value or view; valid while `keys` lives.
        nonisolated(unsafe) let start: UnsafeRawPointer
        nonisolated(unsafe) let heap: UnsafePointer<UnsafeRawPointer>

        var endRow: Int64 { firstRow + Int64(keys.count) }

        init(_ keys: ArrowArray, firstRow: Int64) {
            self.keys = keys
            self.firstRow = firstRow
            let width = keys.type == .int64 ? 8 : 16
            unsafe start = keys.buffers[0].pointer + keys.offset * width
            unsafe heap = UnsafePointer(keys.heap.pointers)
        }
    }

    private var runs: [Run] = []

    /// Adds the keys of rows, wherever their numbers stand among the others.
    mutating func insert(_ keys: ArrowArray, firstRow: Int64) {
        replace(firstRow..<firstRow + Int64(keys.count), with: keys)
    }

    /// Puts one run in the place of all runs that begin in `rows`, if any; nil removes them.
    mutating func replace(_ rows: Range<Int64>, with keys: ArrowArray?) {
        let lower = firstIndex(atOrAfter: rows.lowerBound)
        let upper = firstIndex(atOrAfter: rows.upperBound)
        let replacement = keys.flatMap { $0.count > 0 ? [Run($0, firstRow: rows.lowerBound)] : nil } ?? []
        runs.replaceSubrange(lower..<upper, with: replacement)
    }

    /// Whether a run holds the row.
    func contains(_ row: Int64) -> Bool {
        let index = firstIndex(atOrAfter: row + 1) - 1
        return index >= 0 && row < runs[index].endRow
    }

    /// - Precondition: a run holds the row.
    func integer(_ row: Int64) -> Int64 {
        let index = run(of: row)
        return unsafe runs[index].start.load(fromByteOffset: Int(row - runs[index].firstRow) &* 8, as: Int64.self)
    }

    /// Valid until the runs change.
    ///
    /// - Precondition: a run holds the row.
    @unsafe func bytes(_ row: Int64) -> UnsafeRawBufferPointer {
        let index = run(of: row)
        return unsafe viewBytes(runs[index].start + Int(row - runs[index].firstRow) &* 16, runs[index].heap)
    }

    /// Calls `body` with each row's number and integer key, ascending.
    func forEachInteger(_ body: (Int64, Int64) -> Void) {
        for run in runs {
            for position in 0..<run.keys.count {
                let key = unsafe run.start.load(fromByteOffset: position &* 8, as: Int64.self)
                body(run.firstRow &+ Int64(position), key)
            }
        }
    }

    /// Calls `body` with each row's number and bytes, ascending.
    func forEachBytes(_ body: (Int64, UnsafeRawBufferPointer) -> Void) {
        for run in runs {
            for position in 0..<run.keys.count {
                unsafe body(run.firstRow &+ Int64(position), viewBytes(run.start + position &* 16, run.heap))
            }
        }
    }

    /// The row numbers of each run, ascending.
    var rowRanges: [Range<Int64>] { runs.map { $0.firstRow..<$0.endRow } }

    private func run(of row: Int64) -> Int {
        let index = firstIndex(atOrAfter: row + 1) - 1
        precondition(index >= 0 && row < runs[index].endRow, "no keys are known of row \(row)")
        return index
    }

    private func firstIndex(atOrAfter row: Int64) -> Int {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].firstRow < row { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
