import RheiCompute
import RheiPlan

/// Passes on the rows for which all conditions are true.
struct FilterStep: PipelineStep {
    let conjuncts: [Expression]
    let input: ColumnLayout

    func makeConsumer(worker: WorkerContext, next: any BatchConsumer) throws -> any BatchConsumer {
        Consumer(predicate: try PredicateEvaluator(conjuncts, layout: input), worker: worker, next: next)
    }

    private final class Consumer: BatchConsumer {
        private let predicate: PredicateEvaluator
        private let worker: WorkerContext
        private let next: any BatchConsumer

        init(predicate: PredicateEvaluator, worker: WorkerContext, next: any BatchConsumer) {
            self.predicate = predicate
            self.worker = worker
            self.next = next
        }

        func consume(_ batch: VectorBatch) throws {
            try predicate.narrow(batch, worker: worker)
            if batch.selectedCount > 0 { try next.consume(batch) }
        }

        func finish() throws { try next.finish() }
    }
}
