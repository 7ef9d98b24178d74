import RheiCDC
import RheiSQLite

extension HtapEngine {
    /// Adds a column to a table, in SQLite and in columns.
    ///
    /// Anybody may add one by ALTER TABLE just as well; the next sync notices it. This returns when columns have it.
    /// - Parameter definition: name, type and constraints as in `ALTER TABLE … ADD COLUMN`.
    /// - Throws: what SQLite says of the definition.
    public func addColumn(_ definition: String, toTable table: String) async throws {
        try await alter(table, "ALTER TABLE main.\(quotedIdentifier(table)) ADD COLUMN \(definition)")
    }

    /// Drops a column of a table, in SQLite and in columns.
    ///
    /// The way to do it where the table's history is kept, since SQLite refuses it while a trigger names the column;
    /// earlier versions keep the column.
    /// - Throws: what SQLite says, such as for a column of a key or an index.
    public func dropColumn(_ column: String, ofTable table: String) async throws {
        try await alter(
            table, "ALTER TABLE main.\(quotedIdentifier(table)) DROP COLUMN \(quotedIdentifier(column))")
    }

    private func alter(_ table: String, _ sql: String) async throws {
        guard let mirror, let writer = oltp.writer else {
            throw EngineError(.readOnly, "the database is open for reading only")
        }
        try await CaptureInstaller(writer: writer).alter(table, by: sql)
        _ = try await mirror.sync()
    }
}
