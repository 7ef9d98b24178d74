import RheiCompute

/// Passes on some of the columns, in another order.
struct ColumnChoiceStep: PipelineStep {
    /// Positions in the input, in output order.
    let columns: [Int]

    func makeConsumer(worker: WorkerContext, next: any BatchConsumer) -> any BatchConsumer {
        Consumer(columns: columns, next: next)
    }

    private final class Consumer: BatchConsumer {
        private let columns: [Int]
        private let next: any BatchConsumer
        private let output = VectorBatch()

        init(columns: [Int], next: any BatchConsumer) {
            self.columns = columns
            self.next = next
        }

        func consume(_ batch: VectorBatch) throws {
            output.columns = columns.map { batch.columns[$0] }
            output.rowCount = batch.rowCount
            output.select(batch.rows)
            try next.consume(output)
        }

        func finish() throws { try next.finish() }
    }
}
