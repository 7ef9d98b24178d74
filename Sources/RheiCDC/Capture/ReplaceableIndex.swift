import RheiCore
import RheiSQLite

/// A unique index over which REPLACE may remove a row of another key than the one that is written.
///
/// Writes SQL for the triggers. Columns are named bare, so that they mean those of the one table that is in scope.
struct ReplaceableIndex: Sendable {
    let index: IndexDescription
    private let table: TableDescription

    /// The replaceable indexes of a table.
    ///
    /// An index that holds the rowid's column conflicts only where the key itself does.
    static func all(of table: TableDescription) -> [ReplaceableIndex] {
        table.indexes.filter { index in
            guard index.isUnique else { return false }
            if table.isWithoutRowID { return index.origin != .primaryKey }
            return !index.keyColumns.contains { $0.columnIndex == table.rowIDColumn && $0.columnIndex != nil }
        }.map { ReplaceableIndex(index: $0, table: table) }
    }

    private init(index: IndexDescription, table: TableDescription) {
        self.index = index
        self.table = table
    }

    /// How many values an entry has.
    var width: Int { index.keyColumns.count }

    // MARK: - The row that is there

    /// Value `part` of the entry of the row in scope, whether or not the index has the row.
    private func value(_ part: Int) -> String {
        if let expression = index.keyColumns[part].expression { return "(\(expression))" }
        return index.keyColumns[part].columnIndex.map { quotedIdentifier(table.columns[$0].name) } ?? "NULL"
    }

    /// The entry of the row in scope; nulls when the index does not have the row.
    var entry: [String] {
        (0..<width).map { part in index.condition.map { "CASE WHEN (\($0)) THEN \(value(part)) END" } ?? value(part) }
    }

    /// Whether the row in scope conflicts with the new row.
    var isConflict: String {
        let terms = (0..<width).map { part in
            "\(value(part)) = \(newValue(part)) COLLATE \(quotedIdentifier(index.keyColumns[part].collation))"
        }
        return (terms + (index.condition.map { ["(\($0))"] } ?? [])).joined(separator: " AND ")
    }

    // MARK: - The row that is written

    /// Value `part` of the entry the new row will have.
    func newValue(_ part: Int) -> String {
        if let expression = index.keyColumns[part].expression { return "(SELECT (\(expression)) FROM \(newRow))" }
        return index.keyColumns[part].columnIndex.map { Self.newValue(of: table.columns[$0]) } ?? "NULL"
    }

    /// Whether the new row can conflict with others.
    var hasNewEntry: String {
        let terms = (0..<width).map { "\(newValue($0)) IS NOT NULL" }
        return (terms + (index.condition.map { ["(SELECT (\($0)) FROM \(newRow))"] } ?? [])).joined(separator: " AND ")
    }

    /// The new row as a table, with the columns that expressions may name.
    private var newRow: String {
        let text = asciiLowercased(texts.joined(separator: " "))
        let columns = table.columns.filter { Self.mayName(text, $0) }.map {
            "\(Self.newValue(of: $0)) AS \(quotedIdentifier($0.name))"
        }
        return "(SELECT \(columns.isEmpty ? "NULL" : columns.joined(separator: ", ")))"
    }

    /// The value the new row will have. REPLACE puts the default in the place of a NULL in a NOT NULL column, after the
    /// BEFORE triggers have run.
    private static func newValue(of column: ColumnDescription) -> String {
        let name = "NEW.\(quotedIdentifier(column.name))"
        guard column.isNotNull, let expression = column.defaultExpression else { return name }
        return "coalesce(\(name), \(DefaultValue(expression).sql))"
    }

    // MARK: - What the triggers cannot find

    private var texts: [String] { index.keyColumns.compactMap(\.expression) + [index.condition].compactMap { $0 } }

    /// Whether a text in lower case may name the column; names that need quotes are taken to be there.
    private static func mayName(_ text: String, _ column: ColumnDescription) -> Bool {
        let name = asciiLowercased(column.name)
        let isPlain = name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }
        return !isPlain || text.utf8.contains(name.utf8)
    }

    /// The columns whose values make an entry.
    private var columns: [ColumnDescription] {
        let text = asciiLowercased(texts.joined(separator: " "))
        let named = texts.isEmpty ? [] : table.columns.filter { Self.mayName(text, $0) }
        return named + index.keyColumns.compactMap { $0.columnIndex.map { table.columns[$0] } }
    }

    /// Whether an entry depends on generated columns.
    var hasGeneratedColumns: Bool { columns.contains { $0.generation != .ordinary } }

    /// Why a BEFORE trigger cannot find the row that REPLACE removes; nil when it can.
    var obstacle: String? {
        let isUnread =
            index.isPartial && index.condition == nil
            || index.keyColumns.contains { $0.columnIndex == nil && $0.expression == nil }
        if isUnread { return "whose declaration cannot be read" }
        let defaults = table.columns.filter { $0.isNotNull && $0.generation == .ordinary }.compactMap { column in
            column.defaultExpression.map { (column.name, DefaultValue($0)) }
        }.filter { !$0.1.isNull }
        if !defaults.isEmpty, columns.contains(where: { $0.generation != .ordinary }) {
            return "which has a generated column, beside a NOT NULL column with a default value"
        }
        let names = Set(columns.map(\.name))
        if defaults.contains(where: { names.contains($0.0) && !$0.1.isForeseeable }) {
            return "which has a NOT NULL column whose default value differs from call to call"
        }
        return nil
    }

    /// The positions of the columns that an UPDATE has to name to change an entry; nil when that cannot be told.
    var updatedColumns: [Int]? {
        guard texts.isEmpty, !index.isPartial, !index.hasExpressions else { return nil }
        let positions = index.keyColumns.compactMap(\.columnIndex)
        // No UPDATE names a generated column.
        return positions.allSatisfy { table.columns[$0].generation == .ordinary } ? positions : nil
    }
}
