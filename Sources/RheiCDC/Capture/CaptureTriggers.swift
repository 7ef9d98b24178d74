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
/// They log keys and never values: the sync reads the row as it stands. AFTER triggers log what a statement names. REPLACE
/// also removes rows that conflict over another unique index, without firing DELETE triggers unless the writer has
/// `recursive_triggers` on; those keys are logged by BEFORE triggers while the rows are still there. To log a key too
/// many is harmless.
///
/// Of a table with a history they also log how the row of the key stands after the change; see ``CaptureTriggers/insertImage``.
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
        var triggers = [
            trigger("i", "AFTER INSERT", [insertKey(of: "NEW")] + image(of: "NEW", .arrived)),
            trigger(
                "u", "AFTER UPDATE",
                [insertKey(of: "OLD")] + image(of: "OLD", .updated) + [insertChangedKey]
                    + image(of: "NEW", .arrived, where: keyDifference)),
            trigger("d", "AFTER DELETE", [insertKey(of: "OLD")] + image(of: "OLD", .updated)),
        ]
        let indexes = replaceableIndexes
        if !indexes.isEmpty {
            let conflicts = indexes.flatMap { index in
                [insertConflicts(over: index)] + (logsImages ? [insertDoubts(over: index)] : [])
            }
            triggers.append(trigger("b", "BEFORE INSERT", conflicts))
            triggers.append(trigger("v", "BEFORE UPDATE" + updateColumns(of: indexes), conflicts))
        }
        return triggers
    }

    private func trigger(_ suffix: String, _ event: String, _ statements: [String]) -> CaptureTrigger {
        let name = CaptureNames.trigger(table: id, suffix: suffix)
        let body = statements.map { $0 + "; " }.joined()
        return CaptureTrigger(
            name: name,
            sql: "CREATE TRIGGER \(quotedIdentifier(name)) \(event) ON \(quotedIdentifier(table.name)) BEGIN \(body)END"
        )
    }

    private func image(of row: String, _ kind: ImageKind, where condition: String? = nil) -> [String] {
        logsImages ? [insertImage(of: row, kind, where: condition)] : []
    }

    // MARK: - Statements

    private var insertInto: String {
        let columns = (0..<key.width).map { ", k\($0)" }.joined()
        return "INSERT INTO \(quotedIdentifier(CaptureNames.log))(tbl\(columns))"
    }

    private func insertKey(of row: String) -> String {
        "\(insertInto) VALUES (\(id)\(keyValues(of: row)))"
    }

    private func keyValues(of row: String) -> String { key.sqlNames.map { ", \(row).\($0)" }.joined() }

    /// Logs the new key of an update that changed it. Compared bytewise, which may find a change where the key's collation
    /// sees none, never the reverse.
    private var insertChangedKey: String { "\(insertInto) SELECT \(id)\(keyValues(of: "NEW")) WHERE \(keyDifference)" }

    private var keyDifference: String {
        key.sqlNames.map { "NEW.\($0) COLLATE BINARY IS NOT OLD.\($0)" }.joined(separator: " OR ")
    }

    /// Logs the rows that hold the new row's values in a unique index.
    private func insertConflicts(over index: IndexDescription) -> String {
        let names = key.sqlNames.map { ", \($0)" }.joined()
        return "\(insertInto) SELECT \(id)\(names) \(conflictSource(over: index))"
    }

    /// FROM and WHERE that find the row that holds the new row's values in a unique index: one at most.
    func conflictSource(over index: IndexDescription) -> String {
        let terms = index.keyColumns.compactMap { part -> String? in
            guard let position = part.columnIndex else { return nil }
            let column = table.columns[position]
            return
                "\(quotedIdentifier(column.name)) = \(newValue(of: column)) COLLATE \(quotedIdentifier(part.collation))"
        }
        return "FROM \(quotedIdentifier(table.name)) WHERE " + terms.joined(separator: " AND ")
    }

    /// The value the new row will have. REPLACE puts the default in the place of a NULL in a NOT NULL column, after the
    /// BEFORE triggers have run.
    private func newValue(of column: ColumnDescription) -> String {
        let name = "NEW.\(quotedIdentifier(column.name))"
        guard column.isNotNull, let expression = column.defaultExpression else { return name }
        return "coalesce(\(name), \(Self.defaultValue(expression)))"
    }

    /// The text of a default value in a place where a bare or double-quoted word would be taken for a column.
    static func defaultValue(_ expression: String) -> String {
        let word = asciiLowercased(expression)
        if ["true", "false", "null", "current_time", "current_date", "current_timestamp"].contains(word) {
            return expression
        }
        if let first = expression.utf8.first, expression.utf8.count >= 2, first == 0x22 || first == 0x60,
            expression.utf8.last == first
        {
            let quote = String(UnicodeScalar(first))
            let inner = expression.dropFirst().dropLast()
            return quotedLiteral(
                inner.split(separator: quote + quote, omittingEmptySubsequences: false).joined(separator: quote))
        }
        let isWord = expression.utf8.allSatisfy { $0 == 0x5f || $0 >= 0x80 || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) }
        return isWord ? quotedLiteral(expression) : "(\(expression))"
    }

    // MARK: - Indexes

    /// Unique indexes over which REPLACE may remove a row of another key, and whose conflicts a query can find.
    ///
    /// An index that holds the rowid's column conflicts only where the key itself does. Partial and expression indexes
    /// are left to the sync, which counts rows (`hasUnloggedConflicts`).
    private var replaceableIndexes: [IndexDescription] {
        table.indexes.filter { index in
            guard index.isUnique, !index.isPartial, !index.hasExpressions else { return false }
            if table.isWithoutRowID { return index.origin != .primaryKey }
            return !index.keyColumns.contains { $0.columnIndex == table.rowIDColumn && $0.columnIndex != nil }
        }
    }

    /// Whether REPLACE may remove rows that the triggers do not log.
    static func hasUnloggedConflicts(_ table: TableDescription) -> Bool {
        table.indexes.contains { $0.isUnique && ($0.isPartial || $0.hasExpressions) }
    }

    /// The OF clause of the update trigger; none where a generated column is indexed, which no UPDATE names.
    private func updateColumns(of indexes: [IndexDescription]) -> String {
        let positions = Set(indexes.flatMap { $0.keyColumns.compactMap(\.columnIndex) }).sorted()
        guard positions.allSatisfy({ table.columns[$0].generation == .ordinary }) else { return "" }
        return " OF " + positions.map { quotedIdentifier(table.columns[$0].name) }.joined(separator: ", ")
    }
}
