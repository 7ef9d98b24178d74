import RheiCompute
import RheiPlan

/// Computes one column per expression; the selection stays as it is.
struct ProjectStep: PipelineStep {
    let expressions: [Expression]
    let input: ColumnLayout
    let output: ColumnLayout

    func makeConsumer(worker: WorkerContext, next: any BatchConsumer) throws -> any BatchConsumer {
        Consumer(
            evaluator: try ExpressionEvaluator(expressions, layout: input, types: output.types), worker: worker,
            next: next)
    }

    private final class Consumer: BatchConsumer {
        private let evaluator: ExpressionEvaluator
        private let worker: WorkerContext
        private let next: any BatchConsumer
        private let output = VectorBatch()

        init(evaluator: ExpressionEvaluator, worker: WorkerContext, next: any BatchConsumer) {
            self.evaluator = evaluator
            self.worker = worker
            self.next = next
        }

        func consume(_ batch: VectorBatch) throws {
            output.columns = try evaluator.evaluate(batch, worker: worker)
            output.rowCount = batch.rowCount
            unsafe output.selection = batch.selection
            output.selectedCount = batch.selectedCount
            try next.consume(output)
        }

        func finish() throws { try next.finish() }
    }
}
