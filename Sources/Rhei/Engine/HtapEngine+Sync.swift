import RheiSQLite
import RheiStore

extension HtapEngine {
    private func requireMirror() throws -> Mirror {
        guard let mirror else {
            throw EngineError(.readOnly, "the database is open for reading only, so no table can be registered")
        }
        return mirror
    }

    /// Mirrors a table into columns from now on, under its name in SQLite, in the mode of the configuration.
    ///
    /// Installs triggers that log the keys of changed rows, by whatever process, and loads the table in a read
    /// transaction that also reads the log's position. Registering a table again does nothing. The registration
    /// stays in the database file.
    /// - Throws: `unknownName` when there is no such table; `unsupported` with the reason when it cannot be mirrored.
    public func registerTable(_ name: String) async throws {
        try await registerTable(name, mode: config.syncMode)
    }

    /// Mirrors a table as ``registerTable(_:)`` does; with the mode `temporal` all versions of its rows are kept as
    /// well, from now on.
    ///
    /// `FROM t AS OF 17`, a position, or `AS OF '2026-01-31 12:00:00'`, a time in UTC, reads the table as it was;
    /// `history('t')` has all versions. A table that is registered already gets its history from now on; one that has a
    /// history keeps it in either mode.
    ///
    /// Writes pay for the images of their rows: triggers run for all of them. A history that lives in memory ends with
    /// the engine. SQLite refuses to drop a column of such a table unless the engine does it.
    /// - Throws: as ``registerTable(_:)``; `unsupported` also for a table whose history cannot be kept.
    public func registerTable(_ name: String, mode: SyncMode) async throws {
        try await requireMirror().register(name, keepsHistory: mode == .temporal)
    }

    /// Mirrors a table whose columns have the types that a schema names, and otherwise as ``registerTable(_:)``.
    ///
    /// The schema holds for this engine: an engine that opens the file later takes the types from SQLite until the
    /// table is registered with a schema again.
    /// - Throws: `unknownName` for a table or column that does not exist; `unsupported` for a type that columns cannot
    ///   have.
    public func registerTable(_ name: String, schema: TableSchema) async throws {
        try await requireMirror().register(name, schema, keepsHistory: false)
    }

    /// Stops mirroring a table: removes its triggers and frees its columns.
    public func unregisterTable(_ name: String) async throws {
        try await requireMirror().unregister(name)
    }

    /// Stops mirroring all tables and removes everything that capture put into the database file. Columnar tables, of
    /// which no other copy exists, stay in their folder.
    public func detach() async throws {
        try columnarTables.removeFolderIfEmpty()
        try await requireMirror().unregisterAll()
    }

    /// The names of registered tables, in lower case.
    public func registeredTables() async -> [String] {
        await mirror?.registeredNames ?? []
    }

    /// The names of all ordinary tables of the database.
    public func tableNames() async throws -> [String] {
        try await oltp.readers.snapshot { connection in
            try SchemaReader(connection).read().tables.filter { $0.kind == .table }.map(\.name)
        }
    }

    /// Brings the columns to the newest commit, whoever made it.
    @discardableResult
    public func syncNow() async throws -> SyncResult {
        SyncResult(try await requireMirror().sync())
    }

    /// Loads a registered table anew.
    ///
    /// Never needed for correctness: registering loads, and a sync notices by itself when a load is due.
    /// - Returns: the number of rows loaded.
    @discardableResult
    public func initialSync(_ table: String) async throws -> Int {
        try await requireMirror().reload(table)
    }

    /// Loads all registered tables anew.
    ///
    /// - Returns: the number of rows loaded.
    @discardableResult
    public func initialSyncAll() async throws -> Int {
        let mirror = try requireMirror()
        var count = 0
        for table in await mirror.registeredNames { count += try await mirror.reload(table) }
        return count
    }

    /// Syncs in the background, `interval` after the end of the sync before. Replaces an earlier background sync.
    public func startSync(interval: Duration) async throws {
        guard interval > .zero else {
            throw EngineError(.invalidArgument, "the interval between syncs must be positive: \(interval)")
        }
        try await requireMirror().startBackground(interval: interval)
    }

    /// Syncs in the background whenever somebody has committed: after a commit of this engine at once, after one of
    /// another process within milliseconds. Replaces an earlier background sync.
    ///
    /// Others are noticed by SQLite's counter of commits, which is looked at every few milliseconds: that costs writers
    /// nothing, and works on every file system, which notifications of the system do not.
    public func startSync() async throws {
        try await requireMirror().followCommits()
    }

    /// Ends background sync after the round that runs.
    public func stopSync() async {
        await mirror?.stopBackground()
    }

    /// Makes the columns durable in the folder of segment files, up to the last sync.
    ///
    /// Never needed: the engine flushes by itself, and when it is shut down. Does nothing when columns live in memory.
    public func flush() async throws {
        try await mirror?.flush()
    }

    /// Removes the segment files of mirrored tables and keeps everything else: an engine that is opened later with
    /// columns in memory reads its tables anew. The folder stays when columnar tables are in it. This engine is to be
    /// shut down afterwards.
    public func removeSegments() async throws {
        try columnarTables.removeFolderIfEmpty()
        try await mirror?.removeSegments()
    }

    /// Reads every byte of the segment files.
    ///
    /// - Returns: what is damaged. Mirrored tables concerned are loaded anew when they are read; columnar ones can be
    ///   dropped.
    public func verifyFiles() async throws -> [EngineError] {
        let columnarTables = columnarTables
        let columnar = try await WorkerThread.run { try columnarTables.verifyFiles() }
        return try await (mirror?.verifyFiles() ?? []) + columnar
    }

    /// Where the columnar copies stand.
    public func syncStatus() async throws -> SyncStatus {
        var status = try await requireMirror().status()
        status.storage?.byteCount += columnarTables.fileByteCount
        status.storage?.damages += columnarTables.damages
        return status
    }
}
