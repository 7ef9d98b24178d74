import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// Keeps all rows for window functions; `complete` brings them into input order and sorts them by the keys.
final class WindowSink: PipelineSink {
    let plan: WindowPlan
    private let parts = Mutex<[OrderedRows]>([])
    private let sorted = Mutex<SortedWindow?>(nil)

    /// From how many rows on a run of partitions is worth a morsel.
    private static let rowsPerRun = 16 * VectorBatch.capacity

    init(plan: WindowPlan) { self.plan = plan }

    /// Nil until the sink is complete.
    var output: SortedWindow? { sorted.withLock { $0 } }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        Consumer(
            sink: self, evaluator: try ExpressionEvaluator(plan.computed, layout: plan.input),
            rows: OrderedRows(types: plan.storedTypes), worker: worker)
    }

    func complete() throws {
        let parts = parts.withLock { parts in
            defer { parts = [] }
            return parts
        }
        let (rows, order) = try OrderedRows.joined(parts, types: plan.storedTypes)
        RowSorter(keys: plan.keySlots.map { rows.columns[$0] }, orders: plan.orders).sort(order)
        let evaluator = WindowEvaluator(
            rows: rows, order: order, keySlots: plan.keySlots, orders: plan.orders, functions: plan.functions)
        let result = SortedWindow(evaluator: evaluator, runs: evaluator.runs(atLeast: Self.rowsPerRun))
        sorted.withLock { $0 = result }
    }

    private func add(_ rows: OrderedRows) { parts.withLock { $0.append(rows) } }

    private final class Consumer: BatchConsumer {
        private let sink: WindowSink
        private let evaluator: ExpressionEvaluator
        private let rows: OrderedRows
        private let worker: WorkerContext

        init(sink: WindowSink, evaluator: ExpressionEvaluator, rows: OrderedRows, worker: WorkerContext) {
            self.sink = sink
            self.evaluator = evaluator
            self.rows = rows
            self.worker = worker
        }

        func consume(_ batch: VectorBatch) throws {
            let computed = try evaluator.evaluate(batch, worker: worker)
            rows.append(batch.columns + computed, batch.rows, at: worker.position)
        }

        func finish() { sink.add(rows) }
    }
}

/// Sorted rows, cut into runs whose window functions can be evaluated apart.
struct SortedWindow: Sendable {
    let evaluator: WindowEvaluator
    let runs: [Range<Int>]
}
