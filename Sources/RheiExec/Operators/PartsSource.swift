/// Does a piece of work per morsel instead of making batches: what is to be cancelled, interrupted and timed like a
/// query.
struct PartsSource: PipelineSource {
    /// Rows of each piece.
    let rowCounts: [Int]
    let work: @Sendable (Int) throws -> Void

    func prepare() {}

    var morselCount: Int { rowCounts.count }
    var rowCountHint: Int? { rowCounts.reduce(0, +) }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        try worker.checkCancelled()
        try work(morsel)
    }
}
