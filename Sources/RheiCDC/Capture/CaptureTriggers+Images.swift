import RheiSQLite

/// Statements that log how rows stand.
///
/// A row that REPLACE removes over a unique index leaves no image. That it is gone follows from the index: another row
/// has its entry. So each image has the entries of its row, doubts tell which rows have what before a statement takes
/// it, and claims tell of what a statement took when the application's triggers, which may fire first, have given it
/// away again. Each of them reads the table as it stands: what has an entry at one moment and not at another is no row
/// any more, or an image of it follows.
extension CaptureTriggers {
    /// Now in microseconds since 1970. SQLite's clock has milliseconds, and stands still during a statement.
    private static let now = "CAST((julianday('now') - 2440587.5) * 86400000.0 + 0.5 AS INTEGER) * 1000"

    private var target: String { quotedIdentifier(CaptureNames.images(table: id)) }
    private var keyColumns: String { (0..<key.width).map { ", k\($0)" }.joined() }
    private var entryColumns: String { entryNames(replaceableIndexes.indices) }

    private func entryNames(_ indexes: Range<Int>) -> String {
        indexes.flatMap { number in
            (0..<replaceableIndexes[number].width).map { ", \(CaptureNames.entry(index: number, part: $0))" }
        }.joined()
    }

    /// Logs how the row of the key of `row` stands now, under the number of the log row that was written just before.
    ///
    /// It reads the table and not NEW: when the application's own triggers change the row again and fire first, the
    /// last image of a key still is its last state.
    func insertImage(of row: String, _ kind: ImageKind, where condition: String? = nil) -> String {
        let names = key.sqlNames
        // Expressions of indexes name columns bare: the key must not have the name of one.
        var prefix = "k"
        while table.columns.contains(where: { asciiLowercased($0.name).hasPrefix(prefix) }) { prefix = "_" + prefix }
        if replaceableIndexes.isEmpty { prefix = "k" }
        let keys = names.indices.map { "\(row).\(names[$0]) AS \(prefix)\($0)" }.joined(separator: ", ")
        let columns = table.columns.indices.map { ", c\($0)" }.joined()
        let values = table.columns.map { ", r.\(quotedIdentifier($0.name))" }.joined()
        let entries = replaceableIndexes.flatMap(\.entry).map { ", \($0)" }.joined()
        let isSame = names.indices.map { "r.\(names[$0]) = x.\(prefix)\($0)\(collation($0))" }.joined(
            separator: " AND ")
        let keyValues = names.indices.map { ", x.\(prefix)\($0)" }.joined()
        return
            "INSERT INTO \(target)(seq, at, op\(keyColumns)\(columns)\(entryColumns)) SELECT last_insert_rowid(), \(Self.now), "
            + "CASE WHEN r.\(names[0]) IS NULL THEN \(ImageKind.gone.rawValue) ELSE \(kind.rawValue) END"
            + "\(keyValues)\(values)\(entries) FROM (SELECT \(keys)) AS x LEFT JOIN \(quotedIdentifier(table.name)) AS r ON \(isSame)"
            + (condition.map { " WHERE \($0)" } ?? "")
    }

    /// Logs the key and the entries of a row that REPLACE may remove, after its key was logged from the same source.
    func insertDoubt(_ source: String) -> String {
        let names = key.sqlNames.map { ", \($0)" }.joined()
        let entries = replaceableIndexes.flatMap(\.entry).map { ", \($0)" }.joined()
        return
            "INSERT INTO \(target)(seq, at, op\(keyColumns)\(entryColumns)) SELECT last_insert_rowid(), \(Self.now), "
            + "\(ImageKind.inDoubt.rawValue)\(names)\(entries) \(source) LIMIT 1"
    }

    /// Logs that the new row took its entry in an index, where it does not have it any more; with the key of the row
    /// that has it, if any.
    func claim(over index: ReplaceableIndex, number: Int) -> [String] {
        let names = key.sqlNames
        let source = "FROM \(quotedIdentifier(table.name)) WHERE \(index.isConflict)"
        let isOwn = names.indices.map { "\(names[$0]) = NEW.\(names[$0])\(collation($0))" }.joined(separator: " AND ")
        let condition = "\(index.hasNewEntry) AND NOT EXISTS (SELECT 1 \(source) AND \(isOwn))"
        let holder = names.map { ", coalesce((SELECT \($0) \(source)), NEW.\($0))" }.joined()
        let values = (0..<index.width).map { ", \(index.newValue($0))" }.joined()
        return [
            insertKey(of: "NEW", where: condition),
            "INSERT INTO \(target)(seq, at, op\(keyColumns)\(entryNames(number..<number + 1))) SELECT last_insert_rowid(), "
                + "\(Self.now), \(ImageKind.claimed.rawValue)\(holder)\(values) WHERE \(condition)",
        ]
    }

    private func collation(_ part: Int) -> String {
        guard case .columns(let columns) = key else { return "" }
        return " COLLATE \(columns[part].collation.rawValue)"
    }
}
