import RheiCore
import RheiSQLite
import RheiStore

/// The last rows of tables, in the transaction of a sync.
struct TableEnds {
    /// By folded name, of tables whose new last rows are not logged; nil for an empty table.
    var lastRows: [String: LastRow?] = [:]

    /// Whether something was appended to a table, or its last row replaced.
    func haveChanged(since state: MirrorState) -> Bool {
        lastRows.contains { name, last in state.tables[name]?.lastRow != last }
    }
}

/// What changed in one table since the last sync.
struct TableChange {
    /// Rowids to read, ascending; empty where the key is another.
    var rowIDs: [Int64] = []
    /// Whether the log has keys of the table.
    var isLogged = false
    var appended = AppendedRows()

    /// How many of the rowids are among the rows that are read anyway.
    var appendedKeyCount: Int { appended.first.map { first in rowIDs.count { $0 >= first } } ?? 0 }
}

/// Changes come from the log, and from the upper ends of tables: a new row above all others is not logged.
extension SyncCycle {
    /// Reads the last row of each table where that tells of changes. A table where it cannot be read is to be loaded.
    mutating func readEnds() throws -> TableEnds {
        var ends = TableEnds()
        for (name, table) in state.tables where !table.needsLoad && table.hasUnloggedAppends {
            do {
                ends.lastRows[name] = .some(try TableReader(connection, table.mapping).lastRow())
            } catch let error as EngineError where Self.concernsOneTable(error) {
                state.tables[name]?.needsLoad = true
            }
        }
        return ends
    }

    /// Notes the last rows for the next sync.
    mutating func keepEnds(_ ends: TableEnds) {
        for (name, last) in ends.lastRows { state.tables[name]?.lastRow = last }
    }

    /// Applies a stretch of the log and what was appended beside it to the tables that need not be loaded anyway.
    mutating func applyLog(_ span: LogSpan, _ ends: TableEnds, _ transaction: StoreTransaction) throws {
        let log = ChangeLogReader(connection)
        let portions = span.portions(of: logPortion)
        var keys = ChangeLogReader.IntegerKeys()
        if portions.count == 1 {
            keys = try log.integerKeys(span)
        } else {
            for portion in portions {
                let keys = try log.integerKeys(portion)
                distrustEnds(keys)
                try apply(try tableChanges(keys, nil, transaction), portion, transaction)
                countLogged(keys)
            }
        }
        // With the last keys, or after them where they came in portions.
        try apply(try tableChanges(keys, ends, transaction), span, transaction)
        countLogged(keys)
        keepEnds(ends)
    }

    /// Counts keys that were read from the log.
    mutating func countLogged(_ keys: ChangeLogReader.IntegerKeys) {
        loggedCount += keys.count
        report.changeCount += keys.count
    }

    /// When the keys are not all at hand and the last row is among them, nothing tells which row below it was there all
    /// the time.
    private mutating func distrustEnds(_ keys: ChangeLogReader.IntegerKeys) {
        for (name, table) in state.tables where table.hasUnloggedAppends {
            guard let logged = keys.byTable[table.captureID] else { continue }
            if table.lastRow.map({ logged.contains($0.rowID) }) ?? true { state.tables[name]?.needsLoad = true }
        }
    }

    /// Finds what is to be read of each table that need not be loaded anyway; others are marked.
    ///
    /// - Parameters:
    ///   - keys: what the log has; all of it unless `ends` is nil.
    ///   - ends: nil to leave out what was appended.
    ///   - transaction: holds the tables as of the last sync.
    mutating func tableChanges(
        _ keys: ChangeLogReader.IntegerKeys, _ ends: TableEnds?, _ transaction: StoreTransaction
    ) throws -> [String: TableChange] {
        var changes: [String: TableChange] = [:]
        for (name, table) in state.tables where !table.needsLoad {
            let logged = keys.byTable[table.captureID]
            var change = TableChange(isLogged: logged != nil)
            if let logged, table.mapping.key.isRowID { change.rowIDs = logged.sortedUniquely() }
            do {
                if let now = ends?.lastRows[name] { try findAppended(&change, table, now, transaction) }
            } catch let error as EngineError where Self.concernsOneTable(error) {
                change.appended.isOther = true
            }
            if change.appended.isOther {
                state.tables[name]?.needsLoad = true
            } else if change.isLogged || !change.appended.isEmpty {
                changes[name] = change
            }
        }
        return changes
    }

