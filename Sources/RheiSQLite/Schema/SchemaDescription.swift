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
}
