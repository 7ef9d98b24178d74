import RheiCore
import Synchronization

/// All mirrored tables: the newest published snapshot for readers, and the state from which one writer makes the next.
///
/// Invariants:
/// - a snapshot never changes after publication; readers on any thread take the current one in constant time and never
///   wait for a writer's work;
/// - all tables of a snapshot stand at one position, and positions never decrease;
/// - at most one transaction is open.
///
/// Memory of a version is freed with the last reader that holds it.
package final class ColumnStore: Sendable {
    private let published = Mutex(StoreSnapshot(position: .zero, tables: [:]))
    private let isWriting = Mutex(false)
    let writer = WriterState()

    /// Where loaded segments go at once; nil for a store in memory.
    let durable: DurableStore?
    let cache: ColumnCache

    /// A store in memory.
    package init() {
        durable = nil
        cache = ColumnCache()
    }

    /// A store that begins with the tables of an earlier process.
    ///
    /// - Parameter durable: takes segments while tables are loaded; nil leaves all to the flush.
    package init(_ restored: DurableStore.Restored, loadingInto durable: DurableStore? = nil) throws {
        self.durable = durable?.isFlusher == true ? durable : nil
        cache = restored.cache
        for table in restored.snapshot.tables {
            writer.tables[table.id] = try TableState(restoring: table, cache: restored.cache)
            writer.tableIDs[foldedName(table.name)] = table.id
        }
        writer.skipTableIDs(through: restored.lastTableID)
        published.withLock { $0 = restored.snapshot }
    }

    /// The newest published version of all tables.
    package var current: StoreSnapshot { published.withLock { $0 } }

    /// Counts of the work done by all published transactions.
    package var metrics: StoreMetrics { published.withLock { _ in writer.metrics } }

    /// Opens a transaction.
    ///
    /// - Throws: `busy` while another is open.
    package func begin() throws -> StoreTransaction {
        let wasWriting = isWriting.withLock { isWriting in
            defer { isWriting = true }
            return isWriting
        }
        if wasWriting { throw EngineError(.busy, "another transaction of the column store is open") }
        return StoreTransaction(self, owner: writer.makeOwner())
    }

    /// Takes over a transaction's tables and publishes them.
    func finish(
        _ changed: [TableID: TableState], names: [String: TableID], position: ChangePosition,
        notes: @escaping @Sendable () -> [String: String]
    ) -> StoreSnapshot {
        let old = current
        var tables: [String: TableSnapshot] = [:]
        var metrics = StoreMetrics()
        for (name, id) in names {
            if var state = changed[id] {
                metrics += state.metrics
                state.metrics = StoreMetrics()
                writer.tables[id] = state
                tables[name] = state.snapshot()
            } else {
                tables[name] = old.table(named: name)
            }
        }
        for id in writer.tables.keys where !names.values.contains(id) { writer.tables[id] = nil }
        writer.tableIDs = names
        let snapshot = StoreSnapshot(position: position, tables: tables, notes: notes)
        published.withLock { current in
            current = snapshot
            writer.metrics += metrics
        }
        release()
        return snapshot
    }

    /// Lets the next transaction begin.
    func release() { isWriting.withLock { $0 = false } }
}

/// What only the open transaction touches.
///
/// Unchecked because `ColumnStore.begin` hands out one transaction at a time; the lock it takes orders one after the
/// other, and `metrics` is touched under the lock of the published snapshot alone.
final class WriterState: @unchecked Sendable {
    var tables: [TableID: TableState] = [:]
    var tableIDs: [String: TableID] = [:]
    var metrics = StoreMetrics()
    private var lastTableID: Int64 = 0
    private var lastOwner: UInt64 = 0

    func makeTableID() -> TableID {
        lastTableID += 1
        return TableID(value: lastTableID)
    }

    func skipTableIDs(through id: Int64) { lastTableID = max(lastTableID, id) }

    func makeOwner() -> UInt64 {
        lastOwner += 1
        return lastOwner
    }
}
