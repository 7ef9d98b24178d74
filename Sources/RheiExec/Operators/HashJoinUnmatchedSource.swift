import RheiCompute
import RheiCore

/// Yields the build rows of a right or full join that found no match: nulls for the probe side, then their columns.
struct HashJoinUnmatchedSource: PipelineSource {
    let buildSink: HashJoinBuildSink
    let probe: ColumnLayout
    private static let rowsPerMorsel = 32 * VectorBatch.capacity

    func prepare() throws {}

    private var rowCount: Int { buildSink.build?.rows.rowCount ?? 0 }

    var morselCount: Int { (rowCount + Self.rowsPerMorsel - 1) / Self.rowsPerMorsel }

    var rowCountHint: Int? { rowCount }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        guard let build = buildSink.build else { return }
        let marks = build.matchedRows
        let nullBuffers = probe.types.map { VectorBuffer(type: $0, capacity: 64) }
        let nulls = nullBuffers.map { $0.constantNull() }
        let selection = SelectionBuffer()
        let batch = VectorBatch(owners: nullBuffers + [build, selection])
        let end = min((morsel + 1) * Self.rowsPerMorsel, rowCount)
        for first in stride(from: morsel * Self.rowsPerMorsel, to: end, by: VectorBatch.capacity) {
            try worker.checkCancelled()
            if worker.isStopped { return }
            worker.arena.reset()
            let count = min(VectorBatch.capacity, end - first)
            let rows =
                marks?.rows(from: first, count: count, marked: false, selection) ?? SelectionVector(all: count)
            guard rows.count > 0 else { continue }
            batch.columns = nulls + build.vectors(from: first, count: count)
            batch.rowCount = count
            batch.select(rows)
            try consumer.consume(batch)
        }
    }
}
