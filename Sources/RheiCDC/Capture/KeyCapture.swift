import RheiCore
package import RheiSQLite

/// Logs the keys of the rows that the engine's own transactions change.
///
/// It takes the place of the triggers while the application has none: those of capture need a call of SQLite's virtual
/// machine and a row of the log per changed row, this one row of the log per table and transaction. Keys gather in
/// memory, 16 bytes per run of neighbouring rowids, and are written just before COMMIT, in the same transaction.
package final class KeyCapture: RowChangeObserver {
    /// A captured table and the keys gathered for it.
    private final class Table {
        let id: Int64
        /// The name with its terminator, as SQLite reports it.
        let name: [CChar]
        /// The key's columns in a WITHOUT ROWID table; empty where the rowid is the key.
        let keyColumns: [Int]
        let isKeyedByRowID: Bool
        var rowIDs = RowIDRuns()
        var keys: [[KeptValue]] = []

        init(id: Int64, name: String, keyColumns: [Int]) {
            self.id = id
            self.name = Array(name.utf8CString)
            self.keyColumns = keyColumns
            isKeyedByRowID = keyColumns.isEmpty
        }
    }

    /// What decides whether triggers have to run.
    private struct Signature: Equatable {
        var cookie: Int64
        var schemaStatementCount: Int
    }

    private var signature: Signature?
    private var isUsable = false
    /// The format of the log.
    private var formatVersion: Int64 = 0
    private var tables: [Table] = []
    private var positions: [String: Int] = [:]
    /// The table of the last change.
    private var current: Table?
    /// Whether a key could not be read.
    private var isIncomplete = false

    /// The name of the log with its terminator.
    private static let logName = Array("_rhei_cdc_log".utf8CString)

    package init() {}

    package func wantsRows(_ connection: Connection) throws -> Bool {
        let now = Signature(
            cookie: try connection.schemaVersion(), schemaStatementCount: connection.schemaStatementCount)
        if now != signature {
            try readTables(connection)
            signature = now
        }
        return isUsable
    }

    package func begin() {
        for table in tables where table.rowIDs.count + table.keys.count > 0 {
            table.rowIDs.removeAll()
            table.keys = []
        }
        isIncomplete = false
    }

    // MARK: - Gathering

    package func willChange(_ change: RowChange) {
        guard let table = current, change.isOn(table.name) else { return willChangeOther(change) }
        if table.isKeyedByRowID { Self.noteRowIDs(change, table) } else { noteKeys(change, table) }
    }

    /// Takes notice of the first of some changes of one table.
    private func willChangeOther(_ change: RowChange) {
        // Whole stretches of the log go when it is pruned.
        guard !change.isOn(Self.logName), let position = positions[asciiLowercased(change.tableName)] else { return }
        let table = tables[position]
        current = table
        if table.isKeyedByRowID { Self.noteRowIDs(change, table) } else { noteKeys(change, table) }
    }

    @inline(__always)
    private static func noteRowIDs(_ change: RowChange, _ table: Table) {
        if change.operation != .insert { table.rowIDs.append(change.oldRowID) }
        if change.operation != .delete { table.rowIDs.append(change.newRowID) }
    }

    private func noteKeys(_ change: RowChange, _ table: Table) {
        if change.operation != .insert { note(table.keyColumns.map { change.oldValue($0) }, table) }
        if change.operation != .delete { note(table.keyColumns.map { change.newValue($0) }, table) }
    }

    private func note(_ key: [KeptValue?], _ table: Table) {
        let values = key.compactMap { $0 }
        guard values.count == key.count else { return isIncomplete = true }
        table.keys.append(values)
    }

    // MARK: - Writing

    package func willCommit(_ connection: Connection) throws {
        guard !isIncomplete else {
            throw EngineError(.outOfMemory, "a changed key could not be kept for the change log")
        }
        for table in tables {
            if table.rowIDs.count > 0 { try log(table.rowIDs, of: table, connection) }
            for key in table.keys { try log(key, of: table, connection) }
        }
    }

    /// Writes a lone rowid as a trigger does, and several as one row whose table id is negative.
    private func log(_ rowIDs: RowIDRuns, of table: Table, _ connection: Connection) throws {
        try connection.withStatement("INSERT INTO main._rhei_cdc_log(tbl, k0) VALUES (?, ?)") { statement in
            if rowIDs.count == 1 {
                try statement.bind(table.id, at: 1)
                try statement.bind(rowIDs.runs[0].first, at: 2)
            } else {
                try allowRuns(connection)
                try statement.bind(-table.id, at: 1)
                try statement.bind(.blob(rowIDs.encoded()), at: 2)
            }
            try statement.run()
        }
    }

    private func log(_ key: [KeptValue], of table: Table, _ connection: Connection) throws {
        let columns = key.indices.map { ", k\($0)" }.joined()
        let places = key.indices.map { _ in ", ?" }.joined()
        try connection.withStatement("INSERT INTO main._rhei_cdc_log(tbl\(columns)) VALUES (?\(places))") { statement in
            try statement.bind(table.id, at: 1)
            for (index, value) in key.enumerated() { try statement.bind(value, at: index + 2) }
            try statement.run()
        }
    }

    /// Marks a log of an older format, before the first row that it could not hold.
    private func allowRuns(_ connection: Connection) throws {
        guard formatVersion < CaptureNames.formatOfRuns else { return }
        try connection.run(
            "UPDATE main._rhei_meta SET value = ? WHERE key = ? AND value < ?1",
            [.integer(CaptureNames.formatOfRuns), .text(CaptureNames.MetaKey.formatVersion.rawValue)])
    }

    // MARK: - Tables

    /// Reads what is captured, and whether all triggers of the database may rest: none is the application's, none logs
    /// images, and ours stand as they should, so that no sync will find a table to load anew.
    private func readTables(_ connection: Connection) throws {
        isUsable = false
        tables = []
        positions = [:]
        current = nil
        let state = try CaptureState(connection)
        guard state.isInstalled, !state.tableIDs.isEmpty, try !Self.hasTriggersOfApplication(connection) else { return }
        let schema = try SchemaReader(connection).read()
        for (name, id) in state.tableIDs {
            guard state.imageLogs[id] == nil, let table = schema.table(named: name), let key = try? CaptureKey(table),
                state.captureID(of: table, key: key) == id, let columns = Self.keyColumns(of: table, key)
            else { return }
            positions[name] = tables.count
            tables.append(Table(id: id, name: table.name, keyColumns: columns))
        }
        formatVersion = state.formatVersion
        isUsable = true
    }

    /// The positions that the pre-update hook knows the key's columns by; `nil` where generated columns shift them.
    private static func keyColumns(of table: TableDescription, _ key: CaptureKey) -> [Int]? {
        guard case .columns(let columns) = key else { return [] }
        return table.columns.allSatisfy { $0.generation == .ordinary } ? columns.map(\.index) : nil
    }

    private static func hasTriggersOfApplication(_ connection: Connection) throws -> Bool {
        let sql = """
            SELECT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE type = 'trigger' AND name NOT GLOB '_rhei_[0-9]*')
                OR EXISTS (SELECT 1 FROM temp.sqlite_schema WHERE type = 'trigger')
            """
        return try connection.firstInteger(sql) != 0
    }
}
