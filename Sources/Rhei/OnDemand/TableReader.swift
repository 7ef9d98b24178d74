import RheiSQLite
import RheiStore

/// Reads one table of SQLite into a snapshot of its own, without keys: it is never changed, only replaced.
struct TableReader {
    private let declaration: TableDescription
    private let columns: [ColumnDescription]

    init(_ declaration: TableDescription, columns demand: ColumnDemand) {
        self.declaration = declaration
        let wanted = declaration.columns.filter { demand.includes($0.name) }
        // A table without columns would not know how many rows it has.
        columns = wanted.isEmpty ? Array(declaration.columns.prefix(1)) : wanted
    }

    /// Reads all rows in the order of the table's own B-tree.
    ///
    /// - Throws: what SQLite reports; `unsupported` for virtual tables.
    func read(_ connection: Connection) throws -> TableSnapshot {
        if let problem = declaration.problem { throw problem }
        guard declaration.kind == .table || declaration.kind == .shadow else {
            throw EngineError.unsupported("columns of the virtual table '\(declaration.name)'")
        }
        let definition = TableDefinition(
            name: declaration.name, columns: columns.map { Field($0.name, $0.affinity.initialType) }, key: .none)
        let loader = try TableLoader(definition)
        try connection.withStatement(selectText) { statement in
            let reader = StatementReader(statement, defaultTypes: definition.columns.map(\.type))
            while let chunk = try reader.readChunk(rowLimit: Segment.maximumRowCount) {
                try loader.append(chunk.columns)
            }
        }
        let store = ColumnStore()
        let transaction = try store.begin()
        try transaction.install(loader)
        let snapshot = try transaction.publish(at: .zero)
        guard let table = snapshot.table(named: declaration.name) else {
            throw EngineError(.invariant, "table '\(declaration.name)' was not published")
        }
        return table
    }

    private var selectText: String {
        let list = columns.map { quotedIdentifier($0.name) }.joined(separator: ", ")
        return "SELECT \(list) FROM main.\(quotedIdentifier(declaration.name)) NOT INDEXED"
    }
}

extension Affinity {
    /// The type of a column as long as it holds nothing but nulls.
    var initialType: DataType {
        switch self {
        case .integer, .numeric: .int64
        case .real: .float64
        case .text: .utf8View
        case .blob: .binaryView
        }
    }
}
