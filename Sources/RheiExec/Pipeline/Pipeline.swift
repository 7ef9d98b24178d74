package import RheiCompute

/// Takes batches in one worker: a streaming operator passes them on, the end of a pipeline keeps them.
///
/// One instance serves one worker at a time, so its state needs no lock. `finish` is called once after the last batch
/// of a pipeline that did not fail; a streaming operator passes it on.
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
    /// How many rows all morsels yield at most, as far as that is known; decides how many workers are worth waking.
    /// Valid after `prepare`.
    var rowCountHint: Int? { get }
    /// Pushes the batches of one morsel. Checks `worker.checkCancelled()` and `worker.isStopped` at least per batch.
    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws
}

extension PipelineSource {
    package var rowCountHint: Int? { nil }
}

/// A streaming operator: shared, immutable description from which each worker makes its own instance.
package protocol PipelineStep: Sendable {
    func makeConsumer(worker: WorkerContext, next: any BatchConsumer) throws -> any BatchConsumer
}

/// A pipeline breaker: each worker consumes into its own state, which `finish` merges; `completion` ends the pipeline.
///
/// `finish` of one consumer may run while others still consume, so what it merges into needs a lock.
package protocol PipelineSink: Sendable {
    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer
    /// Ends the sink on the calling thread, for sinks that do not end in stages.
    func complete() throws
    /// Called once, after every consumer of every pipeline into this sink has finished, on one thread.
    ///
    /// - Returns: the first of the stages that complete the sink; nil when it is complete.
    func completion() throws -> CompletionStage?
}

/// A sink whose reader may lag behind: while the gate is closed, workers take no new morsels of the pipeline.
package protocol GatedSink: PipelineSink {
    var isGateClosed: Bool { get }
}

/// Source, steps, sink; and the pipelines that must have ended before this one starts.
package struct Pipeline: Sendable {
    package var source: any PipelineSource
    package var steps: [any PipelineStep]
    package var sink: any PipelineSink
    /// Indices of earlier pipelines of the same query, each once.
    package var dependencies: [Int]
    /// Place among the pipelines that feed the same sink; they run one after the other in this order.
    package var sequence: Int
    /// Whether the sink is complete when this pipeline has ended.
    package var completesSink: Bool

    package init(
        source: any PipelineSource, steps: [any PipelineStep], sink: any PipelineSink, dependencies: [Int],
        sequence: Int = 0, completesSink: Bool = true
    ) {
        self.source = source
        self.steps = steps
        self.sink = sink
        self.dependencies = dependencies
        self.sequence = sequence
        self.completesSink = completesSink
    }

    /// Makes the chain of one worker, from the sink back to the first step.
    func makeChain(worker: WorkerContext) throws -> any BatchConsumer {
        var consumer = try sink.makeConsumer(worker: worker)
        for step in steps.reversed() { consumer = try step.makeConsumer(worker: worker, next: consumer) }
        return consumer
    }
}
