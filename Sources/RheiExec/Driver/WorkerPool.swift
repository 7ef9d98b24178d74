import RheiArrow
import RheiCore
import Synchronization

/// Threads that run the pipelines of all queries; never the cooperative pool, whose threads must not be held.
///
/// A worker serves the pipeline with the fewest workers, among equals the one that waited longest, and looks around
/// after each morsel when some query has no worker at all. Of those without work one watches for a while for the next
/// pipeline of a query that runs (decision 0031), the others sleep; after a second without work the last one lends the
/// system memory that is kept for reuse (decision 0010), piece by piece. Threads start with the first query that needs
/// them and end when the pool is released.
package final class WorkerPool: Sendable {
    private let core: Core

    /// - Parameters:
    ///   - threadCount: at least 1.
    ///   - niceness: by how much other threads go before these where processors are scarce, 0 to 19.
    ///   - whenQuiet: what a worker does when none had work for a second, again and again until there is work or it
    ///     returns false. A query that comes meanwhile waits for one call.
    package init(
        threadCount: Int, niceness: Int = 0, whenQuiet: @escaping @Sendable () -> Bool = BufferPool.shared.lendOneIdle
    ) {
        core = Core(threadCount: max(threadCount, 1), niceness: min(max(niceness, 0), 19), whenQuiet: whenQuiet)
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
        { [core] in core.lookAgain() }
    }
}

/// What the threads share. Unchecked because every variable is touched under `monitor` alone, or is atomic.
private final class Core: @unchecked Sendable {
    let threadCount: Int
    private let monitor = Monitor()
    private var runs: [PipelineRun] = []
    private var idle: [Worker] = []
    /// The worker that watches for the next pipeline of a query that runs.
    private var watcher: Worker?
    /// Workers that were woken or started and have not looked for work yet.
    private var wakingCount = 0
    private var startedCount = 0
    /// Workers to wake once the lock is free.
    private var called: [(worker: Worker, elsewhere: Bool)] = []
    private var isShutDown = false
    private var clock: UInt64 = 0
    /// Whether some pipeline has no worker although it wants one.
    private let hasWaitingRun = Atomic<Bool>(false)

    private let niceness: Int
    private let whenQuiet: @Sendable () -> Bool
    private static let quietTime = Duration.seconds(1)

    init(threadCount: Int, niceness: Int, whenQuiet: @escaping @Sendable () -> Bool) {
        self.threadCount = threadCount
        self.niceness = niceness
        self.whenQuiet = whenQuiet
    }

    /// Frees the lock, and then wakes workers: a woken one needs the lock at once, and the system moves a thread that
    /// has to wait for a lock beside whoever had it.
    private func unlock() {
        let called = called
        self.called = []
        monitor.unlock()
        for (worker, elsewhere) in called { worker.wake(elsewhere: elsewhere) }
    }

    private func withLock<Result>(_ body: () -> Result) -> Result {
        monitor.lock()
        defer { unlock() }
        return body()
    }

    func shutDown() {
        withLock {
            isShutDown = true
            wakeAll()
        }
    }

    private func wakeAll() {
        callWatcher()
        while let worker = idle.popLast() { wake(worker, elsewhere: false) }
    }

    /// Makes the watcher look for work; returns whether there was one. Called with the lock.
    @discardableResult
    private func callWatcher() -> Bool {
        guard let called = watcher else { return false }
        watcher = nil
        wakingCount += 1
        called.endWatch()
        return true
    }

    func submit(_ ready: [PipelineRun]) {
        withLock {
            enqueue(ready)
            summon(1, elsewhere: false)
        }
    }

    /// Returns whether there is a thread, after trying to start the first.
    func hasThreads() -> Bool {
        withLock {
            if startedCount == 0 { startWorker() }
            return startedCount > 0
        }
    }

    private func startWorker() {
        startedCount += 1
        wakingCount += 1
        let niceness = niceness
        let work: @Sendable () -> Void = {
            if niceness > 0 { giveWay(by: niceness) }
            self.runWorker()
        }
        guard !startThread(work) else { return }
        startedCount -= 1
        wakingCount -= 1
    }

    func lookAgain() {
        withLock {
            updateWaiting()
            summon(1, elsewhere: false)
        }
    }

    /// Adds pipelines. Called with the lock.
    private func enqueue(_ ready: [PipelineRun]) {
        runs.append(contentsOf: ready)
        updateWaiting()
    }

