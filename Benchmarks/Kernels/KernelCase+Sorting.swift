import RheiCompute
import RheiCore
import RheiTestSupport

extension KernelCase {
    /// Sorting of stored rows that lie in random order.
    static func sorting() throws -> [KernelCase] {
        [
            sorting("INTEGER", .int64, batchCount: 512) { .integer(Int64(bitPattern: $0)) },
            sorting("TEXT", .text, batchCount: 64) { .text("a key \($0)") },
        ]
    }

    private static func sorting(
        _ name: String, _ type: VectorType, batchCount: Int, _ key: (UInt64) -> SQLValue
    ) -> KernelCase {
        var random = SeededGenerator(seed: 4)
        let batches = KernelBatches(count: batchCount, type) { key(random.next()) }
        let store = batches.stored()
        let rowCount = batchCount * VectorBatch.capacity
        return KernelCase(name: "sort by \(name)", rowCount: rowCount) {
            RowSorter(keys: store.columns, orders: [SortOrder()]).sort(SortedRows(all: rowCount))
            withExtendedLifetime(batches) {}
        }
    }
}
