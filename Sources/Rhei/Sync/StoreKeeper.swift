import RheiCDC
import RheiSQLite
import RheiStore

/// Makes the columns of an engine durable in a folder of segment files, on a thread of its own.
final class StoreKeeper: Sendable {
    let durable: DurableStore
    /// Files and manifest records that were damaged when the store was opened.
    let damages: [EngineError]
    private let anchor: StoreAnchor?
    private let prunes: Bool

    init(_ durable: DurableStore, damages: [EngineError], writer: Writer?, prunes: Bool) {
        self.durable = durable
        self.damages = damages
        self.prunes = prunes
        anchor = writer.map(StoreAnchor.init(writer:))
    }

    /// Whether this process is the one that flushes.
    var isFlusher: Bool { durable.isFlusher && anchor != nil }

    /// Whether the store holds other tables than those of the last flush.
    func needsFlush(_ snapshot: StoreSnapshot) -> Bool { isFlusher && !durable.holds(snapshot) }

    /// Writes what the folder lacks and prunes the log up to there.
    func flush(_ snapshot: StoreSnapshot) async throws {
        guard let anchor, needsFlush(snapshot) else { return }
        let mark = try await anchor.beginFlush()
        let durable = durable
        try await WorkerThread.run { _ = try durable.flush(snapshot, adding: mark) }
        try await anchor.endFlush(snapshot.notes, prunes: prunes)
    }

    /// Removes the folder.
    func remove() async throws {
        try await anchor?.remove()
        try durable.removeAll()
    }
}
