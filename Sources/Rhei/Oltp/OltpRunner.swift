import RheiSQL
import RheiSQLite

/// Answers statements by SQLite: queries on the read pool, everything else on the writer.
struct OltpRunner: Sendable {
    let readers: ReadPool
    /// Nil when the engine may only read.
    let writer: Writer?

    /// Runs one statement and collects what it returns.
    ///
    /// - Throws: `readOnly` for a write without a writer; what SQLite reports.
    func run(_ sql: String, _ parameters: [SQLValue], statement: Statement?) async throws -> Answer {
        if let statement, Self.onlyReads(statement) { return try await read(sql, parameters) }
        guard let writer else {
            if statement == nil || statement.map(Self.mayReadOnReader) == true {
                return try await read(sql, parameters)
            }
            throw EngineError(.readOnly, "the database is open for reading only")
        }
        if let statement, case .transaction = statement {
            throw EngineError(
                .unsupported, "unsupported: \(Self.firstWord(sql)) outside of a transaction scope",
                hint: "use transaction { … }, executeBatch or a session, which cannot leak an open transaction")
        }
        return try Answer(try await writer.execute(sql, parameters))
    }

    private func read(_ sql: String, _ parameters: [SQLValue]) async throws -> Answer {
        try await readers.read { connection in try Answer(running: sql, parameters, on: connection) }
    }

    /// Whether a read connection may run the statement.
    private static func onlyReads(_ statement: Statement) -> Bool {
        switch statement {
        case .select: true
        case .explain: true
        default: false
        }
    }

    private static func mayReadOnReader(_ statement: Statement) -> Bool {
        if case .pragma = statement { return true }
        return false
    }

    private static func firstWord(_ sql: String) -> String {
        sql.split(whereSeparator: { $0.isWhitespace || $0 == ";" }).first.map { $0.uppercased() } ?? ""
    }
}
