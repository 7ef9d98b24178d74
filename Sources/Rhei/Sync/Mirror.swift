import RheiCDC
import RheiSQLite
import RheiStore

/// The columnar copies of the registered tables, and the one place that runs syncs.
///
/// Invariants:
/// - one sync runs at a time;
/// - a caller of `sync` is served by a sync that began after the call, so it covers every commit made before.
actor Mirror {
    let applier: Applier
    /// Nil when the database may only be read.
    private let installer: CaptureInstaller?
    /// Nil when columns live in memory alone.
    private let keeper: StoreKeeper?
    private var flushing: Task<Void, Never>?
    /// Rows changed since the last flush began.
    private var unflushedRowCount = 0
    private var lastFlush = ContinuousClock.now
    private var lastFlushError: EngineError?
    /// Set once the folder has been removed.
    private var isRetired = false
    /// Damage that has been dealt with.
    private var knownDamageCount = SegmentFile.damageCount
    private var damages: [EngineError]
    /// A flush begins after so many changed rows, or when the last one is this long ago.
    private static let flushRowCount = 50_000
    private static let flushInterval = Duration.seconds(10)
    private(set) var selected: Set<String> = []
    private var running: Task<SyncReport, any Error>?
    /// The sync that follows the running one; shared by all who came meanwhile.
    private var queued: Task<SyncReport, any Error>?
    var background: Task<Void, Never>?
    private(set) var lastSuccess: ContinuousClock.Instant?
    private(set) var lastError: EngineError?
    private var keysByCookie: (cookie: Int64, tables: Int, keys: [String: [[String]]])?

    /// Set when histories lose what ended long ago.
    private var retention: HistoryRetention?
    let reporter: EngineReporter
    private let backlog: Backlog
    /// Raised by commits of this engine.
    let signal: CommitSignal
    /// When a table that is refused was last in columns, and at which position; by lower-case name.
    private(set) var lastGood: [String: (time: ContinuousClock.Instant, position: Int64)] = [:]
    private let onNewSnapshot: @Sendable () -> Void

    /// - Parameters:
    ///   - service: what the engine shares with its mirror.
    ///   - writer: nil to follow the log without changing the database.
    ///   - store: empty, or with the tables that `keeper` has found.
    ///   - onNewSnapshot: called after a sync that published rows or another schema.
    init(
        _ config: HtapConfig, _ service: EngineService, writer: Writer?, store: ColumnStore = ColumnStore(),
        keeper: StoreKeeper? = nil,
        onNewSnapshot: @escaping @Sendable () -> Void
    ) throws {
        self.onNewSnapshot = onNewSnapshot
        (reporter, backlog, signal) = (service.reporter, service.backlog, service.signal)
        installer = writer.map { CaptureInstaller(writer: $0) }
        self.keeper = keeper
        retention = config.historyRetention.map { HistoryRetention(period: $0) }
        damages = keeper?.damages ?? []
        service.reporter.didFind(keeper?.damages ?? [])
        applier = try Applier(
            path: config.databasePath, store: store, writer: writer, selection: .tables([]),
            pruneThreshold: config.prunesAfterSync ? 10_000 : .max)
    }

    /// Loads the tables that were registered in this file before; without any, reads the schema alone.
    func open() async throws {
        selected = Set(try await applier.attachedTables().map(asciiLowercased))
        applier.select(.tables(selected))
        _ = try await sync()
    }

    func shutdown() async {
        await stopBackground()
        _ = await queued?.result
        _ = await running?.result
        await flushing?.value
        do {
            try await flush()
        } catch {
            // What is not durable is in the log; the next process applies it.
            lastFlushError = error as? EngineError
        }
        await applier.shutdown()
    }

    // MARK: - Reads

    /// Returns columns as current as `freshness` asks for.
    func catalog(_ freshness: Freshness) async throws -> EngineCatalog {
        if needsSync(freshness) { _ = try await sync() }
        if hasNewDamage { try await rebuildDamagedTables() }
        let view = applier.view
        return EngineCatalog(
            schema: view.schema, snapshot: view.snapshot, refused: view.refused, quarantined: view.quarantined)
    }

    private func needsSync(_ freshness: Freshness) -> Bool {
        switch freshness {
        case .fresh: true
        case .asIs: lastSuccess == nil
        case .bounded(let age): lastSuccess.map { ContinuousClock.now - $0 > age } ?? true
        }
    }

    /// Loads tables anew in whose files damage was found.
    private func rebuildDamagedTables() async throws {
        knownDamageCount = SegmentFile.damageCount
        let found = DurableStore.damagedTables(applier.view.snapshot)
        guard !found.isEmpty else { return }
        damages += found.values
        reporter.didFind(found.values)
        applier.reload(Set(found.keys))
        _ = try await sync()
    }

    /// Whether reading has found damage that `catalog` would repair.
    var hasNewDamage: Bool { SegmentFile.damageCount != knownDamageCount }

    /// The unique keys of mirrored tables as lower-case column names, by lower-case table name.
    func uniqueKeys() throws -> [String: [[String]]] {
        let view = applier.view
        let tables = view.snapshot.tables
        if let known = keysByCookie, known.cookie == view.schema.cookie, known.tables == tables.count {
            return known.keys
        }
        var keys: [String: [[String]]] = [:]
        for table in tables where !TableHistory.holdsVersions(table.name) {
            guard let declaration = view.schema.table(named: table.name) else { continue }
            // Rows of a table with types of its own come from columns alone, or their types would depend on the route.
            keys[asciiLowercased(table.name)] = table.hasSchemaTypes ? [] : declaration.uniqueColumnNames
        }
        keysByCookie = (view.schema.cookie, tables.count, keys)
        return keys
    }

    // MARK: - Registration

    /// Captures a table from now on and loads it.
    ///
    /// - Throws: `unknownName` when there is no such table, or why it cannot be mirrored.
    func register(_ name: String, _ schema: TableSchema? = nil, keepsHistory: Bool) async throws {
        let folded = asciiLowercased(name)
        _ = try requireInstaller()
        if schema != nil, applier.view.snapshot.histories[folded] != nil {
            throw EngineError.unsupported("types of a schema for table '\(name)', whose history is kept")
        }
        if let schema { applier.setTypes(schema.foldedTypes, ofTable: folded) }
        if keepsHistory { applier.askForHistory(ofTable: folded, true) }
        keysByCookie = nil
        let isNew = selected.insert(folded).inserted
        applier.select(.tables(selected))
        do {
            _ = try await sync()
            let view = applier.view
            if let problem = view.refused[folded] { throw problem }
            if view.snapshot.table(named: folded) == nil {
                throw EngineError(.unknownName, "no such table: \(name)")
            }
            if keepsHistory, view.snapshot.histories[folded]?.open == nil {
                throw view.haltedHistories[folded]
                    ?? EngineError.unsupported("history of table '\(name)'")
            }
        } catch {
            if keepsHistory { applier.askForHistory(ofTable: folded, false) }
            if isNew { selected.remove(folded) }
            if schema != nil { applier.setTypes([:], ofTable: folded) }
            applier.select(.tables(selected))
            throw error
        }
    }

    /// Stops capturing a table and frees its columns.
    func unregister(_ name: String) async throws {
        applier.askForHistory(ofTable: asciiLowercased(name), false)
        try await requireInstaller().detach([name])
        selected.remove(asciiLowercased(name))
        applier.select(.tables(selected))
        _ = try await sync()
    }

    /// Takes all of capture out of the database.
    func unregisterAll() async throws {
        let installer = try requireInstaller()
        for name in selected { applier.askForHistory(ofTable: name, false) }
        selected = []
        applier.select(.tables([]))
        try await installer.detachAll()
        _ = try await sync()
        try await removeSegments()
    }

    private func requireInstaller() throws -> CaptureInstaller {
        guard let installer else {
            throw EngineError(.readOnly, "the database is open for reading only, so no table can be registered")
        }
        return installer
    }

    // MARK: - Durability

    /// Makes the current columns durable; does nothing when they are, or when another process does it.
    func flush() async throws {
        guard !isRetired, let keeper, keeper.needsFlush(applier.view.snapshot) else { return }
        unflushedRowCount = 0
        lastFlush = ContinuousClock.now
        try await keeper.flush(applier.view.snapshot)
    }

    /// Begins a flush behind the back of readers and syncs when enough has changed.
    private func flushIfDue(_ report: SyncReport) {
        guard let keeper, keeper.isFlusher else { return }
        unflushedRowCount += report.upsertedRowCount + report.deletedRowCount + report.loadedRowCount
        let isOld = ContinuousClock.now - lastFlush > Self.flushInterval
        let isDue = unflushedRowCount >= Self.flushRowCount || report.loadedRowCount > 0 || isOld
        guard isDue, flushing == nil else { return }
        flushing = Task {
            let start = ContinuousClock.now
            do {
                try await self.flush()
                self.lastFlushError = nil
            } catch {
                self.lastFlushError = error as? EngineError ?? EngineError(.io, "the flush failed", cause: error)
            }
            self.reporter.didFlush(
                ContinuousClock.now - start, position: keeper.durable.flushedPosition.value, self.lastFlushError)
            self.flushing = nil
        }
    }

    /// Removes the folder; nothing is flushed any more.
    func removeSegments() async throws {
        await flushing?.value
        isRetired = true
        try await keeper?.remove()
    }

    /// Checks every byte of the segment files.
    func verifyFiles() async throws -> [EngineError] {
        guard let durable = keeper?.durable else { return [] }
        return try await WorkerThread.run { try durable.verify() }
    }

    var storage: StorageStatus? {
        guard let keeper else { return nil }
        let snapshot = applier.view.snapshot
        return StorageStatus(
            path: keeper.durable.path, isFlusher: keeper.isFlusher,
            durablePosition: keeper.durable.flushedPosition.value,
            byteCount: snapshot.tables.reduce(0) { $0 + $1.fileByteCount }, damages: damages,
            lastError: lastFlushError)
    }

    /// Loads a table anew.
    ///
    /// - Returns: the number of rows loaded.
    func reload(_ name: String) async throws -> Int {
        let folded = asciiLowercased(name)
        guard selected.contains(folded) else {
            throw EngineError(.notMirrored, "table '\(name)' is not registered")
        }
        applier.reload([folded])
        let report = try await sync()
        if let problem = applier.view.refused[folded] { throw problem }
        return report.tables.first { asciiLowercased($0.name) == folded }?.loadedRowCount ?? 0
    }

    /// Removes the versions that ended before a moment, and returns their number.
    func forgetHistory(of name: String, before moment: HistoryMoment) async throws -> Int {
        let folded = asciiLowercased(name)
        _ = try await sync()
        let view = applier.view
        guard let history = view.snapshot.histories[folded], let before = HistoryStatus(folded, view) else {
            throw EngineError.unsupported("history of table '\(name)', which is not kept")
        }
        let (generation, start): (TableHistory.Generation?, HistoryStart) =
            switch moment {
            case .position(let position):
                (
                    position <= view.snapshot.position.value ? history.generation(at: position) : nil,
                    .position(position)
                )
            case .time(let time): (history.generation(atTime: time), .time(time))
            }
        guard generation != nil else {
            throw EngineError(.invalidArgument, "the history of table '\(name)' does not tell of the moment \(moment)")
        }
        applier.trimHistory(ofTable: folded, to: start)
        _ = try await sync()
        let after = HistoryStatus(folded, applier.view)
        return before.closedVersionCount - (after?.closedVersionCount ?? 0)
    }

    var registeredNames: [String] { selected.sorted() }

    // MARK: - Syncs

    /// Brings the columns to the newest commit.
    func sync() async throws -> SyncReport {
        if let queued { return try await queued.value }
        guard let running else { return try await runSync() }
        // The running sync may have begun before the caller's commit, so it does not count.
        let next = Task {
            _ = await running.result
            return try await self.runSync()
        }
        queued = next
        return try await next.value
    }

    private func runSync() async throws -> SyncReport {
        queued = nil
        let beginning = Beginning(view: applier.view, changes: backlog.take(), commit: reporter.willSync())
        defer { if applier.view.snapshot !== beginning.view.snapshot { onNewSnapshot() } }
        if let report = try syncHere(beginning) { return report }
        let task = Task { [applier] in try await applier.sync() }
        running = task
        // The next sync may have begun already: its task and this one wait for the same result.
        defer { if running == task { running = nil } }
        do {
            let report = try await task.value
            noteSuccess(report, beginning)
            return report
        } catch {
            noteFailure(error, beginning)
            throw error
        }
    }

    /// How things stood when a sync began.
    private struct Beginning {
        var view: MirrorView
        /// Changes that the sync takes from the backlog.
        var changes: Int
        /// The first commit that it covers.
        var commit: Int64
    }

    /// Does what is little on the calling thread, so that nobody waits for another thread to wake.
    ///
    /// - Returns: nil when there is more to do.
    private func syncHere(_ beginning: Beginning) throws -> SyncReport? {
        do {
            guard let report = try applier.syncHere(hasNewCommits: beginning.changes > 0) else { return nil }
            noteSuccess(report, beginning)
            return report
        } catch {
            noteFailure(error, beginning)
            throw error
        }
    }

    private func noteSuccess(_ report: SyncReport, _ beginning: Beginning) {
        let view = applier.view
        if !(view.refused.isEmpty && lastGood.isEmpty) { noteRefused(view, beginning.view) }
        lastSuccess = ContinuousClock.now
        lastError = report.tables.lazy.compactMap(\.error).first
        reporter.didSync(report, from: beginning.view, to: view, beginning.commit)
        retention?.forget(view.snapshot, now: .now) { applier.trimHistory(ofTable: $0, to: .time($1)) }
        flushIfDue(report)
    }

    private func noteRefused(_ view: MirrorView, _ before: MirrorView) {
        lastGood = lastGood.filter { view.refused[$0.key] != nil }
        guard let lastSuccess else { return }
        for name in view.refused.keys where lastGood[name] == nil && before.snapshot.table(named: name) != nil {
            lastGood[name] = (lastSuccess, before.snapshot.position.value)
        }
    }

    private func noteFailure(_ error: any Error, _ beginning: Beginning) {
        backlog.giveBack(beginning.changes)
        lastError = error as? EngineError ?? EngineError(.sqlite, "the sync failed", cause: error)
        reporter.didFailSync(error, beginning.commit)
    }
}

extension TableDescription {
    /// The columns of the primary key and of unique indexes, as lower-case names: whoever fixes all of one finds at
    /// most a few rows.
    fileprivate var uniqueColumnNames: [[String]] {
        var keys = rowIDColumn.map { [[asciiLowercased(columns[$0].name)]] } ?? []
        for index in indexes where index.isUnique && !index.isPartial && !index.hasExpressions {
            keys.append(index.keyColumns.compactMap { $0.columnIndex.map { asciiLowercased(columns[$0].name) } })
        }
        return keys
    }
}

extension TableSnapshot {
    /// Whether a schema names types for columns of the table.
    fileprivate var hasSchemaTypes: Bool {
        schema.fields.contains { field in
            switch field.type {
            case .date32, .timestamp, .time64, .decimal128: true
            default: false
            }
        }
    }
}
