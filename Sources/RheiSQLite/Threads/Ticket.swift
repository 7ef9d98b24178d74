import RheiCore
import Synchronization

/// One waiting task's claim on work that another thread does: decides who resumes the task, exactly once.
///
/// A job is resumed by the thread that started it, or by the cancellation that came before the start; never by both.
final class Ticket: Sendable {
    private enum Phase {
        case idle
        case queued(fail: @Sendable (EngineError) -> Void)
        case running(InterruptHandle?)
        case finished
        case cancelled
    }

    private let phase = Mutex(Phase.idle)

    /// Notes how the waiting task is told of a failure.
    ///
    /// - Returns: false when the task was cancelled already; `fail` has been called then.
    func enqueue(fail: @escaping @Sendable (EngineError) -> Void) -> Bool {
        let isCancelled = phase.withLock { phase in
            if case .cancelled = phase { return true }
            phase = .queued(fail: fail)
            return false
        }
        if isCancelled { fail(Self.cancellation) }
        return !isCancelled
    }

    /// Claims the job for the calling thread.
    ///
    /// - Parameter interruptible: what a later cancellation stops; `nil` lets the job run to its end.
    /// - Returns: false when the task was cancelled before.
    func start(interruptible: InterruptHandle?) -> Bool {
        phase.withLock { phase in
            guard case .queued = phase else { return false }
            interruptible?.beginWork()
            phase = .running(interruptible)
            return true
        }
    }

    /// Ends the claim; a cancellation from now on has no effect.
    func finish() { phase.withLock { $0 = .finished } }

    /// Resumes a job that has not started; interrupts one that runs and may be interrupted.
    func cancel() {
        let fail: (@Sendable (EngineError) -> Void)? = phase.withLock { phase in
            switch phase {
            case .idle:
                phase = .cancelled
                return nil
            case .queued(let fail):
                phase = .cancelled
                return fail
            case .running(let handle):
                // Under the lock: the thread cannot finish this job and begin another in between.
                handle?.cancelWork()
                return nil
            case .finished, .cancelled: return nil
            }
        }
        fail?(Self.cancellation)
    }

    private static var cancellation: EngineError { EngineError(.cancelled, "the task was cancelled before its turn") }
}
