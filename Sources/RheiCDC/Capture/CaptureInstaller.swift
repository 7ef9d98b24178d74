package import RheiCore
package import RheiSQLite

/// Puts capture into a database and takes it out again.
///
/// Each call is one write transaction: it happens whole or not at all, and writers of other processes wait for it.
package struct CaptureInstaller: Sendable {
    let writer: Writer

    package init(writer: Writer) { self.writer = writer }

    /// Captures the selected tables; those that are captured already stay as they are.
    ///
    /// Repairs what foreign DDL has broken: triggers that are missing, changed, or on a renamed table. A table whose
    /// triggers are made anew gets a new id, so that every reader of the log loads it anew.
    ///
    /// - Parameter histories: lower-case names of tables whose rows are to be logged in every state; those that are
    ///   now, stay so.
    /// - Returns: per refused table the reason.
    @discardableResult
    package func attach(
        _ selection: CaptureSelection, histories: Set<String> = []
    ) async throws -> [String: EngineError] {
        try await writer.transaction { connection in
            try Self.countingChanges(connection) {
                var work = InstallerWork(connection, histories: histories)
                return try work.attach(selection)
            }
        }
    }

    /// Stops capturing tables; with the last one everything of capture leaves the database.
    ///
    /// - Throws: `unknownName` for a table that is not captured; nothing is changed then.
    package func detach(_ names: [String]) async throws {
        try await writer.transaction { connection in
            try Self.countingChanges(connection) {
                var work = InstallerWork(connection)
                try work.detach(names)
            }
        }
    }

    /// Changes the declaration of a table, with the triggers of capture out of the way.
    ///
    /// - Parameter sql: one ALTER TABLE statement.
    package func alter(_ name: String, by sql: String) async throws {
        try await writer.transaction { connection in
            try Self.countingChanges(connection) {
                var work = InstallerWork(connection)
                try work.alter(name, by: sql)
            }
        }
    }

    /// Takes everything of capture out of the database.
    package func detachAll() async throws {
        try await writer.transaction { connection in
            var work = InstallerWork(connection)
            try work.removeAll()
        }
    }

    /// Notes how many changes of the schema were the engine's own.
    private static func countingChanges<Result>(_ connection: Connection, _ body: () throws -> Result) throws -> Result
    {
        let before = try connection.schemaVersion()
        let result = try body()
        let count = try connection.schemaVersion() - before
        if count != 0, try CaptureState(connection).isInstalled {
            try connection.run(
                "INSERT INTO main._rhei_meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = value + excluded.value",
                [.text(CaptureNames.MetaKey.ownSchemaChanges.rawValue), .integer(count)])
        }
        return result
    }
}
