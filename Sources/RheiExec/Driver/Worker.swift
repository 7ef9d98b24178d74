#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Synchronization

/// A thread of the pool, as those that wake it and watch it see it.
///
/// Unchecked because what is touched by several threads is touched under `gate` alone, or is atomic.
final class Worker: @unchecked Sendable {
    private let thread = ThreadID()
    /// Of its own, so that a worker that is woken does not wait for whoever woke it.
    private let gate = Monitor()
    private let condition = Monitor.Condition()
    private var isAwake = false
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

    /// Sleeps until it is woken, or for some time; returns whether it was woken. Called by the worker itself.
    @discardableResult
    func sleep(for time: Duration? = nil) -> Bool {
        gate.lock()
        defer { gate.unlock() }
        while !isAwake {
            guard let time else {
                gate.wait(on: condition)
                continue
            }
            if !gate.wait(on: condition, for: time) { break }
        }
        guard isAwake else { return false }
        isAwake = false
        processors?.bind(thread)
        processors = nil
        return true
    }

    /// Ends the worker's sleep, or the next one.
    ///
    /// - Parameter elsewhere: whether the worker is kept off the calling thread's processor until it runs, which is for
    ///   callers that go on running: systems may put a thread beside its waker although another processor is idle, and
    ///   leave it waiting there for milliseconds (decision 0032).
    func wake(elsewhere: Bool) {
        gate.withLock {
            if elsewhere { keepOffCurrentProcessor() }
            isAwake = true
        }
        condition.signal()
    }

    private func keepOffCurrentProcessor() {
        guard let all = ProcessorSet(of: thread), let rest = all.withoutCurrent(), rest.bind(thread) else { return }
        processors = all
    }
}
