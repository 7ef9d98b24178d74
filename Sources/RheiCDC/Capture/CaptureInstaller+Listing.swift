import RheiCore
import RheiSQLite

extension CaptureInstaller {
    /// The names of the tables that are captured in this database, in the order of their attachment.
    package func attachedTables() async throws -> [String] {
        try await writer.perform { try Self.attachedTables($0) }
    }

    /// The same on any connection.
    static func attachedTables(_ connection: Connection) throws -> [String] {
        let isInstalled = try connection.firstInteger(
            "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = ?",
            [.text(CaptureNames.tables)])
        guard isInstalled == 1 else { return [] }
        let rows = try connection.run("SELECT name FROM main.\(CaptureNames.tables) ORDER BY id").rows
        return rows.compactMap { row in
            if case .text(let name)? = row.first { return name }
            return nil
        }
    }
}
