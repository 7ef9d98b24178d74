/// A list of stored rows in some order.
///
/// Unchecked because one thread at a time reorders a part of it, and afterwards threads only read.
package final class SortedRows: @unchecked Sendable {
    private let block: MemoryBlock
    /// Number of rows listed.
    package private(set) var count: Int
    /// Whether the list holds every row of a store of `count` rows.
    let listsAll: Bool

    var list: UnsafeMutablePointer<UInt32> { unsafe block.pointer(UInt32.self) }

    /// Lists rows `0..<count`.
    package init(all count: Int) {
        block = MemoryBlock(byteCount: max(count, 1) * 4)
        self.count = count
        listsAll = true
        let list = unsafe list
        for row in 0..<count { unsafe list[row] = UInt32(truncatingIfNeeded: row) }
    }

    /// The rows as an array, for tests and slow paths.
    package var rows: [Int] { (0..<count).map { unsafe Int(list[$0]) } }
}

extension RowStore {
    /// Gathers the first `columnCount` columns of `count` rows of an order, from its `first` on.
    package func gather(
        _ order: SortedRows, from first: Int, count: Int, columnCount: Int, into buffers: [VectorBuffer]
    ) -> [ColumnVector] {
        zip(columns.prefix(columnCount), buffers).map { column, buffer in
            unsafe column.gather(order.list + first, positions: nil, count: count, mayMiss: false, into: buffer)
        }
    }
}
