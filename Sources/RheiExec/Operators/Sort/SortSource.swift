import RheiCompute
import RheiCore

/// Yields the rows of a complete sort in order, without the first `offset` and up to `limit` of them.
struct SortSource: PipelineSource {
    let sink: any SortingSink
    private static let rowsPerMorsel = 4 * VectorBatch.capacity

    func prepare() throws {}

    /// Places in the sorted order that come out.
    private var range: Range<Int> {
        let count: Int
        switch sink.output {
        case .kept(let kept): count = kept.order.count
        case .spilled(let runs): count = runs.rowCount
        case nil: count = 0
        }
        let first = min(sink.plan.offset, count)
        let length = min(sink.plan.limit ?? count, count - first)
        return first..<first + length
    }

    var morselCount: Int {
        if case .spilled = sink.output { return 1 }
        return (range.count + Self.rowsPerMorsel - 1) / Self.rowsPerMorsel
    }

    var rowCountHint: Int? { range.count }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        switch sink.output {
        case .kept(let kept): try produce(kept, morsel, worker, consumer)
        case .spilled(let runs): try merge(runs, worker, consumer)
        case nil: return
        }
    }

    /// Merges all runs, and leaves out the rows that are not wanted.
    private func merge(_ runs: SpilledRuns, _ worker: WorkerContext, _ consumer: any BatchConsumer) throws {
        let merger = try RunMerger(runs)
        let batch = VectorBatch(owners: [merger])
        let columnCount = sink.plan.input.count
        let selection = SelectionBuffer()
        defer { withExtendedLifetime(selection) {} }
        let wanted = range
        var first = 0
        while first < wanted.upperBound, let (columns, count) = try merger.next() {
            try worker.checkCancelled()
            if worker.isStopped { return }
            worker.arena.reset()
            batch.columns = Array(columns.prefix(columnCount))
            batch.resetSelection(rowCount: count)
            let inside = wanted.clamped(to: first..<first + count)
            if inside.count < count {
                batch.select(selection.range(inside.lowerBound - first..<inside.upperBound - first, rowCount: count))
            }
            first += count
            if !inside.isEmpty { try consumer.consume(batch) }
        }
    }

    private func produce(
        _ output: KeptRows, _ morsel: Int, _ worker: WorkerContext, _ consumer: any BatchConsumer
    ) throws {
        let layout = sink.plan.input
        let buffers = layout.types.map { VectorBuffer(type: $0) }
        let batch = VectorBatch(owners: buffers + [output])
        let all = range
        let start = all.lowerBound + morsel * Self.rowsPerMorsel
        let end = min(start + Self.rowsPerMorsel, all.upperBound)
        for first in stride(from: start, to: end, by: VectorBatch.capacity) {
            try worker.checkCancelled()
            if worker.isStopped { return }
            worker.arena.reset()
            let count = min(VectorBatch.capacity, end - first)
            batch.columns = output.rows.gather(
                output.order, from: first, count: count, columnCount: layout.count, into: buffers)
            batch.resetSelection(rowCount: count)
            try consumer.consume(batch)
        }
    }
}
