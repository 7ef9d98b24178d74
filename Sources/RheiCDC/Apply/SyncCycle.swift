import RheiArrow
import RheiCore
import RheiSQLite
import RheiStore

/// The work of one sync inside its read transaction: everything read belongs to one commit of SQLite.
struct SyncCycle {
    /// How the transaction ended.
    enum Outcome: Sendable {
        /// The snapshot is published.
        case done(MirrorState, SyncReport)
        /// Triggers are missing or out of date; the installer has to work before a transaction can count on the log.
        case needsInstallation
    }

    let connection: Connection
    let store: ColumnStore
    private let selection: CaptureSelection
    /// The column types that schemas name, by lower-case table name.
    private let types: [String: [String: DataType]]
    /// Whether triggers can be installed; otherwise tables without them are refused.
    private let mayInstall: Bool
    /// Lower-case names of tables whose history is asked for.
    private let histories: Set<String>
    var state: MirrorState
    var report: SyncReport
    /// Folded names of tables whose rows must be counted, since keys may have been missed.
    var suspects: Set<String> = []
    /// Whether the log does not tell all that happened since the last sync.
    private(set) var losesHistories = false
    /// How often others changed the schema since the last sync, at most.
    private(set) var foreignSchemaChanges: Int64 = 0
    /// Whether a VACUUM has renumbered rowids.
    private(set) var isRenumbered = false
    /// Keys that were read from the log.
    var loggedCount = 0
    /// What was done so far, by folded name.
    var entries: [String: SyncReport.Table] = [:]
    /// Log rows to take at a time, which bounds the memory for keys.
    let logPortion: Int64
    /// Called after each step; what it throws ends the sync.
    private let onStep: @Sendable (SyncStep) throws -> Void

    init(
        _ connection: Connection, _ store: ColumnStore, _ selection: CaptureSelection,
        types: [String: [String: DataType]] = [:], histories: Set<String> = [], mayInstall: Bool, logPortion: Int64,
        state: MirrorState, onStep: @escaping @Sendable (SyncStep) throws -> Void = { _ in }
    ) {
        self.onStep = onStep
        self.histories = histories
        self.logPortion = logPortion
        self.connection = connection
        self.store = store
        self.selection = selection
        self.types = types
        self.mayInstall = mayInstall
        self.state = state
        report = SyncReport(positionBefore: state.position, positionAfter: state.position)
    }

    /// Reads what changed since `state`, applies it and publishes.
    ///
    /// - Precondition: a read transaction is open, and the schema has been read in it.
    mutating func run() throws -> Outcome {
        let cookie = try connection.schemaVersion()
        let hasNewSchema = cookie != state.schema.cookie
        if hasNewSchema, try !takeSchema(cookie) { return .needsInstallation }
        guard !state.logID.isEmpty else { return try finishWithoutLog() }
        let extent = try ChangeLogReader(connection).extent()
        if extent.newest < state.sequence || extent.prunedThrough > state.sequence { reloadAll(extent) }
        // Tables that are loaded anyway need no keys.
        let isFresh = state.tables.values.allSatisfy(\.needsLoad)
        let span = LogSpan(after: isFresh ? extent.newest : state.sequence, through: extent.newest)
        state.dataVersion = try connection.dataVersion()
        let ends = try readEnds()
        let isUnchanged = !hasNewSchema && extent.newest == state.sequence && !ends.haveChanged(since: state)
        if isUnchanged, state.historyStarts.isEmpty, !state.tables.values.contains(where: \.needsLoad) {
            return .done(state, report)
        }
        let transaction = try store.begin()
        try onStep(.read)
        if hasNewSchema { try dropTables(transaction) }
        try applyLog(span, ends, transaction)
        for name in state.tables.keys.sorted() { try complete(name, transaction) }
        try onStep(.applied)
        try advanceHistories(LogSpan(after: state.sequence, through: extent.newest), transaction)
        try trimHistories(transaction)
        try dropForgottenVersions(transaction)
        try onStep(.advanced)
        try publish(transaction, through: extent.newest)
        return .done(state, report)
    }

