import RheiCore
import Synchronization

/// One pipeline being run: its morsel counter, and the chains of consumers that workers borrow.
///
/// A chain (a *slot*) belongs to the pipeline, not to a thread: a worker that turns to another query leaves its slot
/// behind for the next one. Fields below the line are guarded by the lock of the pool; unchecked for that reason.
final class PipelineRun: @unchecked Sendable {
    let pipeline: Pipeline
    let index: Int
    let query: QueryRun
    private let gate: (any GatedSink)?
    private let stop = PipelineStop()
    private let nextMorsel = Atomic<Int>(0)
    private let morselCount = Atomic<Int>(0)
    /// On average, as far as known.
    private let rowsPerMorsel = Atomic<Int>(0)

    // ---- guarded by the pool's lock
    var isPrepared = false
    var slotLimit = 1
    var slotCount = 0
    var activeCount = 0
    /// Whether nothing is left to take, of the morsels or of the stage.
    var isExhausted = false
    /// What is being done since the morsels have ended.
    var stage: CompletionStage?
    /// When a worker last took this run, as a count of such events; the pool serves the longest-waiting first.
    var lastServed: UInt64 = 0
    var idleSlots: [Slot] = []

    /// The consumers of one worker.
    final class Slot {
        let worker: WorkerContext
        let consumer: any BatchConsumer
        var isFinished = false

        init(worker: WorkerContext, consumer: any BatchConsumer) {
            self.worker = worker
            self.consumer = consumer
        }

        deinit { worker.letGo() }
    }

    enum Outcome { case exhausted, yielded }

    init(_ pipeline: Pipeline, index: Int, query: QueryRun) {
        self.pipeline = pipeline
        self.index = index
        self.query = query
        gate = pipeline.sink as? any GatedSink
    }

    /// Whether the reader of the result has fallen behind.
    var isGateClosed: Bool {
        guard let gate else { return false }
        return gate.isGateClosed && !stop.isSet && !query.context.isCancelled
    }

    /// How many further workers would find something to do. Called with the pool's lock.
    var wantedWorkerCount: Int {
        if isExhausted { return 0 }
        if stage != nil { return max(slotLimit - activeCount, 0) }
        return isGateClosed ? 0 : idleSlots.count + max(slotLimit - slotCount, 0)
    }

    var wantsWorker: Bool { wantedWorkerCount > 0 }

    func stopAll() { stop.set() }

    /// Opens the source.
    ///
    /// - Returns: how many workers the pipeline is worth.
    func prepare(threadCount: Int) throws -> Int {
        try pipeline.source.prepare()
        let morsels = pipeline.source.morselCount
        morselCount.store(morsels, ordering: .relaxed)
        var workers = min(threadCount, morsels)
        if let rows = pipeline.source.rowCountHint {
            query.context.progress.expect(rows)
            rowsPerMorsel.store(rows / max(morsels, 1), ordering: .relaxed)
            workers = min(workers, rows / query.context.rowsPerWorker)
        }
        return max(workers, 1)
    }

    /// Whether there is nothing to do, for a sink that an earlier pipeline has made consumers of. Valid after `prepare`.
    var needsNoSlot: Bool { pipeline.sequence > 0 && morselCount.load(ordering: .relaxed) == 0 }

    func makeSlot(index: Int) throws -> Slot {
        let worker = WorkerContext(query: query.context, workerIndex: index, stop: stop)
        return Slot(worker: worker, consumer: try pipeline.makeChain(worker: worker))
    }

    /// Runs morsels until none is left, the pipeline is stopped, or `shallYield` says so after a morsel.
    func work(_ slot: Slot, shallYield: () -> Bool) throws -> Outcome {
        let count = morselCount.load(ordering: .relaxed)
        while !stop.isSet {
            let morsel = nextMorsel.add(1, ordering: .relaxed).oldValue
            if morsel >= count { break }
            try slot.worker.checkCancelled()
            try slot.worker.beginMorsel(MorselPosition(sequence: pipeline.sequence, morsel: morsel))
            try pipeline.source.produce(morsel: morsel, worker: slot.worker, into: slot.consumer)
            try slot.worker.endMorsel()
            query.context.progress.add(rowsPerMorsel.load(ordering: .relaxed))
            if shallYield() { return .yielded }
        }
        return .exhausted
    }

    /// Runs tasks of a stage until none is left, the query fails, or `shallYield` says so after a task.
    func work(_ stage: CompletionStage, shallYield: () -> Bool) throws -> Outcome {
        while !query.hasFailed {
            let task = nextMorsel.add(1, ordering: .relaxed).oldValue
            if task >= stage.taskCount { break }
            try query.context.checkCancelled()
            try stage.run(task)
            if shallYield() { return .yielded }
        }
        return .exhausted
    }

    /// Goes on after the morsels, or after a stage, when no worker is left in it: ends the consumers, then the sink.
    ///
    /// - Returns: the next stage, nil when the pipeline has ended.
    func advance(_ slots: [Slot], after stage: CompletionStage?) throws -> CompletionStage? {
        if let stage {
            try query.context.checkCancelled()
            return try startStage(stage.end())
        }
        for slot in slots { try finish(slot) }
        return pipeline.completesSink ? try startStage(pipeline.sink.completion()) : nil
    }

    /// Runs stages of one task at once, up to one that several workers may share.
    private func startStage(_ first: CompletionStage?) throws -> CompletionStage? {
        var next = first
        while let stage = next, stage.taskCount < 2, !query.hasFailed {
            try query.context.checkCancelled()
            for task in 0..<stage.taskCount { try stage.run(task) }
            next = try stage.end()
        }
        nextMorsel.store(0, ordering: .relaxed)
        return next
    }

    /// Ends the consumers of one slot, once.
    func finish(_ slot: Slot) throws {
        guard !slot.isFinished else { return }
        slot.isFinished = true
        try slot.consumer.finish()
    }

    /// Runs the whole pipeline on the calling thread.
    func runAlone() throws {
        _ = try prepare(threadCount: 1)
        if !needsNoSlot {
            let slot = try makeSlot(index: 0)
            _ = try work(slot) { false }
            try finish(slot)
        }
        if pipeline.completesSink { try pipeline.sink.completeAlone(check: query.context.checkCancelled) }
    }
}
