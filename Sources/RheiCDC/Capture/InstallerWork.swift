import RheiCore
import RheiSQLite

/// The steps of one installation, inside a write transaction.
struct InstallerWork {
    private let connection: Connection
    /// Lower-case names of tables whose history is asked for, besides those that have one.
    private let histories: Set<String>

    init(_ connection: Connection, histories: Set<String> = []) {
        self.connection = connection
        self.histories = histories
    }

    mutating func attach(_ selection: CaptureSelection) throws -> [String: EngineError] {
        let schema = try SchemaReader(connection).read()
        var refused: [String: EngineError] = [:]
        var wanted: [(table: TableDescription, key: CaptureKey)] = []
        for table in selection.tables(of: schema) {
            do { wanted.append((table, try CaptureKey(table))) } catch let error as EngineError {
                refused[table.name] = error
            }
        }
        if !wanted.isEmpty { try createTables() }
        let state = try CaptureState(connection)
        guard state.isInstalled else { return refused }
        try renewSentinel(state)
        try widenLog(to: wanted.map(\.key.width).max() ?? 0, from: state.keyWidth)
        try forgetMissing(schema, state)
        for (table, key) in wanted {
            let id = state.captureID(of: table, key: key)
            if id.map({ lacksHistory($0, table, key, state) }) ?? true { try capture(table, key, state) }
        }
        return refused
    }

    mutating func detach(_ names: [String]) throws {
        let state = try CaptureState(connection)
        for name in names {
            guard let id = state.tableIDs[asciiLowercased(name)] else {
                throw EngineError(.unknownName, "table '\(name)' is not captured")
            }
            try drop(id, state)
            if state.imageLogs[id] != nil { try ImageLog.drop(id, connection) }
        }
        if try connection.firstInteger("SELECT count(*) FROM main._rhei_tables") == 0 { try removeAll() }
    }

    mutating func alter(_ name: String, by sql: String) throws {
        let state = try CaptureState(connection)
        guard let id = state.tableIDs[asciiLowercased(name)],
            let before = try SchemaReader(connection).read().table(named: name)
        else { return try connection.execute(sql) }
        let continues = wasWhole(id, before, state)
        try drop(id, state)
        try connection.execute(sql)
        // Without the table, or a key, the next sync says what is wrong.
        guard let table = try SchemaReader(connection).read().table(named: name), let key = try? CaptureKey(table)
        else {
            return
        }
        try capture(table, key, state, continuing: continues ? id : nil)
    }

    mutating func removeAll() throws {
        let state = try CaptureState(connection)
        for trigger in state.triggers where CaptureNames.tableID(ofTrigger: trigger.name) != nil {
            try connection.execute("DROP TRIGGER main.\(quotedIdentifier(trigger.name))")
        }
        for id in state.imageLogs.keys { try ImageLog.drop(id, connection) }
        for name in CaptureNames.all + CaptureNames.allOfImages {
            try connection.execute("DROP TABLE IF EXISTS main.\(quotedIdentifier(name))")
        }
    }

    private func lacksHistory(
        _ id: Int64, _ table: TableDescription, _ key: CaptureKey, _ state: CaptureState
    ) -> Bool {
        histories.contains(asciiLowercased(table.name)) && state.imageLogs[id] == nil
            && ImageLog.obstacle(table, key) == nil
    }

    // MARK: - Tables of capture

