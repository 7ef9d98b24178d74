import CSQLite
import RheiCore

/// One SQLite connection.
///
/// Opened without SQLite's own mutex and not `Sendable`: one thread at a time uses it. Only `interruptHandle` may be
/// used from elsewhere. Closing waits for nothing: statements that are still alive keep SQLite's side of it open until
/// they are gone.
@safe package final class Connection {
    /// SQLite's handle; valid for the life of this object.
    let handle: OpaquePointer
    /// The path it was opened with.
    package let path: String
    /// How it was opened.
    package let options: ConnectionOptions
    /// Stops running statements from any thread.
    package let interruptHandle: InterruptHandle
    /// Prepared statements that are not in use.
    let cache: StatementCache
    /// Those that every read transaction runs.
    let transactionStatements = TransactionStatements()
    /// What the commit hook decides by.
    let scopeState = TransactionScopeState()
    /// Who takes notice of changed rows.
    let observation = Observation()
    /// Which changes a caller of the writer may run itself.
    let shortChanges = ShortChanges()
    /// Who hears of commits to the write-ahead log; nil where SQLite itself carries them over.
    var logWatch: LogWatch?
    /// Counts the statements that may have changed the schema, of temporary objects too.
    package internal(set) var schemaStatementCount = 0

    /// Opens the database at `path`; `":memory:"` is a private database in memory. URIs are not interpreted.
    ///
    /// - Throws: `.io` when the file cannot be opened, `.corrupt` when it is no database, `.busy` when switching to WAL
    ///   mode met a lock.
    package init(path: String, options: ConnectionOptions) throws {
        guard !path.utf8.contains(0) else {
            throw EngineError(.invalidArgument, "the path of a database cannot hold a NUL byte")
        }
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &opened, Self.openFlags(options.access), nil)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            var error = unsafe failure(on: opened, code: code)
            error.message += ": \(path)"
            unsafe sqlite3_close_v2(opened)
            throw error
        }
        unsafe self.handle = handle
        self.path = path
        self.options = options
        interruptHandle = unsafe InterruptHandle(handle)
        cache = StatementCache(capacity: options.statementCacheCapacity)
        unsafe sqlite3_extended_result_codes(handle, 1)
        unsafe sqlite3_busy_timeout(handle, options.busyTimeoutMilliseconds)
        installTransactionHooks()
        installProgressHandler()
        try applyPragmas()
        if options.allowsOnlyQueries { restrictToQueries() }
    }

    deinit {
        interruptHandle.invalidate()
        cache.removeAll()
        transactionStatements.removeAll()
        unsafe sqlite3_close_v2(handle)
    }

    private static func openFlags(_ access: ConnectionOptions.Access) -> Int32 {
        let common = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        return switch access {
        case .readWriteCreate: common | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        case .readWrite: common | SQLITE_OPEN_READWRITE
        case .readOnly: common | SQLITE_OPEN_READONLY
        }
    }

    private func applyPragmas() throws {
        try execute("PRAGMA cache_size=-\(options.cacheKibibytes)")
        if options.mappedByteCount > 0 { try execute("PRAGMA mmap_size=\(options.mappedByteCount)") }
        if let foreignKeys = options.foreignKeys {
            try execute("PRAGMA foreign_keys=\(foreignKeys ? "ON" : "OFF")")
        }
        guard options.access != .readOnly else { return }
        try execute("PRAGMA secure_delete=OFF")
        let mode = try firstText(options.usesWriteAheadLog ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode")
        if options.usesWriteAheadLog, mode != "wal", mode != "memory" {
            throw EngineError(
                .io, "the database cannot use WAL mode, its journal mode stays \(mode ?? "unknown"): \(path)")
        }
        // NORMAL is safe only in WAL mode; a rollback journal keeps SQLite's FULL.
        if mode == "wal" { try execute("PRAGMA synchronous=NORMAL") }
    }

    /// Lets a cancellation that came before a statement's start still end it.
    private func installProgressHandler() {
        let context = unsafe Unmanaged.passUnretained(interruptHandle).toOpaque()
        unsafe sqlite3_progress_handler(
            handle, 10_000,
            { context in
                guard let context = unsafe context else { return 0 }
                return unsafe Unmanaged<InterruptHandle>.fromOpaque(context).takeUnretainedValue().isWorkCancelled
                    ? 1 : 0
            }, context)
    }

    /// Stops the statements that run on this connection; callable from any thread through `interruptHandle`.
    package func interrupt() { interruptHandle.interrupt() }

    // MARK: - Counters

    /// Rows that the last INSERT, UPDATE or DELETE changed directly, triggers not counted.
    package var changes: Int64 { unsafe sqlite3_changes64(handle) }
    /// Rows changed since the connection opened, triggers counted.
    package var totalChanges: Int64 { unsafe sqlite3_total_changes64(handle) }
    /// The rowid of the last row inserted by a statement itself, not by its triggers.
    package var lastInsertRowID: Int64 { unsafe sqlite3_last_insert_rowid(handle) }
    /// Whether no transaction is open.
    package var isAutocommit: Bool { unsafe sqlite3_get_autocommit(handle) != 0 }
    /// Whether the main database can only be read.
    package var isReadOnly: Bool { unsafe sqlite3_db_readonly(handle, "main") == 1 }
    /// Whether foreign keys are enforced on this connection.
    package var enforcesForeignKeys: Bool { unsafe rhei_sqlite_config_value(handle, SQLITE_DBCONFIG_ENABLE_FKEY) == 1 }

    /// Whether the open transaction has foreign-key violations that would make COMMIT fail.
    var hasDeferredViolations: Bool {
        var current: Int32 = 0
        var highest: Int32 = 0
        unsafe sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0)
        return current != 0
    }

    /// A number that changes when another connection has committed since this one last looked.
    package func dataVersion() throws -> Int64 { try run(.dataVersion) ?? 0 }

    /// The schema cookie of the main database: changes with every DDL statement and with VACUUM.
    package func schemaVersion() throws -> Int64 { try run(.schemaVersion) ?? 0 }

    /// The version of the SQLite library in use, such as `3.40.1`.
    package static var libraryVersion: String { unsafe String(cString: sqlite3_libversion()) }
}
