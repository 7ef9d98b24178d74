import RheiCompute
import RheiCore

/// Yields the rows of a complete ``WindowSink`` in the order of its keys, with the results of the functions. A morsel
/// is a run of whole partitions.
struct WindowSource: PipelineSource {
    let sink: WindowSink

    func prepare() throws {}

    var morselCount: Int {
        switch sink.output {
        case .kept(let sorted): sorted.runs.count
        case .spilled: 1
        case nil: 0
        }
    }

    var rowCountHint: Int? {
        switch sink.output {
        case .kept(let sorted): sorted.evaluator.rowCount
        case .spilled(let runs): runs.rowCount
        case nil: 0
        }
    }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        switch sink.output {
        case .kept(let sorted): try push(sorted.runs[morsel], of: sorted.evaluator, worker, consumer)
        case .spilled(let runs): try merge(runs, worker, consumer)
        case nil: return
        }
    }

    private func push(
        _ run: Range<Int>, of evaluator: WindowEvaluator, _ worker: WorkerContext, _ consumer: any BatchConsumer
    ) throws {
        try worker.checkCancelled()
        let output = try evaluator.evaluate(run: run) { try worker.checkCancelled() }
        let layout = sink.plan.input
        let buffers = layout.types.map { VectorBuffer(type: $0) }
        let batch = VectorBatch(owners: buffers + [output, evaluator])
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

    /// Reads sorted rows and evaluates the functions for each run of whole partitions.
    private func merge(_ runs: SpilledRuns, _ worker: WorkerContext, _ consumer: any BatchConsumer) throws {
        let merger = try RunMerger(runs)
        let run = WindowRun(plan: sink.plan, memory: sink.memory)
        while let (columns, count) = try merger.next() {
            try worker.checkCancelled()
            if worker.isStopped { return }
            try run.append(columns, count: count)
            if let (evaluator, rowCount) = try run.takePartitions(isAtEnd: false) {
                try push(0..<rowCount, of: evaluator, worker, consumer)
            }
        }
        if let (evaluator, rowCount) = try run.takePartitions(isAtEnd: true) {
            try push(0..<rowCount, of: evaluator, worker, consumer)
        }
    }
}
