import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// What a sort keeps: the input's columns, then those keys that are not columns of the input themselves.
struct SortPlan: Sendable {
    let input: ColumnLayout
    let computed: [Expression]
    /// Per key its stored column.
    let keySlots: [Int]
    let orders: [SortOrder]
    let storedTypes: [VectorType]
    let limit: Int?
    let offset: Int

    init(keys: [SortKey], limit: Int?, offset: Int, input: ColumnLayout) throws {
        var computed: [Expression] = []
        var types = input.types
        keySlots = try keys.map { key in
            if case .column(let id, _) = key.expression { return try input.slot(of: id) }
            computed.append(key.expression)
            types.append(try vectorType(of: key.expression.type))
            return types.count - 1
        }
        self.input = input
        self.computed = computed
        orders = keys.map {
            SortOrder(
                isDescending: $0.isDescending, nullsFirst: $0.nullsFirst, collation: $0.collation.kernel)
        }
        storedTypes = types
        self.limit = limit.map { max($0, 0) }
        self.offset = max(offset, 0)
    }

    /// How many of the sorted rows can come out, counted from the first; nil for all.
    var wantedRowCount: Int? {
        guard let limit else { return nil }
        let (sum, overflows) = limit.addingReportingOverflow(offset)
        return overflows ? nil : sum
    }
}

extension SortPlan {
    var order: RowOrder { RowOrder(types: storedTypes, keySlots: keySlots, orders: orders) }
}

/// A sink whose rows come out sorted.
protocol SortingSink: PipelineSink {
    var plan: SortPlan { get }
    /// Nil until the sink is complete.
    var output: RowGatherer.Result? { get }
}

/// ORDER BY: every worker keeps its rows; in the end they are brought into input order and sorted, so that rows that no
/// key tells apart stay in input order.
final class SortSink: SortingSink, StagedSink {
    let plan: SortPlan
    private let query: QueryContext
    private let gatherer: RowGatherer
    private let sorted = Mutex<RowGatherer.Result?>(nil)

    init(plan: SortPlan, query: QueryContext, memory: OperatorMemory) {
        self.plan = plan
        self.query = query
        gatherer = RowGatherer(plan.order, memory: memory)
    }

    var output: RowGatherer.Result? { sorted.withLock { $0 } }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        Consumer(
            evaluator: try ExpressionEvaluator(plan.computed, layout: plan.input),
            rows: RowGathering(gatherer, worker: worker), worker: worker)
    }

    func completion() throws -> CompletionStage? {
        try gatherer.completion(query) { [self] result in
            sorted.withLock { $0 = result }
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
