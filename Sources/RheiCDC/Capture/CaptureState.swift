import RheiCore
import RheiSQLite

/// What a database holds of capture: attached tables, triggers, and the marks of the log.
struct CaptureState: Sendable {
    /// A trigger whose name is ours.
    struct Trigger: Hashable, Sendable {
        var name: String
        /// The table it stands on now, after any renaming.
        var table: String
        var sql: String
        /// Its place in the order in which triggers were made.
        var order: Int64
    }

    /// Whether the tables of capture exist.
    var isInstalled = false
    /// Ids by folded name.
    var tableIDs: [String: Int64] = [:]
    var triggers: [Trigger] = []
    /// Per table, folded, the place of the application's newest trigger.
    private var newestForeignTrigger: [String: Int64] = [:]
    var logID = ""
    /// The rowid of the sentinel; nil when its row is missing.
    var sentinel: Int64?
    /// The marks of the last flushes; see `StoreAnchor`.
    var marks: [String] = []
    /// The format of the log.
    var formatVersion: Int64 = 0
    /// How many changes of the schema were the engine's own.
    var ownSchemaChangeCount: Int64 = 0
    /// How many key columns the log has.
    var keyWidth = 0
    /// The logs of row images, by the id of their triggers; also of triggers that are gone, until their images are
    /// pruned.
    var imageLogs: [Int64: ImageLog] = [:]

    /// Reads the state inside the caller's transaction.
    ///
    /// - Throws: `unsupported` for a log of a newer format.
    init(_ connection: Connection) throws {
        let names = CaptureNames.all.map(quotedLiteral).joined(separator: ", ")
        let present = try connection.firstInteger(
            "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name IN (\(names))")
        isInstalled = present == Int64(CaptureNames.all.count)
        triggers = try connection.run(
            "SELECT name, tbl_name, sql, rowid FROM main.sqlite_schema WHERE type = 'trigger' AND name GLOB '_rhei_*'"
        ).rows.compactMap { row in
            guard case .text(let name) = row[0], case .text(let table) = row[1], case .text(let sql) = row[2],
                case .integer(let order) = row[3]
            else { return nil }
            return Trigger(name: name, table: table, sql: sql, order: order)
        }
        let foreign = try connection.run(
            "SELECT tbl_name, rowid FROM main.sqlite_schema WHERE type = 'trigger' AND name NOT GLOB '_rhei_*' ORDER BY rowid"
        )
        for row in foreign.rows {
            if case .text(let table) = row[0], case .integer(let order) = row[1] {
                newestForeignTrigger[asciiLowercased(table)] = order
            }
        }
        guard isInstalled else { return }
        try readMarks(connection)
    }

    private mutating func readMarks(_ connection: Connection) throws {
        formatVersion = try Self.integer(.formatVersion, connection) ?? 0
        guard (1...CaptureNames.formatVersion).contains(formatVersion) else {
            throw EngineError.unsupported(
                "a change log of format \(formatVersion), this is format \(CaptureNames.formatVersion)")
        }
        logID =
            try connection.firstText(
                "SELECT value FROM main._rhei_meta WHERE key = ?", [.text(CaptureNames.MetaKey.logID.rawValue)]) ?? ""
        for row in try connection.run("SELECT id, name FROM main._rhei_tables").rows {
            if case .integer(let id) = row[0], case .text(let name) = row[1] { tableIDs[asciiLowercased(name)] = id }
        }
        ownSchemaChangeCount = try Self.integer(.ownSchemaChanges, connection) ?? 0
        marks = try Self.marks(connection)
        sentinel = try connection.firstInteger("SELECT rowid FROM main._rhei_rowids")
        keyWidth = Int(
            try connection.firstInteger(
                "SELECT count(*) FROM pragma_table_info('_rhei_cdc_log') WHERE name GLOB 'k[0-9]*'") ?? 0)
        imageLogs = try ImageLog.readAll(connection)
    }

    static func integer(_ key: CaptureNames.MetaKey, _ connection: Connection) throws -> Int64? {
        try connection.firstInteger("SELECT value FROM main._rhei_meta WHERE key = ?", [.text(key.rawValue)])
    }

    static func marks(_ connection: Connection) throws -> [String] {
        let text = try connection.firstText(
            "SELECT value FROM main._rhei_meta WHERE key = ?", [.text(CaptureNames.MetaKey.storeMarks.rawValue)])
        return (text ?? "").split(separator: " ").map(String.init)
    }

    /// The last log row that a folder of segment files holds; nil when there is no such folder for this log.
    static func durableSequence(_ connection: Connection, logID: String) throws -> Int64? {
        let text = try connection.firstText(
            "SELECT value FROM main._rhei_meta WHERE key = ?", [.text(CaptureNames.MetaKey.durableThrough.rawValue)])
        let parts = (text ?? "").split(separator: " ")
        return parts.count == 2 && parts[1] == logID ? Int64(parts[0]) : nil
    }

    /// Whether triggers of this number fire before those of the application.
    ///
    /// The newest trigger fires first. One that fires before ours may end the statement, by RAISE(IGNORE) or by a
    /// failure under OR FAIL, with the row changed and not logged.
    func firesFirst(_ id: Int64, on table: String) -> Bool {
        let newest = newestForeignTrigger[asciiLowercased(table)] ?? 0
        return triggers.allSatisfy { CaptureNames.tableID(ofTrigger: $0.name) != id || $0.order > newest }
    }

    /// The id under which exactly the right triggers stand on `table`; nil when it is not captured, or not as it should
    /// be.
    func captureID(of table: TableDescription, key: CaptureKey) -> Int64? {
        guard isInstalled, key.width <= keyWidth, let id = tableIDs[asciiLowercased(table.name)] else { return nil }
        let wanted = CaptureTriggers(id: id, table: table, key: key, logsImages: imageLogs[id] != nil).all
        let found = triggers.filter { CaptureNames.tableID(ofTrigger: $0.name) == id }
        let isIntact =
            found.count == wanted.count
            && wanted.allSatisfy { wanted in
                found.contains {
                    $0.name == wanted.name && $0.sql == wanted.sql
                        && asciiLowercased($0.table) == asciiLowercased(table.name)
                }
            }
        return isIntact && firesFirst(id, on: table.name) ? id : nil
    }
}
