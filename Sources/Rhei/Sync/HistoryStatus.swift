import RheiCDC
import RheiStore

/// Where the history of one table stands.
public struct HistoryStatus: Sendable {
    /// The first position that it tells of, and the time of that in microseconds since 1970, UTC.
    public var startPosition: Int64
    public var startTime: Int64
    /// Versions that are valid.
    public var openVersionCount: Int
    /// Versions that ended.
    public var closedVersionCount: Int
    /// Whether changes are being followed; not so when the table's declaration stands against it.
    public var isOpen: Bool
    /// Why it is not followed.
    public var lastError: EngineError?

    init?(_ name: String, _ view: MirrorView) {
        guard let history = view.snapshot.histories[name], let first = history.generations.first else { return nil }
        startPosition = first.start
        startTime = first.startTime
        openVersionCount = 0
        closedVersionCount = 0
        for generation in history.generations {
            openVersionCount += view.snapshot.table(named: history.openName(generation))?.rowCount ?? 0
            closedVersionCount += view.snapshot.table(named: history.closedName(generation))?.rowCount ?? 0
        }
        isOpen = history.open != nil
        lastError = view.haltedHistories[name]
    }
}
