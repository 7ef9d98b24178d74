import RheiCompute
import RheiCore

/// Yields the rows of a complete ``WindowSink`` in the order of its keys, with the results of the functions. A morsel is a
/// run of whole partitions.
struct WindowSource: PipelineSource {
    let sink: WindowSink

    func prepare() throws {}

    var morselCount: Int { sink.output?.runs.count ?? 0 }

    var rowCountHint: Int? { sink.output?.evaluator.rowCount ?? 0 }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        guard let sorted = sink.output else { return }
        try worker.checkCancelled()
        let run = sorted.runs[morsel]
        let output = try sorted.evaluator.evaluate(run: run)
        let layout = sink.plan.input
        let buffers = layout.types.map { VectorBuffer(type: $0) }
        let batch = VectorBatch(owners: buffers + [output, sorted.evaluator])
        for first in stride(from: 0, to: run.count, by: VectorBatch.capacity) {
            try worker.checkCancelled()
            if worker.isStopped { return }
            worker.arena.reset()
            let count = min(VectorBatch.capacity, run.count - first)
            batch.columns = output.columns(from: first, count: count, columnCount: layout.count, into: buffers)
            batch.resetSelection(rowCount: count)
            try consumer.consume(batch)
        }
    }
}
