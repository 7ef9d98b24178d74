import Synchronization

/// Wakes the one task that waits for commits of this engine.
final class CommitSignal: Sendable {
    private struct State {
        var isRaised = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Wakes the waiting task, or the next that waits.
    func raise() {
        let waiter = state.withLock { state in
            state.isRaised = state.waiter == nil
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Waits for `raise`, at most for a time.
    func wait(atMost limit: Duration) async {
        let alarm = Task {
            try? await Task.sleep(for: limit)
            if !Task.isCancelled { self.raise() }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRaised = state.withLock { state in
                    if !state.isRaised { state.waiter = continuation }
                    defer { state.isRaised = false }
                    return state.isRaised
                }
                if isRaised { continuation.resume() }
            }
        } onCancel: {
            self.raise()
        }
        alarm.cancel()
    }
}
