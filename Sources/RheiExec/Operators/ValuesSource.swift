import RheiCompute
import RheiCore
import RheiPlan

/// Yields constant rows; their expressions refer to no column and are evaluated once.
struct ValuesSource: PipelineSource {
    private let rows: [[Expression]]
    private let types: [VectorType]
    private let vectorSize: Int

    init(rows: [[Expression]], output: ColumnLayout, query: QueryContext) {
        self.rows = rows
        types = output.types
        vectorSize = query.vectorSize
    }

    func prepare() {}

    var morselCount: Int { rows.isEmpty ? 0 : 1 }
    var rowCountHint: Int? { rows.count }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        let batch = VectorBatch()
        for start in stride(from: 0, to: rows.count, by: vectorSize) {
            try worker.checkCancelled()
            if worker.isStopped { return }
            worker.arena.reset()
            let count = min(vectorSize, rows.count - start)
            let chunk = RowCollection(types: types, chunkCapacity: count, expectedRowCount: count)
            for row in rows[start..<start + count] { try append(row, to: chunk, worker) }
            batch.owners = [chunk]
            batch.columns = types.isEmpty ? [] : chunk.columns(chunk: 0)
            batch.resetSelection(rowCount: count)
            try consumer.consume(batch)
        }
    }

    private func append(_ row: [Expression], to chunk: RowCollection, _ worker: WorkerContext) throws {
        guard row.count == types.count else {
            throw EngineError(.invariant, "a constant row of \(row.count) values for \(types.count) columns")
        }
        let evaluator = try ExpressionEvaluator(row, layout: ColumnLayout([]), types: types)
        // The vectors lie in memory of the evaluator, which must outlive their copying.
        defer { withExtendedLifetime(evaluator) {} }
        unsafe chunk.append(
            try evaluator.evaluate(VectorBatch(rowCount: 1), worker: worker), selection: nil, count: 1)
    }
}
