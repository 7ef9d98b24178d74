import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// Keeps all rows for window functions; in the end they are brought into input order and sorted by the keys.
final class WindowSink: StagedSink {
    let plan: WindowPlan
    private let query: QueryContext
    private let gatherer: RowGatherer
    private let sorted = Mutex<Output?>(nil)

    /// From how many rows on a run of partitions is worth a morsel.
    static let rowsPerRun = 16 * VectorBatch.capacity

    /// What the source reads.
    enum Output {
        case kept(SortedWindow)
        /// Sorted rows of which as many partitions are read as make a run.
        case spilled(SpilledRuns)
    }

    init(plan: WindowPlan, query: QueryContext, memory: OperatorMemory) {
        self.plan = plan
        self.query = query
        gatherer = RowGatherer(plan.order, memory: memory)
    }

    var memory: OperatorMemory { gatherer.memory }

    /// Nil until the sink is complete.
    var output: Output? { sorted.withLock { $0 } }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        Consumer(
            evaluator: try ExpressionEvaluator(plan.computed, layout: plan.input),
            rows: RowGathering(gatherer, worker: worker), worker: worker)
    }

    func completion() throws -> CompletionStage? {
        try gatherer.completion(query) { [self] result in
            let output: Output
            switch result {
            case .kept(let kept):
                let evaluator = plan.evaluator(kept.rows, kept.order)
                output = .kept(
                    SortedWindow(evaluator: evaluator, runs: evaluator.runs(atLeast: Self.rowsPerRun), kept: kept))
            case .spilled(let runs): output = .spilled(runs)
            }
            sorted.withLock { $0 = output }
            return nil
        }
    }

    private final class Consumer: BatchConsumer {
        private let evaluator: ExpressionEvaluator
        private let rows: RowGathering
        private let worker: WorkerContext

        init(evaluator: ExpressionEvaluator, rows: RowGathering, worker: WorkerContext) {
            self.evaluator = evaluator
            self.rows = rows
            self.worker = worker
        }

        func consume(_ batch: VectorBatch) throws {
            let computed = try evaluator.evaluate(batch, worker: worker)
            try rows.append(batch.columns + computed, batch.rows)
        }

        func finish() throws { try rows.finish() }
    }
}

/// Sorted rows, cut into runs whose window functions can be evaluated apart.
struct SortedWindow: Sendable {
    let evaluator: WindowEvaluator
    let runs: [Range<Int>]
    /// The rows that the evaluator reads.
    let kept: KeptRows
}
