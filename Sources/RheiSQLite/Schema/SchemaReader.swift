import CSQLite
import RheiCore

/// Reads what the main database declares: tables, columns, keys, indexes, collations, views.
///
/// Several statements: for one consistent answer call it inside a transaction. Costs some microseconds per column.
package struct SchemaReader {
    private let connection: Connection

    package init(_ connection: Connection) { self.connection = connection }

    /// Reads everything but SQLite's own tables (`sqlite_…`) and the engine's (`_rhei_…`).
    ///
    /// An object that SQLite itself cannot open keeps its place, with `problem` set and no columns. The tables of a
    /// database in UTF-16 have a `problem` as well.
    package func read() throws -> SchemaDescription {
        let cookie = try connection.schemaVersion()
        let traits = try readTraits()
        let encoding = try connection.firstText("PRAGMA main.encoding") ?? "UTF-8"
        var tables: [TableDescription] = []
        for row in try connection.run(
            "SELECT name, type, sql FROM main.sqlite_schema WHERE type IN ('table', 'view') ORDER BY rowid"
        ).rows {
            guard case .text(let name) = row[0], !Self.isInternal(name) else { continue }
            var sql = ""
            if case .text(let text) = row[2] { sql = text }
            let trait = traits[asciiLowercased(name)]
            var table = TableDescription(
                name: name, kind: trait?.kind ?? (row[1] == "view" ? .view : .table),
                isWithoutRowID: trait?.isWithoutRowID ?? false, isStrict: trait?.isStrict ?? false, sql: sql)
            do { try describe(&table) } catch let error as EngineError {
                table.columns = []
                table.indexes = []
                table.problem = error
            }
            if encoding != "UTF-8", table.kind != .view, table.problem == nil {
                // SQLite compares such text by its UTF-16 bytes, which gives another order.
                table.problem = EngineError.unsupported(
                    "columns of table '\(name)' in a database whose text is \(encoding)")
            }
            tables.append(table)
        }
        return SchemaDescription(cookie: cookie, tables: tables)
    }

    /// Whether `name` belongs to SQLite or to the engine.
    package static func isInternal(_ name: String) -> Bool {
        let name = asciiLowercased(name)
        return name.hasPrefix("sqlite_") || name.hasPrefix("_rhei_")
    }

    private struct Traits {
        var kind: TableDescription.Kind
        var isWithoutRowID: Bool
        var isStrict: Bool
    }

    private func readTraits() throws -> [String: Traits] {
        var traits: [String: Traits] = [:]
        let rows = try connection.run("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'").rows
        for row in rows {
            guard case .text(let name) = row[0], case .text(let type) = row[1] else { continue }
            traits[asciiLowercased(name)] = Traits(
                kind: TableDescription.Kind(rawValue: type) ?? .table, isWithoutRowID: row[2] == 1,
                isStrict: row[3] == 1)
        }
        return traits
    }

    private func describe(_ table: inout TableDescription) throws {
        table.columns = try readColumns(of: table)
        guard table.kind == .table || table.kind == .shadow else { return }
        for index in table.columns.indices {
            table.columns[index].collation = try readCollation(table: table.name, column: table.columns[index].name)
        }
        table.indexes = try readIndexes(of: table.name)
        table.rowIDColumn = Self.rowIDColumn(of: table)
    }

    private func readColumns(of table: TableDescription) throws -> [ColumnDescription] {
        let sql = "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?)"
        return try connection.run(sql, [.text(table.name)]).rows.map { row in
            let declaredType = Self.text(row[1]) ?? ""
            let generation: ColumnDescription.Generation =
                switch row[5] {
                case 1: .hidden
                case 2: .virtualColumn
                case 3: .storedColumn
                default: .ordinary
                }
            return ColumnDescription(
                name: Self.text(row[0]) ?? "", declaredType: declaredType,
                affinity: Affinity(declaredType: declaredType, isStrict: table.isStrict), isNotNull: row[2] == 1,
                defaultExpression: Self.text(row[3]), primaryKeyPosition: Self.integer(row[4]) ?? 0,
                generation: generation)
        }
    }

    private func readCollation(table: String, column: String) throws -> String {
        var name: UnsafePointer<CChar>?
        let code = unsafe sqlite3_table_column_metadata(
            connection.handle, "main", table, column, nil, &name, nil, nil, nil)
        guard code == SQLITE_OK else { throw unsafe failure(on: connection.handle, code: code) }
        return unsafe name.map { unsafe String(cString: $0) } ?? "BINARY"
    }

    private func readIndexes(of table: String) throws -> [IndexDescription] {
        let sql = "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?) ORDER BY seq"
        return try connection.run(sql, [.text(table)]).rows.map { row in
            let name = Self.text(row[0]) ?? ""
            var index = IndexDescription(
                name: name, isUnique: row[1] == 1,
                origin: Self.text(row[2]).flatMap(IndexDescription.Origin.init) ?? .createIndex,
                isPartial: row[3] == 1, keyColumns: try readKeyColumns(of: name))
            if index.isPartial || index.hasExpressions { try readExpressions(of: &index) }
            return index
        }
    }

    /// Takes expressions and condition from the CREATE statement, the only place that has them.
    private func readExpressions(of index: inout IndexDescription) throws {
        let sql = try connection.firstText(
            "SELECT sql FROM main.sqlite_schema WHERE type = 'index' AND name = ?", [.text(index.name)])
        guard let text = sql.flatMap(IndexText.init), text.parts.count == index.keyColumns.count else { return }
        index.condition = text.condition
        for position in index.keyColumns.indices where index.keyColumns[position].columnIndex == nil {
            index.keyColumns[position].expression = text.parts[position]
        }
    }

    private func readKeyColumns(of index: String) throws -> [IndexDescription.KeyColumn] {
        let sql = "SELECT cid, coll, \"desc\" FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno"
        return try connection.run(sql, [.text(index)]).rows.map { row in
            let position = Self.integer(row[0]) ?? -2
            return IndexDescription.KeyColumn(
                columnIndex: position >= 0 ? position : nil, collation: Self.text(row[1]) ?? "BINARY",
                isDescending: row[2] == 1)
        }
    }

    /// A single-column primary key of a rowid table is the rowid exactly when SQLite keeps no index for it; this covers
    /// `INTEGER PRIMARY KEY DESC` in a column definition, which is not the rowid.
    private static func rowIDColumn(of table: TableDescription) -> Int? {
        let key = table.primaryKeyColumns
        guard !table.isWithoutRowID, key.count == 1, table.primaryKeyIndex == nil else { return nil }
        return key[0]
    }

    private static func text(_ value: SQLValue) -> String? {
        if case .text(let text) = value { return text }
        return nil
    }

    private static func integer(_ value: SQLValue) -> Int? {
        if case .integer(let number) = value { return Int(exactly: number) }
        return nil
    }
}
