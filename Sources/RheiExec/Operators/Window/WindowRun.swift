import RheiCompute
import RheiCore

/// Gathers sorted rows up to the end of a partition.
final class WindowRun {
    private let plan: WindowPlan
    private let reservation: MemoryReservation
    private let partitionKeyCount: Int
    private let leastRowCount: Int
    private var rows: RowStore
    /// No partition ends between the first row and this one, itself not included, after the last look.
    private var searchedCount = 1

    init(plan: WindowPlan, memory: OperatorMemory) {
        self.plan = plan
        reservation = memory.makeReservation()
        partitionKeyCount = plan.functions.map(\.partitionKeyCount).min() ?? 0
        leastRowCount = memory.query.manager.spillThreshold == nil ? WindowSink.rowsPerRun : 1
        rows = RowStore(types: plan.storedTypes)
    }

    func append(_ columns: [ColumnVector], count: Int) throws {
        // What the functions yield takes up to two words a row and function, as long as the run is read.
        let results = (rows.rowCount + count) * (plan.functions.count * 24 + 32)
        try reservation.resize(to: rows.byteCount(adding: count) + results)
        rows.append(Array(columns.prefix(plan.storedTypes.count)), SelectionVector(all: count))
    }

    /// Hands over the rows up to the last end of a partition, if they are worth it; at the end all rows.
    func takePartitions(isAtEnd: Bool) throws -> (WindowEvaluator, rowCount: Int)? {
        let count = rows.rowCount
        if isAtEnd { return count > 0 ? (evaluator(of: rows, count: count), count) : nil }
        guard count >= leastRowCount, let end = lastPartitionEnd() else { return nil }
        let taken = rows
        rows = RowStore(types: plan.storedTypes)
        rows.append(taken, from: end)
        searchedCount = 1
        return (evaluator(of: taken, count: end), end)
    }

    private func evaluator(of rows: RowStore, count: Int) -> WindowEvaluator {
        plan.evaluator(rows, SortedRows(all: count))
    }

    /// The last row that begins a partition.
    private func lastPartitionEnd() -> Int? {
        let keys = plan.order.keySlots.prefix(partitionKeyCount)
        guard !keys.isEmpty else { return nil }
        let place = rows.lastChange(
            in: Array(keys), orders: Array(plan.order.orders.prefix(keys.count)), from: searchedCount)
        searchedCount = rows.rowCount
        return place
    }
}
