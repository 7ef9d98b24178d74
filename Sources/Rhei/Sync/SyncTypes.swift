import RheiCDC
import RheiStore

/// What one sync did.
public struct SyncResult: Sendable {
    /// Change-log rows read.
    public var changeCount: Int
    /// Rows written because their key was logged.
    public var upsertedRowCount: Int
    /// Logged keys whose row is gone.
    public var deletedRowCount: Int
    /// Rows read because whole tables were loaded.
    public var loadedRowCount: Int
    /// Change-log rows removed.
    public var prunedCount: Int
    /// The position that columns stand at now.
    public var position: Int64
    public var duration: Duration

    init(_ report: SyncReport) {
        changeCount = report.changeCount
        upsertedRowCount = report.upsertedRowCount
        deletedRowCount = report.deletedRowCount
        loadedRowCount = report.loadedRowCount
        prunedCount = report.prunedCount
        position = report.positionAfter.value
        duration = report.totalDuration
    }
}

/// Where the columnar copies stand.
public struct SyncStatus: Sendable {
    /// Whether background sync is on.
    public var isRunning: Bool
    /// The position of the published columns.
    public var position: Int64
    /// Logged changes that are not in columns yet.
    public var lag: Int
    /// When the last sync succeeded; nil before the first.
    public var lastSuccess: ContinuousClock.Instant?
    /// The error of the last sync, nil when it succeeded.
    public var lastError: EngineError?
    /// The registered tables, ordered by name.
    public var tables: [TableStatus]
}

/// Where one registered table stands.
public struct TableStatus: Sendable {
    public var name: String
    /// Live rows in columns; 0 while the table is not mirrored.
    public var rowCount: Int
    /// Bytes of the columns.
    public var byteCount: Int
    /// Names of columns that hold several storage classes and therefore have the type `any`.
    public var widenedColumns: [String]
    /// How many values of a column do not convert to the type that its schema names; columns without such are left out.
    /// Queries do not read a column that has any.
    public var quarantinedValues: [String: Int]
    /// Why the table is not in columns at present; the next sync tries again.
    public var lastError: EngineError?
}