    private func createTables() throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS main._rhei_cdc_log(seq INTEGER PRIMARY KEY, tbl INTEGER NOT NULL, k0);
            CREATE TABLE IF NOT EXISTS main._rhei_tables(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS main._rhei_meta(key TEXT PRIMARY KEY, value);
            CREATE TABLE IF NOT EXISTS main._rhei_rowids(x);
            INSERT OR IGNORE INTO main._rhei_meta VALUES
                ('format_version', \(CaptureNames.formatOfRuns)), ('log_id', lower(hex(randomblob(16)))),
                ('pruned_through', 0), ('next_table_id', 1), ('next_sentinel', 2);
            """)
    }

    /// Gives the sentinel a rowid it never had, after a VACUUM has renumbered it or when its row is missing.
    private func renewSentinel(_ state: CaptureState) throws {
        if let sentinel = state.sentinel, sentinel > 1 { return }
        let next = try takeNumber(.nextSentinel)
        try connection.execute("DELETE FROM main._rhei_rowids")
        try connection.run("INSERT INTO main._rhei_rowids(rowid) VALUES (?)", [.integer(next)])
    }

    private func takeNumber(_ key: CaptureNames.MetaKey) throws -> Int64 {
        let sql = "UPDATE main._rhei_meta SET value = value + 1 WHERE key = ? RETURNING value - 1"
        guard case .integer(let number)? = try connection.run(sql, [.text(key.rawValue)]).rows.first?.first else {
            throw EngineError(.corrupt, "the table _rhei_meta lacks '\(key.rawValue)'")
        }
        return number
    }

    private func widenLog(to wanted: Int, from present: Int) throws {
        guard present < wanted else { return }
        for index in present..<wanted { try connection.execute("ALTER TABLE main._rhei_cdc_log ADD COLUMN k\(index)") }
    }

    // MARK: - Triggers

    /// Forgets tables that are gone, and triggers that stand on a table of another name or of no known id.
    private func forgetMissing(_ schema: SchemaDescription, _ state: CaptureState) throws {
        for (name, id) in state.tableIDs where schema.table(named: name)?.kind != .table { try drop(id, state) }
        let names = Dictionary(uniqueKeysWithValues: state.tableIDs.map { ($0.value, $0.key) })
        var strays: Set<Int64> = []
        for trigger in state.triggers {
            guard let id = CaptureNames.tableID(ofTrigger: trigger.name) else { continue }
            if names[id] != asciiLowercased(trigger.table) { strays.insert(id) }
        }
        for id in strays { try drop(id, state) }
    }

    /// Makes the triggers of a table anew.
    ///
    /// - Parameter former: the triggers whose images the new ones continue, where that is known.
    private func capture(
        _ table: TableDescription, _ key: CaptureKey, _ state: CaptureState, continuing former: Int64? = nil
    ) throws {
        let old = state.tableIDs[asciiLowercased(table.name)]
        if let old { try drop(old, state) }
        let id = try takeNumber(.nextTableID)
        try connection.run("INSERT INTO main._rhei_tables(id, name) VALUES (?, ?)", [.integer(id), .text(table.name)])
        let hadHistory = old.map { state.imageLogs[$0] != nil } ?? false
        let keepsHistory =
            (hadHistory || histories.contains(asciiLowercased(table.name)))
            && ImageLog.obstacle(table, key) == nil
        let triggers = CaptureTriggers(id: id, table: table, key: key, logsImages: keepsHistory).all
        if keepsHistory {
            try ImageLog.create(
                id, table, key, continuing: former ?? old.flatMap { wasWhole($0, table, state) ? $0 : nil },
                triggerCount: triggers.count, connection)
        }
        for trigger in triggers { try connection.execute(trigger.creation) }
    }

    /// Whether a log of images has missed nothing: its triggers stand, all of them, on this table.
    private func wasWhole(_ id: Int64, _ table: TableDescription, _ state: CaptureState) -> Bool {
        let standing = state.triggers.filter {
            CaptureNames.tableID(ofTrigger: $0.name) == id && asciiLowercased($0.table) == asciiLowercased(table.name)
        }
        return standing.count == state.imageLogs[id]?.triggerCount && state.firesFirst(id, on: table.name)
    }

    private func drop(_ id: Int64, _ state: CaptureState) throws {
        for trigger in state.triggers where CaptureNames.tableID(ofTrigger: trigger.name) == id {
            try connection.execute("DROP TRIGGER IF EXISTS main.\(quotedIdentifier(trigger.name))")
        }
        try connection.run("DELETE FROM main._rhei_tables WHERE id = ?", [.integer(id)])
    }
}