    /// Does what `run` does when that is no more than to read some rows by their keys.
    ///
    /// - Parameter limit: log rows to read before they are deleted.
    /// - Returns: nil when there is more to do; nothing has been done then.
    mutating func runIfShort(prunesAt limit: Int) throws -> Outcome? {
        guard state.histories.isEmpty, state.historyStarts.isEmpty,
            try connection.schemaVersion() == state.schema.cookie,
            state.tables.values.allSatisfy({
                !$0.needsLoad && !$0.keepsHistory && $0.quarantined.isEmpty && !$0.mapping.hasUnloggedConflicts
            })
        else { return nil }
        let log = ChangeLogReader(connection)
        let extent = try log.extent()
        let span = LogSpan(after: state.sequence, through: extent.newest)
        guard extent.newest >= state.sequence, extent.newest - state.sequence <= Self.shortRowCount,
            extent.prunedThrough <= state.sequence,
            let keys = try log.integerKeys(span, atMost: Int(Self.shortRowCount)),
            state.unprunedCount + keys.count < limit
        else { return nil }
        state.dataVersion = try connection.dataVersion()
        let ends = try readEnds()
        guard extent.newest > state.sequence || ends.haveChanged(since: state) else { return .done(state, report) }
        let transaction = try store.begin()
        let changes = try tableChanges(keys, ends, transaction)
        guard try isShort(changes, keys.count) else { return nil }
        countLogged(keys)
        try onStep(.read)
        try apply(changes, span, transaction)
        // What could not be applied is to be loaded, which takes longer.
        guard state.tables.values.allSatisfy({ !$0.needsLoad }) else { return nil }
        keepEnds(ends)
        try onStep(.applied)
        try onStep(.advanced)
        try publish(transaction, through: extent.newest)
        return .done(state, report)
    }

    /// Publishes what `transaction` holds as the state at a row of the log.
    private mutating func publish(_ transaction: StoreTransaction, through sequence: Int64) throws {
        report.tables = entries.values.filter(\.tellsSomething).sorted { $0.name < $1.name }
        state.sequence = sequence
        state.unprunedCount += loggedCount
        report.positionAfter = state.position
        try transaction.publish(at: state.position) { [state] in MirrorNotes(state).texts }
    }

    /// Changes that are read faster than another thread wakes.
    static let shortRowCount: Int64 = 64

    /// Without a log no table is mirrored.
    private mutating func finishWithoutLog() throws -> Outcome {
        state.tables = [:]
        state.histories = [:]
        state.historyMappings = [:]
        state.dataVersion = try connection.dataVersion()
        let transaction = try store.begin()
        for name in transaction.tableNames { try transaction.dropTable(named: name) }
        try transaction.publish(at: state.position) { [state] in MirrorNotes(state).texts }
        return .done(state, report)
    }

    // MARK: - Schema

    /// Compares the declarations and triggers with what was known, and marks the tables that must be loaded.
    ///
    /// - Returns: false when triggers have to be made first.
    private mutating func takeSchema(_ cookie: Int64) throws -> Bool {
        let schema = try SchemaReader(connection).read()
        let capture = try CaptureState(connection)
        if mayInstall, capture.isInstalled, capture.sentinel.map({ $0 <= 1 }) ?? true { return false }
        let count = MirrorState.SchemaCount(cookie: cookie, own: capture.ownSchemaChangeCount)
        foreignSchemaChanges = state.seenSchema?.foreignChanges(until: count) ?? .max
        state.seenSchema = count
        let mayHideAlterations = hidesAlterations(schema)
        isRenumbered = capture.sentinel != state.sentinel || capture.sentinel.map { $0 <= 1 } ?? true
        // A store whose mark is unknown to the database does not belong to it; see `StoreAnchor`.
        let restored = state.restored.flatMap { notes in
            notes.mark.map(capture.marks.contains) == true && capture.logID == notes.logID ? notes : nil
        }
        if state.restored != nil, restored == nil { state.histories = [:] }
        state.imageLogs = capture.imageLogs
        var tables: [String: MirrorState.Table] = [:]
        var refused: [String: EngineError] = [:]
        for table in selection.tables(of: schema) {
            let name = asciiLowercased(table.name)
            do {
                let mapping = try TableMapping(table, types: types[name] ?? [:])
                guard let id = capture.captureID(of: table, key: mapping.key) else {
                    if mayInstall { return false }
                    throw EngineError(.notMirrored, "table '\(table.name)' is not captured")
                }
                if histories.contains(name), capture.imageLogs[id] == nil {
                    state.haltedHistories[name] = ImageLog.obstacle(table, mapping.key)
                    if mayInstall, state.haltedHistories[name] == nil { return false }
                }
                var next = MirrorState.Table(mapping: mapping, captureID: id)
                next.keepsHistory = capture.imageLogs[id] != nil
                // What nobody logged may have gone by REPLACE over an index that is gone, and other rows be the last now.
                let keepsRows =
                    !(mapping.key.isRenumberedByVacuum && isRenumbered)
                    && !(mayHideAlterations && (table.lastColumnMayBeAdded || next.hasUnloggedAppends))
                if let known = state.tables[name], known.captureID == id, known.mapping == mapping, keepsRows {
                    next.needsLoad = known.needsLoad
                    next.quarantined = known.quarantined
                    next.lastRow = known.lastRow
                    // A unique index may have come and gone, and REPLACE may have used it.
                    suspects.insert(name)
                } else if let restored, let noted = restored.tables[name], noted.captureID == id,
                    noted.key == mapping.key.note,
                    store.current.table(named: name)?.definition == mapping.definition, keepsRows
                {
                    next.needsLoad = false
                    next.lastRow = noted.lastRow
                    if restored.cookie != cookie { suspects.insert(name) }
                }
                tables[name] = next
            } catch let error as EngineError {
                refused[name] = error
            }
        }
        state.tables = tables
        state.refused = refused
        state.restored = nil
        state.schema = schema
        state.sentinel = capture.sentinel
        takeLog(capture.logID)
        return true
    }

