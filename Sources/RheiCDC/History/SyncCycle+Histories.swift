import RheiCore
import RheiSQLite
import RheiStore

/// Histories go forward in the transaction of the sync, with the tables.
extension SyncCycle {
    /// Brings all histories to the end of `span`.
    mutating func advanceHistories(_ span: LogSpan, _ transaction: StoreTransaction) throws {
        let kept = state.tables.filter(\.value.keepsHistory).keys
        for name in Set(state.histories.keys).union(kept).sorted() {
            do {
                try advanceHistory(name, span, transaction)
                state.haltedHistories[name] = nil
            } catch let error as EngineError where Self.concernsOneTable(error) {
                // What the store has of the generation may be half of a change.
                if let count = state.histories[name]?.generations.count, count > 0 {
                    state.histories[name]?.generations.removeLast()
                }
                state.haltedHistories[name] = error
            }
        }
    }

    private mutating func advanceHistory(_ name: String, _ span: LogSpan, _ transaction: StoreTransaction) throws {
        let table = state.tables[name].flatMap { $0.keepsHistory ? $0 : nil }
        if let history = state.histories[name], let generation = history.open {
            if table == nil, state.imageLogs[history.captureID] == nil {
                // Nobody keeps the history any more.
                state.histories[name] = nil
                state.historyMappings[name] = nil
                return
            }
            try advance(history, generation, name, table, span, transaction)
        }
        guard let table, state.histories[name]?.open == nil else { return }
        if let error = ImageLog.obstacle(table.mapping, state.schema) { throw error }
        try begin(name, table, span, transaction)
    }

    /// Applies what was logged for the open generation, and ends it when it cannot go on.
    private mutating func advance(
        _ history: TableHistory, _ generation: TableHistory.Generation, _ name: String, _ table: MirrorState.Table?,
        _ span: LogSpan, _ transaction: StoreTransaction
    ) throws {
        var history = history
        defer { state.histories[name] = history }
        let stored = transaction.definition(ofTableNamed: history.openName(generation))
        let mapping = state.historyMappings[name] ?? table?.mapping
        guard !losesHistories, let stored, let mapping, mapping.openVersions(stored.name) == stored,
            !(mapping.key.isRenumberedByVacuum && isRenumbered),
            let logs = imageLogs(from: history.captureID, to: table?.captureID),
            let openID = transaction.tableID(named: history.openName(generation)),
            let closedID = transaction.tableID(named: history.closedName(generation))
        else { return history.endOpen(after: report.positionBefore.value, time: history.lastTime + 1) }
        let applier = HistoryApplier(
            connection: connection, transaction: transaction, mapping: mapping, openID: openID, closedID: closedID,
            positionBase: state.positionBase)
        let hasReplacedKeys = try applier.apply(logs, span, lastTime: &history.lastTime)
        let position = state.positionBase + span.through
        guard let table else { return history.endOpen(after: position, time: try now(history)) }
        if mayLackTriggers(history, table),
            try hasReplacedKeys
                || TableReader(connection, table.mapping).rowCount() != transaction.rowCount(of: openID)
        {
            // Rows went without a trace while a trigger was missing, or may have.
            return history.endOpen(after: report.positionBefore.value, time: history.lastTime + 1)
        }
        history.captureID = table.captureID
        if table.mapping.openVersions(stored.name) == stored {
            state.historyMappings[name] = table.mapping
        } else {
            history.endOpen(after: position, time: try now(history))
        }
    }

    /// Whether REPLACE may have used a unique index that the triggers did not know: one that is new, or came and went.
    private func mayLackTriggers(_ history: TableHistory, _ table: MirrorState.Table) -> Bool {
        let (old, new) = (state.imageLogs[history.captureID], state.imageLogs[table.captureID])
        return old?.indexes != new?.indexes || foreignSchemaChanges > 1 || foreignSchemaChanges < 0
    }

    /// Begins a generation with the rows as they stand.
    private mutating func begin(
        _ name: String, _ table: MirrorState.Table, _ span: LogSpan, _ transaction: StoreTransaction
    ) throws {
        var history = state.histories[name] ?? TableHistory(name: table.mapping.name, captureID: table.captureID)
        let time = try now(history)
        let generation = TableHistory.Generation(
            number: (history.generations.last?.number ?? 0) + 1, start: state.positionBase + span.through,
            startTime: time)
        history.captureID = table.captureID
        history.lastTime = time
        history.generations.append(generation)
        let loader = VersionLoader(connection: connection, mapping: table.mapping, store: store)
        let versions = try loader.load(as: history.openName(generation), position: generation.start, time: time)
        try transaction.install(versions)
        try transaction.replaceTable(table.mapping.closedVersions(history.closedName(generation)))
        state.histories[name] = history
        state.historyMappings[name] = table.mapping
    }

    /// Now, but not before the newest version.
    private func now(_ history: TableHistory) throws -> Int64 {
        let sql = "SELECT CAST((julianday('now') - 2440587.5) * 86400000.0 + 0.5 AS INTEGER) * 1000"
        return max(history.lastTime, try connection.firstInteger(sql) ?? 0)
    }

    /// The image logs from one set of triggers to another, in order; nil when something was missed in between.
    ///
    /// - Parameter last: nil when the table is gone.
    private func imageLogs(from first: Int64, to last: Int64?) -> [(id: Int64, log: ImageLog)]? {
        var logs: [(id: Int64, log: ImageLog)] = []
        var next: Int64? = last ?? first
        while let id = next {
            guard let log = state.imageLogs[id] else { return nil }
            logs.insert((id, log), at: 0)
            if id == first { return logs }
            next = log.continues
        }
        return nil
    }

    /// Removes the versions that belong to no history.
    func dropForgottenVersions(_ transaction: StoreTransaction) throws {
        let known = state.histories.values.reduce(into: Set<String>()) { $0.formUnion($1.storeNames) }
        for name in transaction.tableNames where TableHistory.holdsVersions(name) && !known.contains(name) {
            try transaction.dropTable(named: name)
        }
    }
}

extension TableHistory {
    /// Ends the generation that goes on: it answers for `position` and nothing later.
    fileprivate mutating func endOpen(after position: Int64, time: Int64) {
        guard open != nil else { return }
        generations[generations.count - 1].end = position + 1
        generations[generations.count - 1].endTime = time
    }
}

extension ImageLog {
    /// Why a history of a mirrored table cannot be kept.
    fileprivate static func obstacle(_ mapping: TableMapping, _ schema: SchemaDescription) -> EngineError? {
        if mapping.explicitTypes.contains(where: { $0 != nil }) {
            return EngineError.unsupported("history of table '\(mapping.name)', whose columns have types of a schema")
        }
        return schema.table(named: mapping.name).flatMap { obstacle($0, mapping.key) }
    }
}
