import RheiCore
import Synchronization

/// Threads that run the pipelines of all queries; never the cooperative pool, whose threads must not be held.
///
/// A worker serves the pipeline with the fewest workers, among equals the one that waited longest, and looks around
/// after each morsel when some query has no worker at all. Threads start with the first query that needs them and end
/// when the pool is released.
package final class WorkerPool: Sendable {
    private let core: Core

    /// - Parameters:
    ///   - threadCount: at least 1.
    ///   - niceness: by how much other threads go before these where processors are scarce, 0 to 19.
    package init(threadCount: Int, niceness: Int = 0) {
        core = Core(threadCount: max(threadCount, 1), niceness: min(max(niceness, 0), 19))
    }

    deinit { core.shutDown() }

    package var threadCount: Int { core.threadCount }

    /// Starts a query; on the calling thread, and to its end, when the system grants no thread at all.
    func submit(_ query: QueryRun) {
        guard core.hasThreads() else { return query.runAlone() }
        core.submit(query.start())
    }

    /// A function that tells the pool that a gate has opened or a query was cancelled. It does not keep the threads.
    var waker: @Sendable () -> Void {
        { [core] in core.wake() }
    }
}

/// What the threads share. Unchecked because every variable is touched under `monitor` alone, or is atomic.
private final class Core: @unchecked Sendable {
    let threadCount: Int
    private let monitor = Monitor()
    private var runs: [PipelineRun] = []
    private var idleCount = 0
    /// Idle workers that were signalled and have not woken yet.
    private var wakingCount = 0
    private var startedCount = 0
    private var isShutDown = false
    private var clock: UInt64 = 0
    /// Whether some pipeline has no worker although it wants one.
    private let hasWaitingRun = Atomic<Bool>(false)

    private let niceness: Int

    init(threadCount: Int, niceness: Int) {
        self.threadCount = threadCount
        self.niceness = niceness
    }

    func shutDown() {
        monitor.withLock {
            isShutDown = true
            monitor.broadcast()
        }
    }

    func submit(_ ready: [PipelineRun]) {
        monitor.withLock { enqueue(ready, wakeUp: ready.count) }
    }

    /// Returns whether there is a thread, after trying to start the first.
    func hasThreads() -> Bool {
        monitor.withLock {
            if startedCount == 0 { startWorker() }
            return startedCount > 0
        }
    }

    private func startWorker() {
        startedCount += 1
        let niceness = niceness
        let work: @Sendable () -> Void = {
            if niceness > 0 { giveWay(by: niceness) }
            self.runWorker()
        }
        if !startThread(work) { startedCount -= 1 }
    }

    func wake() {
        monitor.withLock {
            updateWaiting()
            monitor.broadcast()
        }
    }

    /// Adds pipelines and wakes workers for `wakeUp` of them. Called with the lock.
    private func enqueue(_ ready: [PipelineRun], wakeUp: Int) {
        runs.append(contentsOf: ready)
        updateWaiting()
        summon(wakeUp)
    }

    /// Wakes or starts up to `count` workers. Called with the lock.
    private func summon(_ count: Int) {
        let sleeping = max(idleCount - wakingCount, 0)
        for _ in 0..<min(count, sleeping) {
            wakingCount += 1
            monitor.signal()
        }
        for _ in 0..<max(min(count - sleeping, threadCount - startedCount), 0) { startWorker() }
    }

    private func updateWaiting() {
        hasWaitingRun.store(runs.contains { $0.activeCount == 0 && $0.wantsWorker }, ordering: .relaxed)
    }

    /// Takes a worker's place in the pipeline that needs one most. Called with the lock.
    private func pick() -> PipelineRun? {
        var best: PipelineRun?
        for run in runs where run.wantsWorker {
            if let current = best, (current.activeCount, current.lastServed) <= (run.activeCount, run.lastServed) {
                continue
            }
            best = run
        }
        guard let best else { return nil }
        clock += 1
        best.lastServed = clock
        best.activeCount += 1
        updateWaiting()
        return best
    }

    private func runWorker() {
        monitor.lock()
        while !isShutDown || !runs.isEmpty {
            if let run = pick() {
                serve(run)
            } else {
                idleCount += 1
                monitor.wait()
                idleCount -= 1
                wakingCount = max(wakingCount - 1, 0)
            }
        }
        monitor.unlock()
    }

    /// Works for a pipeline. Called with the lock, which is released while working.
    private func serve(_ run: PipelineRun) {
        if let stage = run.stage { return serve(run, stage) }
        let isFirst = !run.isPrepared
        run.isPrepared = true
        var slot = run.idleSlots.popLast()
        let slotIndex = run.slotCount
        if slot == nil { run.slotCount += 1 }
        monitor.unlock()
        var outcome = PipelineRun.Outcome.exhausted
        do {
            if isFirst { try prepare(run) }
            let current = try slot ?? run.makeSlot(index: slotIndex)
            slot = current
            outcome = try run.work(current) { hasWaitingRun.load(ordering: .relaxed) || run.isGateClosed }
            if outcome == .exhausted, !run.query.hasFailed { try run.finish(current) }
        } catch {
            run.query.fail(error)
        }
        monitor.lock()
        leave(run, slot, outcome)
    }

    /// Works for a pipeline whose morsels have ended. Called with the lock, which is released while working.
    private func serve(_ run: PipelineRun, _ stage: CompletionStage) {
        monitor.unlock()
        var outcome = PipelineRun.Outcome.exhausted
        do {
            outcome = try run.work(stage) { hasWaitingRun.load(ordering: .relaxed) }
        } catch {
            run.query.fail(error)
        }
        monitor.lock()
        leave(run, nil, outcome)
    }

    private func prepare(_ run: PipelineRun) throws {
        let workers = try run.prepare(threadCount: threadCount)
        guard workers > 1 else { return }
        monitor.withLock {
            run.slotLimit = workers
            summon(workers - 1)
        }
    }

    /// Gives up a worker's place; the last one out ends the pipeline, or begins the next stage of its end. Called with
    /// the lock.
    private func leave(_ run: PipelineRun, _ slot: PipelineRun.Slot?, _ outcome: PipelineRun.Outcome) {
        if let slot { run.idleSlots.append(slot) }
        run.activeCount -= 1
        if outcome == .exhausted { run.isExhausted = true }
        guard run.isExhausted, run.activeCount == 0 else {
            updateWaiting()
            return
        }
        runs.removeAll { $0 === run }
        let (slots, stage) = (run.idleSlots, run.stage)
        run.idleSlots = []
        let query = run.query
        monitor.unlock()
        if let next = advance(run, slots, stage) {
            monitor.lock()
            run.stage = next
            run.isExhausted = false
            run.slotLimit = min(threadCount, next.taskCount)
            return enqueue([run], wakeUp: run.slotLimit - 1)
        }
        let ready = query.ended(run)
        monitor.lock()
        // This worker takes one of the pipelines itself.
        enqueue(ready, wakeUp: max(ready.count - 1, 0))
    }

    /// Returns what is left to do for a pipeline that no worker is in.
    private func advance(
        _ run: PipelineRun, _ slots: [PipelineRun.Slot], _ stage: CompletionStage?
    ) -> CompletionStage? {
        guard !run.query.hasFailed else { return nil }
        do {
            return try run.advance(slots, after: stage)
        } catch {
            run.query.fail(error)
            return nil
        }
    }
}
