package import RheiArrow
import RheiCore
package import RheiSQLite
import RheiStore

/// How a table of SQLite becomes a table of the column store, and the statements that read it.
struct TableMapping: Hashable, Sendable {
    /// The name as declared.
    let name: String
    let key: CaptureKey
    let definition: TableDefinition
    /// Whether REPLACE may remove rows that no trigger logs, so that the sync has to count rows.
    let hasUnloggedConflicts: Bool
    /// Whether new rows above all others are not logged, unless a history is kept.
    let leavesAppendsUnlogged: Bool
    private let columnNames: [String]
    /// Reads the row of one key, whose parts are the parameters.
    let selectByKey: String
    /// Per column the type that a schema names, nil for those that take their types from SQLite.
    let explicitTypes: [DataType?]
    /// The most columns that SQLite returns from a query.
    private static let largestColumnCount = 2_000

    /// Maps a whole table, keyed for changes.
    ///
    /// - Parameter types: the types that a schema names, by lower-case column name.
    /// - Throws: why the table cannot be mirrored.
    init(_ table: TableDescription, types: [String: DataType] = [:]) throws {
        let key = try CaptureKey(table)
        self.key = key
        name = table.name
        hasUnloggedConflicts = CaptureTriggers.hasUnloggedConflicts(table)
        leavesAppendsUnlogged = CaptureTriggers.leavesAppendsUnlogged(table, key)
        columnNames = table.columns.map(\.name)
        let storeKey: TableDefinition.Key =
            switch key {
            case .rowID(_, let column?): .integerColumn(column)
            case .rowID(_, nil): .integer
            case .columns: .encoded
            }
        if storeKey == .integer, columnNames.count >= Self.largestColumnCount {
            throw EngineError.unsupported(
                "change capture of table '\(table.name)', which has \(columnNames.count) columns and a hidden rowid")
        }
        explicitTypes = try ExplicitColumn.types(of: table, named: types, key: key)
        let fields = zip(table.columns, explicitTypes).map { column, type in
            var field = Field(column)
            if let type { field.type = type }
            return field
        }
        definition = TableDefinition(name: table.name, columns: fields, key: storeKey)
        selectByKey =
            "SELECT \(Self.selectList(key, columnNames)) FROM \(Self.source(name)) WHERE \(Self.condition(key))"
    }

    // MARK: - Statements

    /// Names the rowid first where it is no column.
    private static func selectList(_ key: CaptureKey, _ columnNames: [String]) -> String {
        (leadingKey(key) + columnNames.map(quotedIdentifier)).joined(separator: ", ")
    }

    private var selectList: String { Self.selectList(key, columnNames) }

    private static func leadingKey(_ key: CaptureKey) -> [String] {
        if case .rowID(_, nil) = key { return key.sqlNames }
        return []
    }

    /// Position of the first mirrored column in the rows of the statements.
    var firstColumn: Int { Self.leadingKey(key).count }

    /// Where the key's parts are in the rows of the statements.
    var keyPositions: [Int] {
        switch key {
        case .rowID(_, let column): [column ?? 0]
        case .columns(let columns): columns.map(\.index)
        }
    }

    private static func source(_ name: String) -> String { "main.\(quotedIdentifier(name))" }

    private var source: String { Self.source(name) }

    /// Reads all rows in the order of the table's own B-tree.
    var selectAll: String { "SELECT \(selectList) FROM \(source) NOT INDEXED" }

    /// Reads the rows between two rowids, ascending.
    var selectByRange: String {
        let name = key.sqlNames[0]
        return "SELECT \(selectList) FROM \(source) NOT INDEXED WHERE \(name) BETWEEN ? AND ? ORDER BY \(name)"
    }

    /// Reads the row of the greatest rowid.
    var selectLast: String {
        "SELECT \(selectList) FROM \(source) NOT INDEXED ORDER BY \(key.sqlNames[0]) DESC LIMIT 1"
    }

    /// Reads the rows from a rowid on, ascending.
    var selectFrom: String {
        let name = key.sqlNames[0]
        return "SELECT \(selectList) FROM \(source) NOT INDEXED WHERE \(name) >= ? ORDER BY \(name)"
    }

    /// Reads the rowids from one on downwards.
    var selectRowIDsDownwards: String {
        let name = key.sqlNames[0]
        return "SELECT \(name) FROM \(source) NOT INDEXED WHERE \(name) <= ? ORDER BY \(name) DESC"
    }

    /// Counts the rows from a rowid on, up to a number of them.
    var selectCountFrom: String {
        let name = key.sqlNames[0]
        return "SELECT count(*) FROM (SELECT 1 FROM \(source) NOT INDEXED WHERE \(name) >= ? LIMIT ?)"
    }

    var selectCount: String { "SELECT count(*) FROM \(source)" }

    private static func condition(_ key: CaptureKey) -> String {
        switch key {
        case .rowID(let name, _): "\(quotedIdentifier(name)) = ?"
        case .columns(let columns):
            columns.map { "\(quotedIdentifier($0.name)) = ? COLLATE \($0.collation.rawValue)" }.joined(
                separator: " AND ")
        }
    }

    /// One builder per column of the definition.
    func makeBuilders() -> [ColumnBuilder] {
        zip(definition.columns, explicitTypes).map { field, explicit in
            ColumnBuilder(defaultType: explicit == nil ? field.type : .any)
        }
    }
}

extension Field {
    /// Describes a column of SQLite: the type its affinity suggests as long as it holds only nulls, and in the metadata
    /// what the declaration says of comparisons.
    init(_ column: ColumnDescription) {
        self.init(
            column.name, column.affinity.initialType, isNullable: !column.isNotNull,
            metadata: [
                "rhei.declared_type": column.declaredType, "rhei.affinity": column.affinity.rawValue,
                "rhei.collation": column.collation, "rhei.not_null": column.isNotNull ? "1" : "0",
                "rhei.primary_key": String(column.primaryKeyPosition),
            ])
    }
}

extension Affinity {
    /// The type of a column that has held nothing but nulls.
    package var initialType: DataType {
        switch self {
        case .integer, .numeric: .int64
        case .real: .float64
        case .text: .utf8View
        case .blob: .binaryView
        }
    }
}
