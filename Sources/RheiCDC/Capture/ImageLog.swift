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
    /// The unique indexes whose entries the images have.
    var indexes: [Index] = []

    /// A unique index whose entries are in the images.
    struct Index: Sendable, Equatable {
        var name: String
        /// How the values of an entry compare.
        var collations: [KeyCollation]
    }

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
        try readIndexes(into: &logs, connection)
        return logs
    }

    private static func readIndexes(into logs: inout [Int64: ImageLog], _ connection: Connection) throws {
        let isPresent = try connection.firstInteger(
            "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = ?",
            [.text(CaptureNames.imageIndexes)])
        guard isPresent == 1 else { return }
        let sql = "SELECT id, part, name, collation FROM main._rhei_image_indexes ORDER BY id, number, part"
        for row in try connection.run(sql).rows {
            guard case .integer(let id) = row[0], case .integer(let part) = row[1], case .text(let name) = row[2],
                case .text(let text) = row[3], let collation = KeyCollation(rawValue: text)
            else { throw EngineError(.corrupt, "the table _rhei_image_indexes is damaged") }
            if part == 0 { logs[id]?.indexes.append(Index(name: name, collations: [])) }
            if let last = logs[id]?.indexes.indices.last { logs[id]?.indexes[last].collations.append(collation) }
        }
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
        let indexes = CaptureTriggers(id: id, table: table, key: key).replaceableIndexes
        if !indexes.isEmpty { try note(indexes, of: id, connection) }
        let entries = indexes.enumerated().flatMap { number, index in
            (0..<index.width).map { CaptureNames.entry(index: number, part: $0) }
        }
        let names = (0..<key.width).map { "k\($0)" } + table.columns.indices.map { "c\($0)" } + entries
        try connection.execute(
            "CREATE TABLE main.\(CaptureNames.images(table: id))(seq INTEGER PRIMARY KEY, at, op, "
                + names.joined(separator: ", ") + ")")
        let format = indexes.isEmpty ? CaptureNames.formatOfImages : CaptureNames.formatOfEntries
        try connection.run(
            "UPDATE main._rhei_meta SET value = ? WHERE key = ? AND value < ?1",
            [.integer(format), .text(CaptureNames.MetaKey.formatVersion.rawValue)])
    }

    private static func note(_ indexes: [ReplaceableIndex], of id: Int64, _ connection: Connection) throws {
        try connection.execute(
            "CREATE TABLE IF NOT EXISTS main._rhei_image_indexes(id INTEGER, number INTEGER, part INTEGER, name TEXT, collation TEXT)"
        )
        for (number, index) in indexes.enumerated() {
            for (part, column) in index.index.keyColumns.enumerated() {
                try connection.run(
                    "INSERT INTO main._rhei_image_indexes VALUES (?, ?, ?, ?, ?)",
                    [
                        .integer(id), .integer(Int64(number)), .integer(Int64(part)), .text(index.index.name),
                        .text(column.collation.uppercased()),
                    ])
            }
        }
    }

    /// Removes a log with its images.
    static func drop(_ id: Int64, _ connection: Connection) throws {
        try connection.execute("DROP TABLE IF EXISTS main.\(CaptureNames.images(table: id))")
        try connection.run("DELETE FROM main._rhei_image_logs WHERE id = ?", [.integer(id)])
        try connection.run("DELETE FROM main._rhei_image_columns WHERE id = ?", [.integer(id)])
        let hasIndexes = try connection.firstInteger(
            "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = ?",
            [.text(CaptureNames.imageIndexes)])
        if hasIndexes == 1 {
            try connection.run("DELETE FROM main._rhei_image_indexes WHERE id = ?", [.integer(id)])
        }
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
        let indexes = ReplaceableIndex.all(of: table)
        for index in indexes {
            let isForeign = index.index.keyColumns.contains { KeyCollation(rawValue: $0.collation.uppercased()) == nil }
            if let reason = isForeign ? "which compares by a collation of the application" : index.obstacle {
                return EngineError.unsupported(
                    "history of table '\(table.name)' with unique index '\(index.index.name)', \(reason)")
            }
        }
        let entryWidth = indexes.reduce(0) { $0 + $1.width }
        if table.columns.count + key.width + entryWidth + 3 > 2_000 {
            return EngineError.unsupported("history of table '\(table.name)', which has \(table.columns.count) columns")
        }
        return nil
    }
}
