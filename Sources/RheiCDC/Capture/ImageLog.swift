import RheiCore
import RheiSQLite

/// A log of row images, made by one set of triggers of one table.
struct ImageLog: Sendable, Equatable {
    /// The table's name when the triggers were made.
    var name: String
    /// The triggers that these took the place of, when nothing was missed in between.
    var continues: Int64?
    var triggerCount: Int
    /// The names of the columns in the images.
    var columns: [String] = []

    /// Reads all logs that there are; none where no history was ever kept.
    static func readAll(_ connection: Connection) throws -> [Int64: ImageLog] {
        guard try isPresent(connection) else { return [:] }
        var logs: [Int64: ImageLog] = [:]
        for row in try connection.run("SELECT id, name, continues, triggers FROM main._rhei_image_logs").rows {
            guard case .integer(let id) = row[0], case .text(let name) = row[1], case .integer(let count) = row[3]
            else {
                throw EngineError(.corrupt, "the table _rhei_image_logs is damaged")
            }
            var continues: Int64?
            if case .integer(let former) = row[2] { continues = former }
            logs[id] = ImageLog(name: name, continues: continues, triggerCount: Int(clamping: count))
        }
        for row in try connection.run("SELECT id, name FROM main._rhei_image_columns ORDER BY id, position").rows {
            if case .integer(let id) = row[0], case .text(let name) = row[1] { logs[id]?.columns.append(name) }
        }
        return logs
    }

    static func isPresent(_ connection: Connection) throws -> Bool {
        try connection.firstInteger(
            "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name IN (?, ?)",
            [.text(CaptureNames.imageLogs), .text(CaptureNames.imageColumns)]) == 2
    }

    /// Makes the log of a table whose triggers get the number `id`.
    static func create(
        _ id: Int64, _ table: TableDescription, _ key: CaptureKey, continuing former: Int64?, triggerCount: Int,
        _ connection: Connection
    ) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS main._rhei_image_logs(
                id INTEGER PRIMARY KEY, name TEXT NOT NULL, continues INTEGER, triggers INTEGER NOT NULL);
            CREATE TABLE IF NOT EXISTS main._rhei_image_columns(id INTEGER, position INTEGER, name TEXT);
            """)
        try connection.run(
            "INSERT INTO main._rhei_image_logs VALUES (?, ?, ?, ?)",
            [
                .integer(id), .text(table.name), former.map(SQLValue.integer) ?? .null,
                .integer(Int64(triggerCount)),
            ])
        for (position, column) in table.columns.enumerated() {
            try connection.run(
                "INSERT INTO main._rhei_image_columns VALUES (?, ?, ?)",
                [.integer(id), .integer(Int64(position)), .text(column.name)])
        }
        let names = (0..<key.width).map { "k\($0)" } + table.columns.indices.map { "c\($0)" }
        try connection.execute(
            "CREATE TABLE main.\(CaptureNames.images(table: id))(seq INTEGER PRIMARY KEY, at, op, "
                + names.joined(separator: ", ") + ")")
        try connection.run(
            "UPDATE main._rhei_meta SET value = ? WHERE key = ? AND value < ?1",
            [.integer(CaptureNames.formatVersion), .text(CaptureNames.MetaKey.formatVersion.rawValue)])
    }

    /// Removes a log with its images.
    static func drop(_ id: Int64, _ connection: Connection) throws {
        try connection.execute("DROP TABLE IF EXISTS main.\(CaptureNames.images(table: id))")
        try connection.run("DELETE FROM main._rhei_image_logs WHERE id = ?", [.integer(id)])
        try connection.run("DELETE FROM main._rhei_image_columns WHERE id = ?", [.integer(id)])
    }

    /// Deletes images up to log row `sequence`, and logs without images whose triggers are gone.
    static func prune(through sequence: Int64, _ connection: Connection) throws {
        guard try isPresent(connection) else { return }
        let ids = try connection.run("SELECT id, id IN (SELECT id FROM main._rhei_tables) FROM main._rhei_image_logs")
            .rows
        for row in ids {
            guard case .integer(let id) = row[0] else { continue }
            let images = "main.\(CaptureNames.images(table: id))"
            try connection.run("DELETE FROM \(images) WHERE seq <= ?", [.integer(sequence)])
            if row[1] == 0, try connection.firstInteger("SELECT count(*) FROM \(images)") == 0 {
                try drop(id, connection)
            }
        }
    }

    /// Why a history of the table cannot be kept; nil when it can.
    static func obstacle(_ table: TableDescription, _ key: CaptureKey) -> EngineError? {
        if CaptureTriggers.hasUnloggedConflicts(table) {
            return EngineError.unsupported(
                "history of table '\(table.name)', which has a unique index that is partial or over expressions")
        }
        // A row in doubt that stays, and whose key REPLACE then takes, would be told of as gone too early.
        if CaptureTriggers(id: 0, table: table, key: key).all.count > 3 {
            return EngineError.unsupported(
                "history of table '\(table.name)', which has a unique index besides the key of its rows")
        }
        if table.columns.count + key.width + 3 > 2_000 {
            return EngineError.unsupported("history of table '\(table.name)', which has \(table.columns.count) columns")
        }
        return nil
    }
}
