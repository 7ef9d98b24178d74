import Synchronization

/// When the engine last committed.
final class WriteActivity: Sendable {
    private let lastCommit = Mutex<ContinuousClock.Instant?>(nil)
    /// Writers that commit less often are not slowed by a query.
    private static let period = Duration.milliseconds(20)

    /// Takes notice of a commit.
    func note(_ now: ContinuousClock.Instant = .now) { lastCommit.withLock { $0 = now } }

    /// Whether there was a commit a moment ago.
    var isGoingOn: Bool { isGoingOn(.now) }

    func isGoingOn(_ now: ContinuousClock.Instant) -> Bool {
        lastCommit.withLock { last in last.map { now - $0 < Self.period } ?? false }
    }
}
