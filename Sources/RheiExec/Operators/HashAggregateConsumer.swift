import RheiCompute
import RheiPlan

/// One worker's share of a grouping.
final class HashAggregateConsumer: BatchConsumer {
    private let sink: HashAggregateSink
    private let worker: WorkerContext
    private let aggregator: HashAggregator
    /// The keys, then the arguments of the aggregates without FILTER.
    private let evaluator: ExpressionEvaluator
    private let keyCount: Int
    private let inputs: [AggregateInput]
    private let filtered = VectorBatch()

    /// Where an aggregate's arguments come from.
    private enum AggregateInput {
        /// A range of the shared evaluator's vectors.
        case shared(Range<Int>)
        /// Arguments are evaluated for the rows that pass the filter alone, so that others raise no error.
        case filtered(PredicateEvaluator, ExpressionEvaluator)
    }

    init(plan: HashAggregatePlan, sink: HashAggregateSink, worker: WorkerContext) throws {
        self.sink = sink
        self.worker = worker
        aggregator = try plan.makeAggregator()
        keyCount = plan.keys.count
        var shared = plan.keys
        inputs = try plan.calls.map { call in
            guard let filter = call.filter else {
                shared += call.arguments
                return .shared(shared.count - call.arguments.count..<shared.count)
            }
            return .filtered(
                try PredicateEvaluator([filter], layout: plan.input),
                try ExpressionEvaluator(call.arguments, layout: plan.input))
        }
        evaluator = try ExpressionEvaluator(shared, layout: plan.input)
    }

    func consume(_ batch: VectorBatch) throws {
        let vectors = try evaluator.evaluate(batch, worker: worker)
        let rows = batch.rows
        aggregator.assignGroups(Array(vectors[..<keyCount]), rows)
        let position = worker.position
        let sequence = UInt64(position.sequence) << 40 | UInt64(position.morsel)
        for (index, input) in inputs.enumerated() {
            switch input {
            case .shared(let range):
                aggregator.update(aggregate: index, Array(vectors[range]), rows, sequence: sequence)
            case .filtered(let predicate, let arguments):
                try update(index, predicate, arguments, batch, sequence)
            }
        }
    }

    private func update(
        _ index: Int, _ predicate: PredicateEvaluator, _ arguments: ExpressionEvaluator, _ batch: VectorBatch,
        _ sequence: UInt64
    ) throws {
        filtered.columns = batch.columns
        filtered.rowCount = batch.rowCount
        filtered.select(batch.rows)
        try predicate.narrow(filtered, worker: worker)
        guard filtered.selectedCount > 0 else { return }
        let vectors = try arguments.evaluate(filtered, worker: worker)
        aggregator.update(aggregate: index, vectors, filtered.rows, sequence: sequence)
    }

    func finish() { sink.add(aggregator) }
}
