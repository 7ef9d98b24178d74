#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Synchronization

/// A thread of the pool. Touched under the pool's lock alone, but that the thread itself watches without it.
final class Worker {
    private let thread = ThreadID()
    private let condition = Monitor.Condition()
    private var isAwake = true
    /// Where it may run, while it is kept off a processor.
    private var processors: ProcessorSet?

    private let isCalled = Atomic<Bool>(false)
    private static let watchTime = Duration.microseconds(400)

    /// Called before `watch`.
    func beginWatch() { isCalled.store(false, ordering: .relaxed) }

    /// Ends the watch of a worker.
    func endWatch() { isCalled.store(true, ordering: .relaxed) }

    /// Lets other threads go first until the watch is ended, or for some time.
    func watch() {
        let end = ContinuousClock.now + Self.watchTime
        repeat {
            for _ in 0..<8 {
                if isCalled.load(ordering: .relaxed) { return }
                sched_yield()
            }
        } while ContinuousClock.now < end
    }

    /// From now on the worker may be woken. Called by itself, as `sleep` is.
    func beginSleep() { isAwake = false }

    /// Sleeps until it is woken, or for some time; returns whether it was woken.
    func sleep(_ monitor: Monitor, for time: Duration) -> Bool {
        while !isAwake, monitor.wait(on: condition, for: time) {}
        return isAwake
    }

    /// Sleeps until it is woken.
    func sleep(_ monitor: Monitor) {
        while !isAwake { monitor.wait(on: condition) }
        processors?.bind(thread)
        processors = nil
    }

    /// - Parameter elsewhere: whether the worker is kept off the calling thread's processor until it runs, which is for
    ///   callers that go on running: systems may put a thread beside its waker although another processor is idle, and
    ///   leave it waiting there for milliseconds (decision 0032).
    func wake(elsewhere: Bool) {
        if elsewhere { keepOffCurrentProcessor() }
        isAwake = true
        condition.signal()
    }

    private func keepOffCurrentProcessor() {
        guard let all = ProcessorSet(of: thread), let rest = all.withoutCurrent(), rest.bind(thread) else { return }
        processors = all
    }
}
