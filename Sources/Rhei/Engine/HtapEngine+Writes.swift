import RheiSQL
import RheiSQLite

extension HtapEngine {
    /// Runs one INSERT, UPDATE, DELETE or DDL statement and returns after its commit.
    ///
    /// Statements that wait at the same time share a commit; each succeeds or fails alone.
    /// - Returns: the number of rows changed directly, triggers not counted.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [SQLValue] = []) async throws -> Int {
        if !service.backlog.isFull, let count = try executeHere(sql, parameters) { return count }
        return try await query(sql, parameters).changeCount
    }

    /// Runs a short change on the calling thread when nobody else writes.
    ///
    /// - Returns: nil when it is to take the usual way; nothing has been done then.
    private func executeHere(_ sql: String, _ parameters: [SQLValue]) throws -> Int? {
        let start = ContinuousClock.now
        guard let writer = oltp.writer else { return nil }
        let parsed = statements.parse(sql)
        guard let kind = parsed.shortStatement, let table = parsed.changedTable,
            table.schema != nil || !columnarTables.contains(table.name.name),
            let changes = try writer.changeHere(sql, parameters, kind)
        else { return nil }
        let count = Int(clamping: changes)
        didCommit(count, since: start)
        return count
    }

    /// Waits, or refuses the write that is about to begin, when too many changes are not in columns yet.
    func makeRoom() async throws {
        let backlog = service.backlog
        guard backlog.isFull, let mirror else { return }
        service.reporter.didHoldBack(backlog.count, limit: backlog.limit)
        guard backlog.policy == .fail else {
            // Nothing is lost when that fails: the log keeps the changes.
            _ = try? await mirror.sync()
            return
        }
        let count = backlog.count
        Task { _ = try? await mirror.sync() }
        throw EngineError(
            .busy, "\(count) changes are not in columns yet, the limit is \(backlog.limit)",
            hint: "columns are catching up; write again later")
    }

    /// Takes notice of a commit of this engine.
    func didCommit(_ changeCount: Int, since start: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        olap.writes.note(now)
        service.reporter.didCommit(now - start)
        guard let mirror else { return }
        if service.backlog.add(changeCount) { Task { _ = try? await mirror.sync() } }
        service.signal.raise()
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
        try await makeRoom()
        let start = ContinuousClock.now
        let (result, changeCount) = try await writer.transaction { connection in
            let transaction = Transaction(connection)
            defer { transaction.end() }
            return (try body(transaction), transaction.changeCount)
        }
        didCommit(changeCount, since: start)
        return result
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
    /// Rows changed so far.
    private(set) var changeCount = 0

    init(_ connection: Connection) { self.connection = connection }

    func end() { connection = nil }

    private func open() throws -> Connection {
        guard let connection else { throw EngineError(.closed, "the transaction has ended") }
        return connection
    }

    /// Runs one statement and returns the number of rows changed directly.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [SQLValue] = []) throws -> Int {
        let count = Int(clamping: try open().change(sql, parameters))
        changeCount += count
        return count
    }

    /// Runs a query, or a write with RETURNING; it sees what the transaction has written.
    public func query(_ sql: String, _ parameters: [SQLValue] = []) throws -> QueryResult {
        let answer = try OltpRunner.Answer(running: sql, parameters, on: open())
        changeCount += answer.changeCount
        return QueryResult(
            schema: answer.schema, batches: answer.batches,
            info: QueryInfo(target: .oltp, reason: "inside a transaction"), changeCount: answer.changeCount)
    }

    /// The rowid of the last row inserted by a statement itself, not by its triggers.
    public var lastInsertRowID: Int64 { connection?.lastInsertRowID ?? 0 }
}
