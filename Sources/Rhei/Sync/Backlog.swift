import Synchronization

/// Counts the changes of this engine that no sync has begun to take into columns.
///
/// A sync takes the count when it begins, and gives it back when it fails.
final class Backlog: Sendable {
    let limit: Int
    let policy: HtapConfig.BacklogPolicy
    private let waiting = Atomic<Int>(0)

    init(_ config: HtapConfig) {
        limit = max(config.backlogLimit, 1)
        policy = config.backlogPolicy
    }

    var count: Int { waiting.load(ordering: .relaxed) }

    /// Whether writes are to be held back.
    var isFull: Bool { policy != .ignore && count >= limit }

    /// Adds changes that were committed.
    ///
    /// - Returns: whether half of the limit was passed, so that a sync is due.
    func add(_ changes: Int) -> Bool {
        let (before, after) = waiting.add(changes, ordering: .relaxed)
        return policy != .ignore && before < limit / 2 && after >= limit / 2
    }

    /// Begins a sync.
    func take() -> Int { waiting.exchange(0, ordering: .relaxed) }

    /// Ends a sync that failed.
    func giveBack(_ changes: Int) { waiting.add(changes, ordering: .relaxed) }
}
