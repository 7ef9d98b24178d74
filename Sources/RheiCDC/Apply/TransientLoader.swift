import RheiArrow
import RheiCore
package import RheiSQLite
package import RheiStore

/// Reads tables into columns once, without capture: the database is only read.
package struct TransientLoader {
    /// A table, and which of its columns are wanted.
    package struct Request: Sendable {
        package var table: TableDescription
        /// Positions in the table's columns, ascending.
        package var columns: [Int]
        /// The name by which the rowids are read into a column after the others, called ``rowIDField``.
        var rowIDName: String?
        private(set) var rowIDField: String?

        /// - Parameters:
        ///   - columns: nil for all. Without any the first column is read, since rows want counting.
        ///   - rowIDField: the name of a column for the rowids where no declared column holds them; nil for none.
        package init(_ table: TableDescription, columns: [Int]? = nil, rowIDField: String? = nil) {
            self.rowIDField = rowIDField
            if rowIDField != nil, table.rowIDColumn == nil { rowIDName = table.rowIDName }
            self.table = table
            let wanted = columns ?? Array(table.columns.indices)
            self.columns = wanted.isEmpty ? Array(table.columns.indices.prefix(1)) : wanted
        }
    }

    private let connection: Connection

    package init(_ connection: Connection) { self.connection = connection }

    /// Loads all tables as they stand in the caller's transaction, or in one of its own when none is open.
    ///
    /// - Returns: a snapshot of tables without keys, which hold the wanted columns in the order of the declaration.
    /// - Throws: what SQLite reports; `unsupported` for virtual tables and views.
    package func load(_ requests: [Request]) throws -> StoreSnapshot {
        guard connection.isAutocommit else { return try loadNow(requests) }
        return try connection.snapshot { _ in try loadNow(requests) }
    }

    private func loadNow(_ requests: [Request]) throws -> StoreSnapshot {
        let transaction = try ColumnStore().begin()
        for request in requests { try transaction.install(try load(request)) }
        return try transaction.publish(at: .zero)
    }

    private func load(_ request: Request) throws -> TableLoader {
        let table = request.table
        if let problem = table.problem { throw problem }
        guard table.kind == .table || table.kind == .shadow else {
            throw EngineError.unsupported("columns of the \(table.kind.rawValue) '\(table.name)'")
        }
        let columns = request.columns.map { table.columns[$0] }
        var fields = columns.map(Field.init)
        var names = columns.map { quotedIdentifier($0.name) }
        var types = columns.map(\.affinity.initialType)
        if let name = request.rowIDName, let field = request.rowIDField {
            fields.append(Field(field, .int64))
            names.append(name)
            types.append(.int64)
        }
        let loader = try TableLoader(TableDefinition(name: table.name, columns: fields, key: .none))
        let list = names.joined(separator: ", ")
        let sql = "SELECT \(list) FROM main.\(quotedIdentifier(table.name)) NOT INDEXED"
        try connection.withStatement(sql) { statement in
            let reader = StatementReader(statement, defaultTypes: types)
            while let chunk = try reader.readChunk(rowLimit: Segment.maximumRowCount) {
                try loader.append(chunk.columns)
            }
        }
        return loader
    }
}
