package import RheiCore
package import RheiStore

/// What one sync did.
package struct SyncReport: Sendable {
    /// What it did to one table.
    package struct Table: Sendable {
        package var name: String
        /// Rows written because their key was logged, or they were appended.
        package var upsertedRowCount = 0
        /// Logged keys whose row is gone; also of rows that came and went since the last sync.
        package var deletedRowCount = 0
        /// Rows read because the whole table was loaded; nil when it was not.
        package var loadedRowCount: Int?
        /// Why the table is not mirrored at present. The next sync tries again.
        package var error: EngineError?
    }

    /// Position of the snapshot before.
    package var positionBefore: ChangePosition
    /// Position of the snapshot after.
    package var positionAfter: ChangePosition
    /// Changed keys: those of the log, with duplicates, and of rows that were appended without being logged.
    package var changeCount = 0
    /// Tables that were changed, loaded or failed, by name.
    package var tables: [Table] = []
    /// Log rows deleted.
    package var prunedCount = 0
    /// Why pruning failed; the log keeps its rows for the next time.
    package var pruneError: EngineError?
    /// Time inside the read transaction.
    package var readDuration = Duration.zero
    /// Time of the whole sync.
    package var totalDuration = Duration.zero

    /// Rows upserted, over all tables.
    package var upsertedRowCount: Int { tables.reduce(0) { $0 + $1.upsertedRowCount } }
    /// Rows deleted, over all tables.
    package var deletedRowCount: Int { tables.reduce(0) { $0 + $1.deletedRowCount } }
    /// Rows loaded, over all tables.
    package var loadedRowCount: Int { tables.reduce(0) { $0 + ($1.loadedRowCount ?? 0) } }
}
