import RheiSQLite

/// One trigger that logs keys.
struct CaptureTrigger: Hashable, Sendable {
    var name: String
    /// The CREATE statement exactly as SQLite keeps it in its schema table.
    var sql: String

    /// The statement that makes it, in the main database even where a temporary table has the same name.
    var creation: String { "CREATE TRIGGER main." + sql.dropFirst("CREATE TRIGGER ".count) }
}

/// Writes the triggers of one table.
///
/// They log keys and never values: the sync reads the row as it stands. AFTER triggers log what a statement names; a new
/// row above all others is not logged, since the sync finds it there (`AppendedRows`).
/// REPLACE also removes rows that conflict over another unique index, without firing DELETE triggers unless the writer
/// has `recursive_triggers` on; those keys are logged by BEFORE triggers while the rows are still there. To log a key
/// too many is harmless. An index whose conflicts no query can find is left to the sync, which counts rows
/// (`hasUnloggedConflicts`).
///
/// Of a table with a history they also log how the row of the key stands after the change; see
/// ``CaptureTriggers/insertImage``.
struct CaptureTriggers {
    let id: Int64
    let table: TableDescription
    let key: CaptureKey
    private let logsImages: Bool

    init(id: Int64, table: TableDescription, key: CaptureKey, logsImages: Bool = false) {
        self.id = id
        self.table = table
        self.key = key
        self.logsImages = logsImages
    }

    /// All triggers of the table.
    var all: [CaptureTrigger] {
        let indexes = replaceableIndexes
        let claims = logsImages ? indexes.indices.flatMap { claim(over: indexes[$0], number: $0) } : []
        var triggers = [
            trigger(
                "i", "AFTER INSERT", when: isBelowOthers,
                [insertKey(of: "NEW")] + image(of: "NEW", .arrived) + claims),
            trigger(
                "u", "AFTER UPDATE",
                [insertKey(of: "OLD")] + image(of: "OLD", .updated) + [insertChangedKey]
                    + image(of: "NEW", .arrived, where: keyDifference) + claims),
            trigger("d", "AFTER DELETE", [insertKey(of: "OLD")] + image(of: "OLD", .updated)),
        ]
        if !indexes.isEmpty {
            triggers.append(trigger("b", "BEFORE INSERT", conflicts(over: indexes, excepting: nil)))
            triggers.append(
                trigger("v", "BEFORE UPDATE" + updateColumns(of: indexes), conflicts(over: indexes, excepting: "OLD")))
        }
        return triggers
    }

    private func trigger(
        _ suffix: String, _ event: String, when condition: String? = nil, _ statements: [String]
    ) -> CaptureTrigger {
        let name = CaptureNames.trigger(table: id, suffix: suffix)
        let head = "CREATE TRIGGER \(quotedIdentifier(name)) \(event) ON \(quotedIdentifier(table.name))"
        let when = condition.map { " WHEN \($0)" } ?? ""
        let body = statements.map { $0 + "; " }.joined()
        return CaptureTrigger(name: name, sql: "\(head)\(when) BEGIN \(body)END")
    }

    /// Whether new rows are not logged when their rowids are above all others.
    static func leavesAppendsUnlogged(_ table: TableDescription, _ key: CaptureKey) -> Bool {
        key.isRowID && !hasUnloggedConflicts(table)
    }

    /// Whether the new row is not the one of the greatest rowid; nil where every new row is logged.
    private var isBelowOthers: String? {
        guard !logsImages, Self.leavesAppendsUnlogged(table, key) else { return nil }
        let name = key.sqlNames[0]
        return "EXISTS (SELECT 1 FROM \(quotedIdentifier(table.name)) WHERE \(name) > NEW.\(name))"
    }

    private func image(of row: String, _ kind: ImageKind, where condition: String? = nil) -> [String] {
        logsImages ? [insertImage(of: row, kind, where: condition)] : []
    }

    private func conflicts(over indexes: [ReplaceableIndex], excepting row: String?) -> [String] {
        indexes.flatMap { index in
            let source = conflictSource(over: index, excepting: row)
            return [insertConflicts(source)] + (logsImages ? [insertDoubt(source)] : [])
        }
    }

    // MARK: - Statements

    private var insertInto: String {
        let columns = (0..<key.width).map { ", k\($0)" }.joined()
        return "INSERT INTO \(quotedIdentifier(CaptureNames.log))(tbl\(columns))"
    }

    func insertKey(of row: String, where condition: String? = nil) -> String {
        guard let condition else { return "\(insertInto) VALUES (\(id)\(keyValues(of: row)))" }
        return "\(insertInto) SELECT \(id)\(keyValues(of: row)) WHERE \(condition)"
    }

    private func keyValues(of row: String) -> String { key.sqlNames.map { ", \(row).\($0)" }.joined() }

    /// Logs the new key of an update that changed it. Compared bytewise, which may find a change where the key's
    /// collation sees none, never the reverse.
    private var insertChangedKey: String { insertKey(of: "NEW", where: keyDifference) }

    private var keyDifference: String {
        key.sqlNames.map { "NEW.\($0) COLLATE BINARY IS NOT OLD.\($0)" }.joined(separator: " OR ")
    }

    /// Logs the rows that hold the new row's values in a unique index.
    private func insertConflicts(_ source: String) -> String {
        let names = key.sqlNames.map { ", \($0)" }.joined()
        return "\(insertInto) SELECT \(id)\(names) \(source)"
    }

    /// FROM and WHERE that find the row that holds the new row's values in a unique index: one at most.
    ///
    /// - Parameter row: a row that does not count.
    private func conflictSource(over index: ReplaceableIndex, excepting row: String?) -> String {
        let isOther = row.map { row in
            " AND (" + key.sqlNames.map { "\($0) COLLATE BINARY IS NOT \(row).\($0)" }.joined(separator: " OR ") + ")"
                + (index.hasGeneratedColumns ? " AND \(namesEveryColumn)" : "")
        }
        return "FROM \(quotedIdentifier(table.name)) WHERE \(index.isConflict)\(isOther ?? "")"
    }

    /// True, and names columns of NEW: before a BEFORE UPDATE trigger SQLite computes generated columns from those
    /// others that change or that a trigger names, and takes NULL for the rest. It always has those after the 32nd.
    private var namesEveryColumn: String {
        let names = table.columns.prefix(32).filter { $0.generation == .ordinary }.map {
            ", NEW.\(quotedIdentifier($0.name))"
        }
        return "coalesce(1\(names.joined()), 1)"
    }

    // MARK: - Indexes

    /// Unique indexes over which REPLACE may remove a row of another key, and whose conflicts a query can find.
    var replaceableIndexes: [ReplaceableIndex] { ReplaceableIndex.all(of: table).filter { $0.obstacle == nil } }

    /// Whether REPLACE may remove rows that the triggers do not log.
    static func hasUnloggedConflicts(_ table: TableDescription) -> Bool {
        ReplaceableIndex.all(of: table).contains { $0.obstacle != nil }
    }

    /// The OF clause of the update trigger; none where not only its columns can change an index.
    private func updateColumns(of indexes: [ReplaceableIndex]) -> String {
        var positions: Set<Int> = []
        for index in indexes {
            guard let columns = index.updatedColumns else { return "" }
            positions.formUnion(columns)
        }
        return " OF " + positions.sorted().map { quotedIdentifier(table.columns[$0].name) }.joined(separator: ", ")
    }
}
