import RheiSQLite

/// What a row of an image log tells of its key. The number is the log's.
enum ImageKind: Int64, Sendable {
    /// No row has the key.
    case gone = 0
    /// A row has the key that was inserted, or came from another key.
    case arrived = 1
    /// A row has the key; whether it had before is not said.
    case updated = 2
    /// A row has the key, and the statement that is running may remove it without any other trace.
    case inDoubt = 3
}

/// Statements that log how rows stand.
extension CaptureTriggers {
    /// Now in microseconds since 1970. SQLite's clock has milliseconds.
    private static let now = "CAST((julianday('now') - 2440587.5) * 86400000.0 + 0.5 AS INTEGER) * 1000"

    private var target: String { quotedIdentifier(CaptureNames.images(table: id)) }
    private var keyColumns: String { (0..<key.width).map { ", k\($0)" }.joined() }

    /// Logs how the row of the key of `row` stands now, under the number of the log row that was written just before.
    ///
    /// It reads the table and not NEW: when the application's own triggers change the row again and fire first, the last image
    /// of a key still is its last state.
    func insertImage(of row: String, _ kind: ImageKind, where condition: String? = nil) -> String {
        let names = key.sqlNames
        let keys = names.indices.map { "\(row).\(names[$0]) AS k\($0)" }.joined(separator: ", ")
        let columns = table.columns.indices.map { ", c\($0)" }.joined()
        let values = table.columns.map { ", r.\(quotedIdentifier($0.name))" }.joined()
        let isSame = names.indices.map { "r.\(names[$0]) = x.k\($0)\(collation($0))" }.joined(separator: " AND ")
        let keyValues = names.indices.map { ", x.k\($0)" }.joined()
        return "INSERT INTO \(target)(seq, at, op\(keyColumns)\(columns)) SELECT last_insert_rowid(), \(Self.now), "
            + "CASE WHEN r.\(names[0]) IS NULL THEN \(ImageKind.gone.rawValue) ELSE \(kind.rawValue) END"
            + "\(keyValues)\(values) FROM (SELECT \(keys)) AS x LEFT JOIN \(quotedIdentifier(table.name)) AS r ON \(isSame)"
            + (condition.map { " WHERE \($0)" } ?? "")
    }

    /// Logs the key of a row that REPLACE may remove. Reads the row that the log row just before was made of.
    func insertDoubts(over index: IndexDescription) -> String {
        let names = key.sqlNames.map { ", \($0)" }.joined()
        return "INSERT INTO \(target)(seq, at, op\(keyColumns)) SELECT last_insert_rowid(), \(Self.now), "
            + "\(ImageKind.inDoubt.rawValue)\(names) \(conflictSource(over: index))"
    }

    private func collation(_ part: Int) -> String {
        guard case .columns(let columns) = key else { return "" }
        return " COLLATE \(columns[part].collation.rawValue)"
    }
}
