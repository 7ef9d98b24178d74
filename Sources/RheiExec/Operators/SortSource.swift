import RheiCompute
import RheiCore

/// Yields the rows of a complete sort in order, without the first `offset` and up to `limit` of them.
struct SortSource: PipelineSource {
    let sink: any SortingSink
    private static let rowsPerMorsel = 16 * VectorBatch.capacity

    func prepare() throws {}

    /// Places in the sorted order that come out.
    private var range: Range<Int> {
        let count = sink.output?.order.count ?? 0
        let first = min(sink.plan.offset, count)
        let length = min(sink.plan.limit ?? count, count - first)
        return first..<first + length
    }

    var morselCount: Int { (range.count + Self.rowsPerMorsel - 1) / Self.rowsPerMorsel }

    var rowCountHint: Int? { range.count }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        guard let output = sink.output else { return }
        let layout = sink.plan.input
        let buffers = layout.types.map { VectorBuffer(type: $0) }
        let batch = VectorBatch(owners: buffers + [output.rows, output.order])
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
