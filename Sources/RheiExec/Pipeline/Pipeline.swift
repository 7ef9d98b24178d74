package import RheiCompute

/// Takes batches in one worker: a streaming operator passes them on, the end of a pipeline keeps them.
///
/// One instance serves one worker thread, so its state needs no lock. `finish` is called once after the last batch.
package protocol BatchConsumer: AnyObject {
    func consume(_ batch: VectorBatch) throws
    func finish() throws
}

/// Where a pipeline's batches come from: morsels that workers take in any order.
package protocol PipelineSource: Sendable {
    /// Called once, on the thread that runs the pipeline, before any morsel is taken.
    func prepare() throws
    /// Valid after `prepare`.
    var morselCount: Int { get }
    /// Pushes the batches of one morsel. Checks `worker.checkCancelled()` and `worker.isStopped` at least per batch.
    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws
}

/// A streaming operator: shared, immutable description from which each worker makes its own instance.
package protocol PipelineStep: Sendable {
    func makeConsumer(worker: WorkerContext, next: any BatchConsumer) throws -> any BatchConsumer
}

/// A pipeline breaker: each worker consumes into its own state, which `finish` merges; `complete` ends the pipeline.
package protocol PipelineSink: Sendable {
    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer
    /// Called once, after every consumer has finished, on one thread.
    func complete() throws
}

/// Source, steps, sink; and the pipelines that must have ended before this one starts.
package struct Pipeline: Sendable {
    package var source: any PipelineSource
    package var steps: [any PipelineStep]
    package var sink: any PipelineSink
    /// Indices of earlier pipelines of the same query.
    package var dependencies: [Int]

    package init(source: any PipelineSource, steps: [any PipelineStep], sink: any PipelineSink, dependencies: [Int]) {
        self.source = source
        self.steps = steps
        self.sink = sink
        self.dependencies = dependencies
    }
}
