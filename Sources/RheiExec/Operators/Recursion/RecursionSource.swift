import RheiCompute
import RheiPlan

/// Yields the rows of a recursive common table as they are found, so that a LIMIT further on may end an endless one.
///
/// All rows come from one morsel: a row can only be found after those that lead to it.
struct RecursionSource: PipelineSource {
    /// The rows to begin with.
    let start: RowCollectionBox
    let recursion: Recursion

    func prepare() {}

    var morselCount: Int { 1 }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        let run = try RecursionRun(recursion, worker: worker, consumer: consumer)
        if let rows = start.value { try run.add(rows) }
        if !recursion.traits.order.isEmpty {
            try run.runInOrder()
        } else if recursion.traits.takesSingleRows || recursion.traits.countedColumnCount > 0 {
            try run.runRowByRow()
        } else {
            try run.runByRounds()
        }
        try run.finish()
    }
}

/// Has no rows: stands where something else pushes batches, or where only the end is waited for.
struct EmptySource: PipelineSource {
    func prepare() {}
    var morselCount: Int { 0 }
    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {}
}

/// Ends pipelines that are only waited for.
struct EmptySink: PipelineSink {
    func makeConsumer(worker: WorkerContext) -> any BatchConsumer { Consumer() }
    func complete() {}

    private final class Consumer: BatchConsumer {
        func consume(_ batch: VectorBatch) {}
        func finish() {}
    }
}
