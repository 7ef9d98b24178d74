import RheiCompute
import RheiCore

/// Yields the build rows of a join that found a match among the probe rows, or those that found none.
struct HashJoinBuildRowsSource: PipelineSource {
    let buildSink: HashJoinBuildSink
    let isMarked: Bool
    /// The types of columns that come before those of the build side, null in every row: of right and full joins, the
    /// probe side's.
    let nullTypes: [VectorType]
    private static let rowsPerMorsel = 4 * VectorBatch.capacity

    func prepare() throws {}

    private var rowCount: Int { buildSink.build?.rows.rowCount ?? 0 }

    var morselCount: Int { (rowCount + Self.rowsPerMorsel - 1) / Self.rowsPerMorsel }

    var rowCountHint: Int? { rowCount }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        guard let build = buildSink.build else { return }
        let marks = build.matchedRows
        // Without marks no probe row was seen.
        if marks == nil && isMarked { return }
        let nullBuffers = nullTypes.map { VectorBuffer(type: $0, capacity: 64) }
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
                marks?.rows(from: first, count: count, marked: isMarked, selection) ?? SelectionVector(all: count)
            guard rows.count > 0 else { continue }
            batch.columns = nulls + build.vectors(from: first, count: count)
            batch.rowCount = count
            batch.select(rows)
            try consumer.consume(batch)
        }
    }
}
