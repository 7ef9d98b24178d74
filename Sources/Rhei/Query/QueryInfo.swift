/// How a query was answered.
public struct QueryInfo: Sendable {
    /// The engine that answered.
    public var target: QueryTarget
    /// Why that engine was chosen.
    public var reason: String
    /// The change-log position that a columnar answer reflects; nil when SQLite answered or nothing is captured.
    public var position: Int64?
    /// Time spent making columns current: a sync, or loading on demand.
    public var syncDuration: Duration
    /// Time from the SQL text to the plan.
    public var planDuration: Duration
    /// Time to compute all rows; of a stream, known only at its end and zero before.
    public var runDuration: Duration

    init(target: QueryTarget, reason: String) {
        self.target = target
        self.reason = reason
        position = nil
        syncDuration = .zero
        planDuration = .zero
        runDuration = .zero
    }
}
