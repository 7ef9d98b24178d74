package import RheiCompute
package import RheiCore
import Synchronization

/// What all workers of a query share: cancellation, and the settings that tests vary.
package final class QueryContext: Sendable {
    /// Rows per batch that a scan takes, 1 to ``VectorBatch/capacity``.
    package let vectorSize: Int
    private let cancelled = Atomic<Bool>(false)

    package init(vectorSize: Int = VectorBatch.capacity) {
        self.vectorSize = min(max(vectorSize, 1), VectorBatch.capacity)
    }

    /// Makes every worker of the query throw at its next check. Safe from any thread, any number of times.
    package func cancel() { cancelled.store(true, ordering: .relaxed) }

    package var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
}

/// What belongs to one worker thread while it runs one pipeline.
package final class WorkerContext {
    package let query: QueryContext
    /// 0 for the first worker of the pipeline.
    package let workerIndex: Int
    /// For strings that live as long as the current source batch; the source resets it before each batch.
    package let arena: StringArena
    /// Set by a consumer that needs no further batches (LIMIT); the source then ends early. Shared by the workers.
    private let stop: PipelineStop

    package init(query: QueryContext, workerIndex: Int, stop: PipelineStop) {
        self.query = query
        self.workerIndex = workerIndex
        self.arena = StringArena()
        self.stop = stop
    }

    package func checkCancelled() throws(EngineError) {
        if query.isCancelled { throw EngineError(.cancelled, "the query was cancelled") }
    }

    package var isStopped: Bool { stop.isSet }

    package func stopPipeline() { stop.set() }
}

/// Tells the workers of one pipeline that enough rows have been seen or that one of them failed.
package final class PipelineStop: Sendable {
    private let flag = Atomic<Bool>(false)
    package init() {}
    package var isSet: Bool { flag.load(ordering: .relaxed) }
    package func set() { flag.store(true, ordering: .relaxed) }
}
