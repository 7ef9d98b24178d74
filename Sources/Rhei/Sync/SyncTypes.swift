import RheiCDC
import RheiStore

/// What one sync did.
public struct SyncResult: Sendable {
    /// Change-log rows read.
    public var changeCount: Int
    /// Rows written because they were changed or are new.
    public var upsertedRowCount: Int
    /// Logged keys whose row is gone.
    public var deletedRowCount: Int
    /// Rows read because whole tables were loaded.
    public var loadedRowCount: Int
    /// Change-log rows removed.
    public var prunedCount: Int
    /// The position that columns stand at now: that of the newest logged change. Rows that were appended move it only
    /// where a history is kept.
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
    /// Changes that are not in columns yet.
    public var lag: Int
    /// How old the columns are at most: zero when nothing waits, else the time since the last sync that succeeded; nil
    /// before the first.
    public var age: Duration?
    /// Rows of the change log in the file, in columns already or not; see ``HtapConfig/prunesAfterSync``.
    public var logRowCount: Int
    /// When the last sync succeeded; nil before the first.
    public var lastSuccess: ContinuousClock.Instant?
    /// The error of the last sync, nil when it succeeded.
    public var lastError: EngineError?
    /// The registered tables, ordered by name.
    public var tables: [TableStatus]
    /// Where the columns are on disk; nil when they live in memory alone.
    public var storage: StorageStatus?
}

/// Where the folder of segment files stands.
public struct StorageStatus: Sendable {
    public var path: String
    /// Whether this process writes to the folder; another one does when it is false.
    public var isFlusher: Bool
    /// The position that a restart begins from.
    public var durablePosition: Int64
    /// Bytes of the segment files.
    public var byteCount: Int
    /// What was found damaged since the engine was opened. Tables concerned were loaded anew from SQLite.
    public var damages: [EngineError]
    /// Why the last flush failed; nil when it succeeded. The next one tries again.
    public var lastError: EngineError?
}

/// Where one registered table stands.
public struct TableStatus: Sendable {
    public var name: String
    /// The position up to which the columns hold the table; 0 when they never did.
    public var position: Int64
    /// Changes of the table that are not in columns yet.
    public var lag: Int
    /// How old the columns of the table are at most: zero when nothing waits, else the time since `lastSuccess`.
    public var age: Duration?
    /// When a sync last brought the table up to date; nil when none has.
    public var lastSuccess: ContinuousClock.Instant?
    /// Live rows in columns; 0 while the table is not mirrored.
    public var rowCount: Int
    /// Bytes of the columns that are in memory.
    public var byteCount: Int
    /// Bytes of the segment files.
    public var fileByteCount: Int
    /// Names of columns that hold several storage classes and therefore have the type `any`.
    public var widenedColumns: [String]
    /// How many values of a column do not convert to the type that its schema names; columns without such are left out.
    /// Queries do not read a column that has any.
    public var quarantinedValues: [String: Int]
    /// What is kept of earlier versions of the rows; nil when nothing is.
    public var history: HistoryStatus?
    /// Why the table is not in columns at present; the next sync tries again.
    public var lastError: EngineError?
}