    /// Wakes or starts up to `limit` workers where pipelines want more than are on their way. Called with the lock.
    ///
    /// Each worker that finds work summons two in its turn, so that whoever submits a query has one to wake.
    private func summon(_ limit: Int, elsewhere: Bool) {
        let wanted = runs.reduce(0) { $0 + $1.wantedWorkerCount }
        for _ in 0..<min(max(wanted - wakingCount, 0), limit) {
            if callWatcher() { continue }
            if let worker = idle.popLast() {
                wake(worker, elsewhere: elsewhere)
            } else if startedCount < threadCount {
                startWorker()
            }
        }
    }

    private func wake(_ worker: Worker, elsewhere: Bool) {
        wakingCount += 1
        called.append((worker, elsewhere))
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
        let worker = Worker()
        monitor.lock()
        wakingCount -= 1
        while !isShutDown || !runs.isEmpty {
            if let run = pick() {
                serve(run)
            } else {
                if !watch(worker) { sleep(worker) }
                wakingCount -= 1
            }
        }
        // Those that slept while the last query ended end as well.
        wakeAll()
        unlock()
    }

    /// Sleeps until the worker is woken. Called with the lock, which is released meanwhile.
    private func sleep(_ worker: Worker) {
        idle.append(worker)
        let served = clock
        let isLast = idle.count == startedCount
        unlock()
        if !isLast || !worker.sleep(for: Self.quietTime) {
            while isLast, withLock({ clock == served && runs.isEmpty && !isShutDown }), whenQuiet() {}
            worker.sleep()
        }
        monitor.lock()
    }

    /// Watches for a while for work of the queries that run, without sleeping. Called with the lock, which is released
    /// meanwhile.
    ///
    /// - Returns: whether the worker was called.
    private func watch(_ worker: Worker) -> Bool {
        guard watcher == nil, !runs.isEmpty, !isShutDown else { return false }
        watcher = worker
        worker.beginWatch()
        unlock()
        worker.watch()
        monitor.lock()
        guard watcher === worker else { return true }
        watcher = nil
        return false
    }

    /// Works for a pipeline. Called with the lock, which is released while working.
    private func serve(_ run: PipelineRun) {
        if let stage = run.stage { return serve(run, stage) }
        let isFirst = !run.isPrepared
        run.isPrepared = true
        var slot = run.idleSlots.popLast()
        let slotIndex = run.slotCount
        if slot == nil { run.slotCount += 1 }
        summon(2, elsewhere: true)
        unlock()
        var outcome = PipelineRun.Outcome.exhausted
        do {
            if isFirst { try prepare(run) }
            if !run.needsNoSlot {
                let current = try slot ?? run.makeSlot(index: slotIndex)
                slot = current
                outcome = try run.work(current) { hasWaitingRun.load(ordering: .relaxed) || run.isGateClosed }
                if outcome == .exhausted, !run.query.hasFailed { try run.finish(current) }
            }
        } catch {
            run.query.fail(error)
        }
        monitor.lock()
        if let slot { run.idleSlots.append(slot) }
        slot = nil
        leave(run, outcome)
    }

    /// Works for a pipeline whose morsels have ended. Called with the lock, which is released while working.
    private func serve(_ run: PipelineRun, _ stage: CompletionStage) {
        summon(2, elsewhere: true)
        unlock()
        var outcome = PipelineRun.Outcome.exhausted
        do {
            outcome = try run.work(stage) { hasWaitingRun.load(ordering: .relaxed) }
        } catch {
            run.query.fail(error)
        }
        monitor.lock()
        leave(run, outcome)
    }

    private func prepare(_ run: PipelineRun) throws {
        let workers = try run.prepare(threadCount: threadCount)
        guard workers > 1 else { return }
        withLock {
            run.slotLimit = workers
            summon(2, elsewhere: true)
        }
    }

    /// Gives up a worker's place; the last one out ends the pipeline, or begins the next stage of its end. Called with
    /// the lock.
    private func leave(_ run: PipelineRun, _ outcome: PipelineRun.Outcome) {
        run.activeCount -= 1
        if outcome == .exhausted { run.isExhausted = true }
        guard run.isExhausted, run.activeCount == 0 else {
            updateWaiting()
            return
        }
        runs.removeAll { $0 === run }
        unlock()
        let ready = end(run)
        monitor.lock()
        enqueue(ready)
        if runs.isEmpty { callWatcher() }
    }

    /// Ends a pipeline that no worker is in, or its stage, and lets go of the chains that workers had. Called without
    /// the lock: chains may be long to free.
    ///
    /// - Returns: what is to be run now.
    private func end(_ run: PipelineRun) -> [PipelineRun] {
        let (slots, stage) = (run.idleSlots, run.stage)
        run.idleSlots = []
        guard let next = advance(run, slots, stage) else { return run.query.ended(run) }
        run.stage = next
        run.isExhausted = false
        run.slotLimit = min(threadCount, next.taskCount)
        return [run]
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