    private func findAppended(
        _ change: inout TableChange, _ table: MirrorState.Table, _ now: LastRow?, _ transaction: StoreTransaction
    ) throws {
        guard let id = transaction.tableID(named: table.mapping.name) else { return }
        // Most syncs change few tables.
        if !change.isLogged, now == table.lastRow { return }
        // Where there was none, every row is new.
        if now != nil, transaction.rowCount(of: id) == 0 {
            change.appended.first = .min
            return
        }
        let appended = try TableReader(connection, table.mapping).appendedRows(
            since: table.lastRow, now: now, logged: change.rowIDs
        ) { try transaction.contains($0, in: id) }
        change.appended = appended
        guard let rowID = appended.replaced else { return }
        let place = change.rowIDs.firstIndex { $0 > rowID } ?? change.rowIDs.endIndex
        change.rowIDs.insert(rowID, at: place)
    }

    /// Whether no more rows have to be read than a short sync may.
    func isShort(_ changes: [String: TableChange], _ loggedCount: Int) throws -> Bool {
        var count = loggedCount
        for (name, change) in changes {
            guard let first = change.appended.first, let table = state.tables[name] else { continue }
            let known = change.appendedKeyCount
            let limit = Int(Self.shortRowCount) + known + 1
            count += try TableReader(connection, table.mapping).rowCount(from: first, atMost: limit) - known
        }
        return count <= Int(Self.shortRowCount)
    }

    /// Reads the rows that changed as they stand and writes them to the store. A table that fails is to be loaded.
    mutating func apply(
        _ changes: [String: TableChange], _ span: LogSpan, _ transaction: StoreTransaction
    ) throws {
        for (name, change) in changes {
            guard let table = state.tables[name], let id = transaction.tableID(named: table.mapping.name) else {
                continue
            }
            if table.mapping.hasUnloggedConflicts { suspects.insert(name) }
            if !table.quarantined.isEmpty, change.isLogged || change.appended.replaced != nil {
                // Which rows the values in quarantine belong to is not kept, so a change may have freed them.
                state.tables[name]?.needsLoad = true
                continue
            }
            do {
                try apply(change, name, table, span) { try transaction.apply($0, to: id) }
            } catch let error as EngineError where Self.concernsOneTable(error) {
                state.tables[name]?.needsLoad = true
            }
        }
    }

    private mutating func apply(
        _ change: TableChange, _ name: String, _ table: MirrorState.Table, _ span: LogSpan,
        _ write: (TableChanges) throws -> Void
    ) throws {
        let quarantine = Quarantine()
        let reader = TableReader(connection, table.mapping, quarantine: quarantine)
        let count =
            switch table.mapping.key {
            case .rowID: try reader.readChanges(of: change.rowIDs, andAllFrom: change.appended.first, write)
            case .columns:
                try reader.readChanges(of: ChangeLogReader(connection), tableID: table.captureID, span, write)
            }
        report.changeCount += count.appended
        entries[name, default: .init(name: table.mapping.name)].add(count)
        let counts = quarantine.counts
        if !counts.isEmpty { state.tables[name]?.quarantined.merge(counts) { $0 + $1 } }
    }
}

extension SyncReport.Table {
    fileprivate mutating func add(_ count: TableReader.Count) {
        upsertedRowCount += count.upserted
        deletedRowCount += count.deleted
    }
}
