public import CoreMetrics
public import Logging
import RheiCDC
import RheiStore

/// How an engine opens its database and runs.
public struct HtapConfig: Sendable {
    /// The SQLite file. Created when missing, unless `access` is `readOnly`.
    public var databasePath: String
    public var access: Access
    /// Where the columnar copy lives.
    public var storageMode: StorageMode
    /// The mode of tables registered without one of their own.
    public var syncMode: SyncMode
    /// How long histories keep a version after it has ended; nil means for ever. Older ones go with one of the syncs
    /// that follow, at the latest when they are an eighth older still.
    public var historyRetention: Duration?
    /// Synchronises in the background at this interval; nil means at reads that ask for fresh data and at `syncNow()`.
    public var syncInterval: Duration?
    /// Whether background sync follows commits as they come: those of this engine at once, those of other processes
    /// within milliseconds. It then needs no interval.
    public var followsCommits: Bool
    /// The most changes of this engine that may wait for columns. Half way there the engine syncs by itself.
    public var backlogLimit: Int
    /// What becomes of a write when more changes wait.
    public var backlogPolicy: BacklogPolicy
    /// Tables that the engine registers by itself.
    public var autoRegistration: AutoRegistration
    /// Whether a columnar query may name tables that are not registered: they are then read from SQLite into columns,
    /// in one read transaction, when the query runs, and kept until the database changes.
    public var loadsOnDemand: Bool
    /// Whether the writer turns the database to write-ahead logging. Off, it keeps the mode it finds.
    public var usesWriteAheadLog: Bool
    /// Removes changes from the log once they are in columns.
    public var prunesAfterSync: Bool
    /// Connections that answer reads from SQLite, at least 1.
    public var readPoolSize: Int
    /// Worker threads of columnar queries; nil means one per core.
    public var threadCount: Int?
    /// By how much other threads go before those of columnar queries while this engine writes and processors are
    /// scarce, 0 to 19: the niceness of Linux; elsewhere it has no effect. Queries that begin while nobody writes run
    /// like any thread.
    public var queryNiceness: Int
    /// The most bytes that columnar queries may hold together, with the columns that were read from segment files; nil
    /// means three quarters of the machine's memory. What does not fit goes to temporary files; what can not, fails
    /// alone. Tables in memory, and changes that no file has yet, come on top. Columns leave room for the pages that
    /// connections to SQLite keep, each at most a sixty-fourth of the limit, from 2 to 64 MB.
    public var memoryLimit: Int?
    /// The most bytes that one query may hold; nil means as many as all of them.
    public var queryMemoryLimit: Int?
    /// The folder of temporary files; nil means the system's.
    public var temporaryDirectory: String?
    /// The most bytes that temporary files may have together; nil means as many as the disk has.
    public var temporaryDiskLimit: Int?
    /// How long a columnar query may run before it fails with `cancelled`; nil means as long as it takes.
    public var queryTimeout: Duration?
    /// How long a connection waits for another process's lock, in milliseconds.
    public var busyTimeoutMilliseconds: Int
    /// Rows per batch inside the executor, 1 to 2 048. Answers do not depend on it.
    public var vectorSize: Int
    /// Whether SQL may read and write files: `read_arrow`, `COPY`.
    public var allowsFileAccess: Bool
    /// Off, queries run as written. Answers do not depend on it.
    public var optimizes: Bool
    /// Where the engine tells of what needs attention, and at lower levels of what it does; nowhere, unless the
    /// application names a logger.
    public var logger: Logger
    /// Who makes counters and timers; nil means the one that the application has set up for all of its parts.
    public var metricsFactory: (any MetricsFactory)?

    public init(databasePath: String) {
        self.databasePath = databasePath
        access = .readWrite
        storageMode = .inMemory
        syncMode = .mirror
        historyRetention = nil
        syncInterval = nil
        followsCommits = false
        backlogLimit = 1_000_000
        backlogPolicy = .wait
        autoRegistration = .none
        loadsOnDemand = false
        usesWriteAheadLog = true
        prunesAfterSync = true
        readPoolSize = 4
        threadCount = nil
        queryNiceness = 19
        memoryLimit = nil
        queryMemoryLimit = nil
        temporaryDirectory = nil
        temporaryDiskLimit = nil
        queryTimeout = nil
        busyTimeoutMilliseconds = 5_000
        vectorSize = 2_048
        optimizes = true
        allowsFileAccess = true
        logger = Logger(label: "rhei") { _ in SwiftLogNoOpLogHandler() }
        metricsFactory = nil
    }

    /// What becomes of a write while too many changes wait for columns.
    public enum BacklogPolicy: Sendable, Hashable {
        /// It begins after a sync. When that fails, it begins all the same: a write never fails because columns do.
        case wait
        /// It fails with `busy`, and columns catch up meanwhile.
        case fail
        /// It goes on; the change log grows until somebody syncs.
        case ignore
    }

    public enum Access: Sendable, Hashable {
        /// Never changes the file: no capture, no writes. Columnar queries load what they need.
        case readOnly
        case readWrite
    }

    public enum AutoRegistration: Sendable, Hashable {
        /// Only what `registerTable` names, and what an earlier engine registered in this file.
        case none
        /// Also tables that a CREATE TABLE through this engine makes.
        case createdTables
    }
}

extension HtapConfig {
    /// What each connection to SQLite may keep of the file.
    var cacheKibibytes: Int { min(max((memoryLimit ?? .max) >> 16, 2_048), 65_536) }

    /// What all connections to SQLite may keep of the file: the writer's, those that answer reads, and that of the
    /// sync.
    var pageByteCount: Int {
        let writerCount = access == .readWrite ? 1 : 0
        return (max(readPoolSize, 1) + writerCount) * cacheKibibytes << 10 + Applier.cacheKibibytes << 10
    }
}

/// Where the columnar copy lives.
public enum StorageMode: Sendable, Hashable {
    case inMemory
    /// In segment files under a directory, which is made when missing. An engine that is opened later starts from
    /// there and reads only what changed since. One process at a time writes to the folder; others read it.
    case segments(path: String)
}

extension StorageMode {
    /// Segment files in the folder that `rh` keeps beside a database: its path and "-rhei".
    public static func beside(database path: String) -> StorageMode { .segments(path: path + "-rhei") }

    /// `beside(database:)` when there is such a store, else `inMemory`.
    public static func found(besideDatabase path: String) -> StorageMode {
        let folder = path + "-rhei"
        let isThere = DurableStore.exists(folder) || DurableStore.exists(ColumnarTables.folder(in: folder))
        return isThere ? beside(database: path) : .inMemory
    }
}

/// What the columnar copy keeps of a table.
public enum SyncMode: Sendable, Hashable {
    /// The table as it is.
    case mirror
    /// Every version of every row, with the time it was valid.
    case temporal
}