    /// Whether a column may have been dropped and added again: two statements that leave a table declared as it was,
    /// with other values in its rows, and no trace in the log.
    private func hidesAlterations(_ schema: SchemaDescription) -> Bool {
        guard foreignSchemaChanges >= 0 else { return true }
        // What a new process does not know, it cannot tell from what is new.
        guard state.schema.cookie >= 0 else { return foreignSchemaChanges > 1 }
        let known = state.schema.namesOfOwnStatements
        return foreignSchemaChanges - Int64(schema.namesOfOwnStatements.subtracting(known).count) > 1
    }

    /// Starts over when the log is another one than before.
    private mutating func takeLog(_ id: String) {
        guard id != state.logID else { return }
        losesHistories = true
        state.positionBase += state.sequence
        state.sequence = 0
        state.logID = id
        for name in state.tables.keys { state.tables[name]?.needsLoad = true }
    }

    /// The log no longer tells what changed since the last sync.
    private mutating func reloadAll(_ extent: ChangeLogReader.Extent) {
        losesHistories = true
        if extent.newest < state.sequence { state.positionBase += state.sequence - extent.newest }
        state.sequence = extent.newest
        for name in state.tables.keys { state.tables[name]?.needsLoad = true }
    }

    /// Removes tables from the store that are no longer mirrored.
    private func dropTables(_ transaction: StoreTransaction) throws {
        for table in store.current.tables
        where state.tables[asciiLowercased(table.name)] == nil && !TableHistory.holdsVersions(table.name) {
            try transaction.dropTable(named: table.name)
        }
    }

    // MARK: - Tables

    /// Loads a table that has to be, and counts the rows of one that may have missed a key. Its failure stays its own.
    private mutating func complete(_ name: String, _ transaction: StoreTransaction) throws {
        let id = transaction.tableID(named: name)
        let isTrusted = id != nil && !suspects.contains(name)
        guard let table = state.tables[name], table.needsLoad || !isTrusted else { return }
        let quarantine = Quarantine()
        let reader = TableReader(connection, table.mapping, quarantine: quarantine)
        do {
            if let id, !table.needsLoad {
                // Every row that exists is in the copy, since each insert was logged or is found at the table's end. So
                // the copy differs exactly when it has more rows.
                if try reader.rowCount() == transaction.rowCount(of: id) { return }
            }
            let loader = try reader.load(for: store)
            entries[name, default: .init(name: table.mapping.name)].loadedRowCount = loader.rowCount
            try transaction.install(loader)
            state.tables[name]?.needsLoad = false
            state.tables[name]?.lastRow = table.hasUnloggedAppends ? try reader.lastRow() : nil
            state.tables[name]?.quarantined = quarantine.counts
            state.refused[name] = nil
        } catch let error as EngineError where Self.concernsOneTable(error) {
            // A copy that missed changes must not be read: the table leaves the snapshot until a load succeeds.
            if transaction.tableID(named: name) != nil { try transaction.dropTable(named: name) }
            entries[name] = SyncReport.Table(name: table.mapping.name, error: error)
            state.tables[name]?.needsLoad = true
            state.refused[name] = error
        }
    }

    /// Whether the other tables may go on after this error.
    static func concernsOneTable(_ error: EngineError) -> Bool {
        ![.cancelled, .busy, .closed, .outOfMemory, .invariant].contains(error.code)
    }
}

extension SchemaDescription {
    /// Lower-case names of tables, views and indexes that each take a statement to come into being.
    fileprivate var namesOfOwnStatements: Set<String> {
        var names: Set<String> = []
        for table in tables where table.kind == .table || table.kind == .view {
            names.insert(asciiLowercased(table.name))
            for index in table.indexes where index.origin == .createIndex { names.insert(asciiLowercased(index.name)) }
        }
        return names
    }
}

extension TableDescription {
    /// Whether ALTER TABLE can make a column like the last one.
    fileprivate var lastColumnMayBeAdded: Bool {
        guard let last = columns.last else { return false }
        return last.primaryKeyPosition == 0 && last.generation != .storedColumn
            && (!last.isNotNull || last.defaultExpression != nil)
    }
}

extension SyncReport.Table {
    /// Whether anything was done to the table.
    fileprivate var tellsSomething: Bool {
        error != nil || loadedRowCount != nil || upsertedRowCount + deletedRowCount > 0
    }
}
