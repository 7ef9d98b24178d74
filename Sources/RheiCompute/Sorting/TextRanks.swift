import Synchronization

/// Numbers the values of a text or blob column that has few, in their order: rows are then sorted by integers.
///
/// Tasks tell the values of their rows apart, then all that were found are sorted, and each row gets the rank of its
/// value. Values that a collation takes for equal have one rank.
///
/// Unchecked because each task writes to places of its own; the rest changes between passes.
@safe final class TextRanks: @unchecked Sendable {
    private let column: ColumnStore
    private let order: SortOrder
    private let rowCount: Int
    /// By row the number of its value among those of its task, then its rank.
    private let numbers: MemoryBlock
    /// By task, the values of its rows; nil where they are too many.
    private let values: Mutex<[Values?]>
    /// By task and number.
    private var ranks: [[UInt32]] = []

    /// Unchecked because the task hands them over for good.
    private struct Values: @unchecked Sendable {
        let table: GroupTable
    }

    private static let (sampleBlockCount, sampleBlockSize) = (4, 128)
    /// As many values the sampled rows may have.
    private static let greatestSampleCount = 256
    private static let greatestCountByTask = 1 << 10
    /// All tasks together, for one thread sorts them.
    private static let greatestCount = 1 << 13

    /// - Returns: nil for a column of other types, and where a sample has many values.
    init?(_ column: ColumnStore, _ order: SortOrder, rowCount: Int, taskCount: Int) {
        guard column.type == .text || column.type == .blob, Self.seemsToHaveFew(column, rowCount) else { return nil }
        self.column = column
        self.order = order
        self.rowCount = rowCount
        numbers = MemoryBlock(byteCount: max(rowCount, 1) * 4)
        values = Mutex(Array(repeating: nil, count: taskCount))
    }

    private static func seemsToHaveFew(_ column: ColumnStore, _ rowCount: Int) -> Bool {
        let table = GroupTable(keyTypes: [column.type])
        let numbers = MemoryBlock(byteCount: sampleBlockSize * 4)
        for block in 0..<sampleBlockCount {
            let first = rowCount / sampleBlockCount * block & ~63
            let count = min(sampleBlockSize, rowCount - first)
            let rows = column.vector(from: first, count: count)
            unsafe table.findOrCreate([rows], SelectionVector(all: count), groups: numbers.pointer(UInt32.self))
        }
        return table.groupCount <= greatestSampleCount
    }

    /// Tells apart the values of a task's rows, which begin at a multiple of 64.
    func number(_ rows: Range<Int>, task: Int) {
        let table = GroupTable(keyTypes: [column.type])
        let numbers = unsafe numbers.pointer(UInt32.self)
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, rows.upperBound - first)
            let vector = column.vector(from: first, count: count)
            unsafe table.findOrCreate([vector], SelectionVector(all: count), groups: numbers + first)
            if table.groupCount > Self.greatestCountByTask { return }
        }
        let found = Values(table: table)
        values.withLock { $0[task] = found }
    }

    /// Ranks what all tasks have found.
    ///
    /// - Returns: how many ranks there are; nil where there are too many values.
    func rank() -> Int? {
        let found = values.withLock { values in
            defer { values = [] }
            return values
        }
        let tables = found.compactMap { $0?.table }
        let count = tables.reduce(0) { $0 + $1.groupCount }
        guard tables.count == found.count, count <= Self.greatestCount else { return nil }
        let all = RowStore(types: [column.type])
        for table in tables {
            for first in stride(from: 0, to: table.groupCount, by: VectorBatch.capacity) {
                let count = min(VectorBatch.capacity, table.groupCount - first)
                all.append(table.keys(from: first, count: count), SelectionVector(all: count))
            }
        }
        let (byValue, rankCount) = ranked(all)
        var first = 0
        ranks = tables.map { table in
            defer { first += table.groupCount }
            return Array(byValue[first..<first + table.groupCount])
        }
        return rankCount
    }

    /// The rank of every stored value, and how many ranks there are.
    private func ranked(_ all: RowStore) -> (ranks: [UInt32], count: Int) {
        let ascending = SortOrder(collation: order.collation)
        let sorted = SortedRows(all: all.rowCount)
        RowSorter(keys: all.columns, orders: [ascending]).sort(sorted)
        let column = SortColumn(all.columns[0], ascending)
        var result = [UInt32](repeating: 0, count: all.rowCount)
        var (rank, previous): (UInt32, Int?) = (0, nil)
        for row in sorted.rows {
            if let previous, column.compare(previous, row) != 0 { rank += 1 }
            result[row] = rank
            previous = row
        }
        withExtendedLifetime(all) {}
        return (result, Int(rank) + 1)
    }

    /// Puts ranks in the place of a task's numbers, once all are ranked.
    func writeRanks(_ rows: Range<Int>, task: Int) {
        let numbers = unsafe numbers.pointer(UInt32.self)
        let ranks = ranks[task]
        for row in rows { unsafe numbers[row] = ranks[Int(numbers[row])] }
    }

    /// The ranks in the order of the column, null where that is; valid as long as this object.
    var key: SortColumn {
        let validity = unsafe column.vector(from: 0, count: rowCount).validity
        return SortColumn(
            unsafe ColumnVector(type: .int32, values: numbers.pointer(UInt8.self), validity: validity), order)
    }
}
