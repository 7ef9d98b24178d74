/// The tables and views of a database at one schema cookie.
package struct SchemaDescription: Sendable {
    /// SQLite's counter of schema changes.
    package var cookie: Int64
    /// In the order of their creation; without SQLite's own tables and the engine's.
    package var tables: [TableDescription]

    package init(cookie: Int64, tables: [TableDescription]) {
        self.cookie = cookie
        self.tables = tables
    }

    /// Returns the table or view called `name`, letter case of ASCII ignored.
    package func table(named name: String) -> TableDescription? {
        let wanted = asciiLowercased(name)
        return tables.first { asciiLowercased($0.name) == wanted }
    }

    /// Returns what a query may read by that name: a table or view, or the one in which SQLite itself lists them,
    /// `sqlite_master` or `sqlite_schema`.
    package func readable(named name: String) -> TableDescription? {
        table(named: name) ?? Self.listing(named: asciiLowercased(name))
    }

    private static func listing(named name: String) -> TableDescription? {
        guard name == "sqlite_master" || name == "sqlite_schema" else { return nil }
        var table = TableDescription(name: name, kind: .table)
        table.columns = [
            ColumnDescription(name: "type", declaredType: "TEXT", affinity: .text),
            ColumnDescription(name: "name", declaredType: "TEXT", affinity: .text),
            ColumnDescription(name: "tbl_name", declaredType: "TEXT", affinity: .text),
            ColumnDescription(name: "rootpage", declaredType: "INT", affinity: .integer),
            ColumnDescription(name: "sql", declaredType: "TEXT", affinity: .text),
        ]
        return table
    }
}
