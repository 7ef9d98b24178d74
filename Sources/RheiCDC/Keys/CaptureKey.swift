import RheiCore
import RheiSQLite

/// What names a row of a captured table in the change log and in the column store.
enum CaptureKey: Hashable, Sendable {
    /// The rowid: `name` stands for it in SQL, `column` is the INTEGER PRIMARY KEY if there is one.
    case rowID(name: String, column: Int?)
    /// The primary key of a WITHOUT ROWID table.
    case columns([Column])

    /// One column of a key.
    struct Column: Hashable, Sendable {
        var index: Int
        var name: String
        /// What the key's index compares with, which may differ from the column's own collation.
        var collation: KeyCollation
    }

    /// - Throws: `unsupported`, naming the reason, when no key can be had.
    init(_ table: TableDescription) throws {
        if let problem = table.problem { throw problem }
        guard table.kind == .table else {
            throw EngineError.unsupported("change capture of the \(table.kind.rawValue) '\(table.name)'")
        }
        if table.isWithoutRowID {
            self = .columns(try Self.keyColumns(of: table))
        } else if let name = table.rowIDName ?? table.rowIDColumn.map({ table.columns[$0].name }) {
            self = .rowID(name: name, column: table.rowIDColumn)
        } else {
            throw EngineError.unsupported(
                "change capture of table '\(table.name)', whose columns hide all three names of the rowid")
        }
    }

    private static func keyColumns(of table: TableDescription) throws -> [Column] {
        guard let index = table.primaryKeyIndex else {
            throw EngineError(.invariant, "SQLite lists no primary key for table '\(table.name)'")
        }
        return try index.keyColumns.map { part in
            guard let position = part.columnIndex else {
                throw EngineError(.invariant, "SQLite lists an expression in the primary key of '\(table.name)'")
            }
            guard let collation = KeyCollation(rawValue: part.collation.uppercased()) else {
                throw EngineError.unsupported(
                    "change capture of table '\(table.name)', whose primary key compares by the collation"
                        + " '\(part.collation)'")
            }
            return Column(index: position, name: table.columns[position].name, collation: collation)
        }
    }

    /// How many key columns the log needs.
    var width: Int {
        switch self {
        case .rowID: 1
        case .columns(let columns): columns.count
        }
    }

    /// The key's parts as SQL identifiers.
    var sqlNames: [String] {
        switch self {
        case .rowID(let name, _): [quotedIdentifier(name)]
        case .columns(let columns): columns.map { quotedIdentifier($0.name) }
        }
    }

    /// Whether it is the rowid.
    var isRowID: Bool {
        if case .rowID = self { return true }
        return false
    }

    /// Whether VACUUM may give the rows other keys.
    var isRenumberedByVacuum: Bool {
        if case .rowID(_, nil) = self { return true }
        return false
    }
}
