import RheiSQLite

extension HtapEngine {
    /// Runs one INSERT, UPDATE, DELETE or DDL statement and returns after its commit.
    ///
    /// Statements that wait at the same time share a commit; each succeeds or fails alone.
    /// - Returns: the number of rows changed directly, triggers not counted.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [SQLValue] = []) async throws -> Int {
        try await query(sql, parameters).changeCount
    }

    /// Runs statements in one transaction, all or none.
    ///
    /// - Returns: the sum of the rows changed.
    @discardableResult
    public func executeBatch(_ statements: [BatchStatement]) async throws -> Int {
        try await transaction { transaction in
            try statements.reduce(0) { $0 + (try transaction.execute($1.sql, $1.parameters)) }
        }
    }

    /// Runs `body` in a write transaction: committed when it returns, rolled back when it throws.
    ///
    /// `body` runs on the writer's thread, never on the cooperative pool; other writes wait meanwhile. It cannot leave
    /// the transaction open nor end it early.
    public func transaction<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        guard let writer = oltp.writer else {
            throw EngineError(.readOnly, "the database is open for reading only")
        }
        return try await writer.transaction { connection in
            let transaction = Transaction(connection)
            defer { transaction.end() }
            return try body(transaction)
        }
    }
}

/// A statement of a batch.
public struct BatchStatement: Sendable {
    public var sql: String
    public var parameters: [SQLValue]

    public init(_ sql: String, _ parameters: [SQLValue] = []) {
        self.sql = sql
        self.parameters = parameters
    }
}

/// What the body of a transaction works with. Usable only inside that body.
public final class Transaction {
    private var connection: Connection?

    init(_ connection: Connection) { self.connection = connection }

    func end() { connection = nil }

    private func open() throws -> Connection {
        guard let connection else { throw EngineError(.closed, "the transaction has ended") }
        return connection
    }

    /// Runs one statement and returns the number of rows changed directly.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [SQLValue] = []) throws -> Int {
        Int(clamping: try open().run(sql, parameters).changes)
    }

    /// Runs a query, or a write with RETURNING; it sees what the transaction has written.
    public func query(_ sql: String, _ parameters: [SQLValue] = []) throws -> QueryResult {
        let answer = try OltpRunner.Answer(running: sql, parameters, on: open())
        return QueryResult(
            schema: answer.schema, batches: answer.batches,
            info: QueryInfo(target: .oltp, reason: "inside a transaction"), changeCount: answer.changeCount)
    }

    /// The rowid of the last row inserted by a statement itself, not by its triggers.
    public var lastInsertRowID: Int64 { connection?.lastInsertRowID ?? 0 }
}
