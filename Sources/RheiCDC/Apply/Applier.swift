package import RheiArrow
import RheiCore
package import RheiSQLite
package import RheiStore
import Synchronization

/// Keeps the tables of a column store equal to those of a SQLite database.
///
/// Each `sync` reads, in one read transaction on a connection of its own, which keys were logged since the last one and
/// how their rows stand now, and publishes one snapshot of all tables at that position. Whole transactions only follow
/// from the read transaction; order and kind of the changes do not matter. Costs O(changed rows), and some
/// microseconds when nothing changed.
///
/// Invariants:
/// - a published table equals SQLite's table as of the snapshot's position; a table for which that cannot be said is
///   not in the snapshot;
/// - one sync runs at a time.
package final class Applier: Sendable {
    private struct Guarded {
        var state = MirrorState()
        var view: MirrorView
        var selection: CaptureSelection
        var selectionVersion = 0
        /// The column types that schemas name, by lower-case table name.
        var types: [String: [String: DataType]] = [:]
        /// Lower-case names of tables whose history is asked for.
        var histories: Set<String> = []
        /// Where histories are to begin, by lower-case table name.
        var historyStarts: [String: HistoryStart] = [:]
        /// Tables to load as a whole at the next sync.
        var reloads: Set<String> = []
        var isRunning = false
    }

    /// The store that receives the tables; nobody else may write to it.
    package let store: ColumnStore
    private let reader: SyncReader
    private let writer: Writer?
    private let pruneThreshold: Int
    private let logPortion: Int64
    private let onStep: @Sendable (SyncStep) throws -> Void
    private let guarded: Mutex<Guarded>
    /// Each sync comes after a commit of another connection, upon which SQLite forgets all pages it keeps: a step for
    /// each that it ever kept at once. A load would leave so many that syncs of one row take twice as long.
    package static let cacheKibibytes = 4_096

    /// - Parameters:
    ///   - path: the database, which must exist.
    ///   - store: empty, or with the tables that a flush of this database made durable.
    ///   - writer: installs triggers and prunes the log; without it only tables that are captured already are mirrored.
    ///   - pruneThreshold: log rows to read before they are deleted; deleting costs a write transaction.
    ///   - logPortion: log rows to take at a time, which bounds the memory for keys.
    ///   - onStep: called after each step of a sync, on its thread; what it throws ends the sync, as an error of SQLite
    ///     would.
    package init(
        path: String, store: ColumnStore = ColumnStore(), writer: Writer?, selection: CaptureSelection,
        pruneThreshold: Int = 10_000, logPortion: Int = 4_000_000,
        onStep: @escaping @Sendable (SyncStep) throws -> Void = { _ in }
    ) throws {
        self.onStep = onStep
        self.logPortion = Int64(max(logPortion, 1))
        self.store = store
        self.writer = writer
        self.pruneThreshold = pruneThreshold
        var options = ConnectionOptions(.readOnly)
        options.cacheKibibytes = Self.cacheKibibytes
        reader = try SyncReader(path: path, options: options)
        let schema = SchemaDescription(cookie: -1, tables: [])
        guarded = Mutex(
            Guarded(
                state: MirrorState(restoring: store.current),
                view: MirrorView(snapshot: store.current, schema: schema, refused: [:]), selection: selection))
    }

    /// The state as of the last sync that succeeded.
    package var view: MirrorView { guarded.withLock { $0.view } }

    /// Changes which tables are mirrored, from the next sync on. A table that is no longer selected stays captured.
    package func select(_ selection: CaptureSelection) {
        guarded.withLock { guarded in
            guard guarded.selection != selection else { return }
            guarded.selection = selection
            guarded.selectionVersion += 1
        }
    }

    /// Names types for the columns of a table, from the next sync on: by lower-case column name.
    package func setTypes(_ types: [String: DataType], ofTable name: String) {
        guarded.withLock { guarded in
            guard guarded.types[name] ?? [:] != types else { return }
            guarded.types[name] = types
            guarded.selectionVersion += 1
        }
    }

    /// Keeps the history of a table from the next sync on, or no longer asks for it: what is kept already stays so.
    package func askForHistory(ofTable name: String, _ isWanted: Bool) {
        guarded.withLock { guarded in
            let changes =
                isWanted
                ? guarded.histories.insert(name).inserted : guarded.histories.remove(name) != nil
            if changes { guarded.selectionVersion += 1 }
        }
    }

    /// Makes the next sync remove what the history of a table, in lower case, tells of before a moment.
    package func trimHistory(ofTable name: String, to start: HistoryStart) {
        guarded.withLock { $0.historyStarts[name] = start }
    }

    /// Makes the next sync load the mirrored tables of these names, in lower case, as a whole.
    package func reload(_ names: Set<String>) {
        guarded.withLock { guarded in
            guarded.reloads.formUnion(names)
        }
    }

    /// Counts the logged changes that the newest snapshot does not hold.
    package func pendingChangeCount() async throws -> Int { try await pendingChanges().total }

    /// Counts the logged changes that the newest snapshot does not hold, by table.
    package func pendingChanges() async throws -> PendingChanges {
        let state = guarded.withLock { $0.state }
        guard !state.logID.isEmpty else { return PendingChanges() }
        return try await reader.snapshot { connection in
            guard try CaptureState(connection).isInstalled else { return PendingChanges() }
            return try PendingChanges(since: state, connection)
        }
    }

    /// Brings the store to the newest commit of the database, whoever made it.
    ///
    /// - Throws: `busy` while another sync runs; what SQLite reports of the database as a whole. The state then is as
    ///   before. An error of one table is in the report.
    @discardableResult
    package func sync() async throws -> SyncReport {
        let start = ContinuousClock.now
        var (state, selection) = try begin()
        let (types, histories) = guarded.withLock { ($0.types, $0.histories) }
        do {
            var report = try await runCycles(&state, selection, types, histories)
            if state.unprunedCount >= pruneThreshold, let writer { await prune(&state, &report, writer) }
            report.totalDuration = ContinuousClock.now - start
            end(state)
            return report
        } catch {
            end(nil)
            throw error
        }
    }

    /// Syncs on the calling thread when few changes wait.
    ///
    /// - Parameter hasNewCommits: whether the caller knows of commits since the last sync, so that nobody need look.
    /// - Returns: nil when the work is one for `sync`; nothing has been done then.
    /// - Throws: as `sync` does.
    package func syncHere(hasNewCommits: Bool = false) throws -> SyncReport? {
        let start = ContinuousClock.now
        guard let state = try beginHere() else { return nil }
        do {
            var isUnchanged = false
            let outcome = try reader.readHere { connection -> SyncCycle.Outcome? in
                if !hasNewCommits, let version = state.dataVersion, try connection.dataVersion() == version {
                    isUnchanged = true
                    return .done(state, SyncReport(positionBefore: state.position, positionAfter: state.position))
                }
                return try connection.snapshot { connection in
                    var cycle = SyncCycle(
                        connection, store, .tables([]), mayInstall: false, logPortion: logPortion, state: state,
                        onStep: onStep)
                    return try cycle.runIfShort(prunesAt: pruneThreshold)
                }
            }
            guard case .done(let next, var report)? = outcome else {
                end(nil)
                return nil
            }
            report.totalDuration = ContinuousClock.now - start
            report.readDuration = report.totalDuration
            end(isUnchanged ? nil : next)
            return report
        } catch {
            end(nil)
            throw error
        }
    }

    /// Begins a sync that neither selection nor reloads have changed for.
    private func beginHere() throws -> MirrorState? {
        guarded.withLock { guarded in
            let state = guarded.state
            guard !guarded.isRunning, state.selectionVersion == guarded.selectionVersion, state.restored == nil,
                guarded.reloads.isEmpty, guarded.historyStarts.isEmpty, !state.logID.isEmpty
            else { return nil }
            guarded.isRunning = true
            return state
        }
    }

    /// Deletes what the store holds from the log, but for the newest row.
    ///
    /// - Returns: the number of rows deleted.
    @discardableResult
    package func prune() async throws -> Int {
        guard let writer else { throw EngineError(.readOnly, "the change log can only be pruned by a writer") }
        var (state, _) = try begin()
        var report = SyncReport(positionBefore: state.position, positionAfter: state.position)
        await prune(&state, &report, writer)
        end(state)
        if let error = report.pruneError { throw error }
        return report.prunedCount
    }

    /// The names of the tables that are captured in the database, in the order of their attachment.
    package func attachedTables() async throws -> [String] {
        try await reader.read { try CaptureInstaller.attachedTables($0) }
    }

    /// Closes the reading connection. The store keeps its last snapshot.
    package func shutdown() async { await reader.shutdown() }

    // MARK: - Steps

    private func begin() throws -> (MirrorState, CaptureSelection) {
        try guarded.withLock { guarded in
            guard !guarded.isRunning else { throw EngineError(.busy, "a sync of this database is running") }
            guarded.isRunning = true
            var state = guarded.state
            if state.selectionVersion != guarded.selectionVersion {
                state.selectionVersion = guarded.selectionVersion
                state.forgetSchema()
            }
            if !guarded.reloads.isEmpty {
                for name in guarded.reloads { state.tables[name]?.needsLoad = true }
                state.dataVersion = nil
                guarded.reloads = []
            }
            if !guarded.historyStarts.isEmpty {
                state.historyStarts = guarded.historyStarts
                state.dataVersion = nil
                guarded.historyStarts = [:]
            }
            return (state, guarded.selection)
        }
    }

    private func end(_ state: MirrorState?) {
        guarded.withLock { guarded in
            guarded.isRunning = false
            guard let state else { return }
            guarded.state = state
            guarded.view = MirrorView(
                snapshot: store.current, schema: state.schema, refused: state.refused,
                quarantined: state.quarantined,
                haltedHistories: state.haltedHistories)
        }
    }

    private func runCycles(
        _ state: inout MirrorState, _ selection: CaptureSelection, _ types: [String: [String: DataType]],
        _ histories: Set<String>
    ) async throws -> SyncReport {
        // Foreign DDL may come between installation and transaction; more than a few times in a row is no coincidence.
        for _ in 0..<10 {
            let current = state
            let store = store
            let mayInstall = writer != nil
            let logPortion = logPortion
            let onStep = onStep
            let outcome = try await reader.read { connection -> SyncCycle.Outcome in
                if let version = current.dataVersion, try connection.dataVersion() == version {
                    return .done(current, SyncReport(positionBefore: current.position, positionAfter: current.position))
                }
                let start = ContinuousClock.now
                return try connection.snapshot { connection in
                    var cycle = SyncCycle(
                        connection, store, selection, types: types, histories: histories, mayInstall: mayInstall,
                        logPortion: logPortion, state: current, onStep: onStep)
                    var outcome = try cycle.run()
                    if case .done(let state, var report) = outcome {
                        report.readDuration = ContinuousClock.now - start
                        outcome = .done(state, report)
                    }
                    return outcome
                }
            }
            if case .done(let next, let report) = outcome {
                state = next
                return report
            }
            if let writer { try await CaptureInstaller(writer: writer).attach(selection, histories: histories) }
        }
        throw EngineError(.busy, "the schema of the database keeps changing while its triggers are installed")
    }

    private func prune(_ state: inout MirrorState, _ report: inout SyncReport, _ writer: Writer) async {
        do {
            report.prunedCount += try await LogPruner(writer: writer).prune(through: state.sequence, logID: state.logID)
            state.unprunedCount = 0
        } catch {
            report.pruneError = error as? EngineError ?? EngineError(.sqlite, "pruning failed", cause: error)
        }
    }
}
