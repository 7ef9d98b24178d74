import RheiArrow

/// Brings the rows of several stores into one, run after run, by tasks that threads share.
///
/// Unchecked because every task writes rows of its own, in whole validity words.
package final class OrderedRowJoin: @unchecked Sendable {
    /// Rows of one store that stay together.
    package struct Run {
        package var store: Int
        package var rows: Range<Int>

        package init(store: Int, rows: Range<Int>) {
            self.store = store
            self.rows = rows
        }
    }

    private let stores: [RowStore]
    private let runs: [Run]
    /// By run, the place of its first row.
    private var starts: [Int] = []
    /// Has all rows when all tasks are done; its strings lie where they were.
    package let result: RowStore
    /// A multiple of 64. Fewer than twice as many are one task.
    private static let rowsPerTask = 1 << 13
    private let rowsPerTask: Int

    /// - Parameter runs: in the order of the result.
    package init(_ stores: [RowStore], _ runs: [Run], types: [VectorType]) {
        self.stores = stores
        self.runs = runs.filter { !$0.rows.isEmpty }
        var count = 0
        for run in self.runs {
            starts.append(count)
            count += run.rows.count
        }
        result = RowStore(types: types, rowCount: count, stringsOf: stores)
        rowsPerTask = count < 2 * Self.rowsPerTask ? 2 * Self.rowsPerTask : Self.rowsPerTask
    }

    package var taskCount: Int { (result.rowCount + rowsPerTask - 1) / rowsPerTask }

    package func run(task: Int) {
        let wanted = task * rowsPerTask..<min((task + 1) * rowsPerTask, result.rowCount)
        var index = firstRun(endingAfter: wanted.lowerBound)
        while index < runs.count, starts[index] < wanted.upperBound {
            let (run, start) = (runs[index], starts[index])
            let places = wanted.clamped(to: start..<start + run.rows.count)
            let first = run.rows.lowerBound + places.lowerBound - start
            let source = stores[run.store]
            for (column, other) in zip(result.columns, source.columns) {
                column.copy(other, rows: first..<first + places.count, to: places.lowerBound)
            }
            index += 1
        }
    }

    private func firstRun(endingAfter place: Int) -> Int {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] + runs[middle].rows.count <= place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
