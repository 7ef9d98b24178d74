import RheiSQL
import RheiSQLite

/// A conversation with the engine in which BEGIN, SAVEPOINT, COMMIT and ROLLBACK work as they do in SQLite.
///
/// While a transaction is open, every statement of the session runs inside it and SQLite answers, because columns hold
/// committed rows only; other writers wait. A session that is let go of rolls back. Code that knows its
/// statements beforehand is better served by `HtapEngine.transaction(_:)`.
public actor HtapSession {
    private let engine: HtapEngine
    private var transaction: HeldTransaction?
    /// Rows changed inside the open transaction.
    private var changeCount = 0
    /// What ran inside the open transaction.
    private var executed: [Statement] = []

    /// The moment as of which the session reads; nil for now.
    public private(set) var asOf: HistoryMoment?

    init(_ engine: HtapEngine) { self.engine = engine }

    /// Makes queries of this session read tables as they were at a moment, or, with nil, as they are. Other statements
    /// are refused meanwhile.
    ///
    /// - Throws: `unsupported` inside a transaction.
    public func setAsOf(_ moment: HistoryMoment?) throws {
        guard transaction == nil else { throw EngineError.unsupported("AS OF a moment inside a transaction") }
        asOf = moment
    }

    /// Whether a transaction is open.
    public var isInTransaction: Bool { transaction != nil }

    /// Runs one statement, like `HtapEngine.query`.
    ///
    /// - Throws: `unsupported` for a columnar read inside a transaction; what `HtapEngine.query` throws.
    public func query(
        _ sql: String, _ parameters: [SQLValue] = [], hint: QueryHint = .auto, freshness: Freshness = .fresh
    ) async throws -> QueryResult {
        if let transaction { return try await run(sql, parameters, hint, in: transaction) }
        if let asOf { return try await engine.query(sql, parameters, asOf: asOf) }
        if let statement = try? SQLParser.parseStatement(sql), case .transaction(let opening) = statement {
            return try await open(opening, sql)
        }
        return try await engine.query(sql, parameters, hint: hint, freshness: freshness)
    }

    /// Runs one statement, like `query`; the batches of a query in columns come while they are being made.
    ///
    /// - Throws: as `HtapEngine.stream` does.
    public func stream(
        _ sql: String, _ parameters: [SQLValue] = [], hint: QueryHint = .auto, freshness: Freshness = .fresh
    ) async throws -> RecordBatchStream {
        if transaction == nil, asOf == nil, case .select? = try? SQLParser.parseStatement(sql) {
            return try await engine.stream(sql, parameters, hint: hint, freshness: freshness)
        }
        return RecordBatchStream(try await query(sql, parameters, hint: hint, freshness: freshness))
    }

    private func open(_ statement: TransactionStatement, _ sql: String) async throws -> QueryResult {
        switch statement.kind {
        case .begin, .savepoint: break
        case .commit, .rollback, .release, .rollbackTo:
            throw EngineError(.sqlite, "no transaction is active", at: statement.range)
        }
        guard let writer = engine.oltp.writer else {
            throw EngineError(.readOnly, "the database is open for reading only")
        }
        try await engine.makeRoom()
        transaction = try await HeldTransaction.begin(sql, on: writer)
        return QueryResult(schema: Schema([]), batches: [], info: QueryInfo(target: .oltp, reason: "not a query"))
    }

    private func run(
        _ sql: String, _ parameters: [SQLValue], _ hint: QueryHint, in transaction: HeldTransaction
    ) async throws -> QueryResult {
        let statement = try? SQLParser.parseStatement(sql)
        if hint == .forceOlap, case .select? = statement {
            throw EngineError.unsupported("columnar reads inside a transaction, whose rows are not committed")
        }
        let clock = ContinuousClock()
        let start = clock.now
        let (result, isOpen) = try await transaction.perform { connection in
            try OltpRunner.Answer(running: sql, parameters, on: connection)
        }
        if let statement { executed.append(statement) }
        changeCount += (try? result.get())?.changeCount ?? 0
        if !isOpen {
            engine.didCommit(changeCount, since: start)
            changeCount = 0
            self.transaction = nil
            let statements = executed
            executed = []
            try await engine.didExecute(statements)
        }
        let answer = try result.get()
        var info = QueryInfo(target: .oltp, reason: "inside a transaction")
        info.runDuration = clock.now - start
        return QueryResult(
            schema: answer.schema, batches: answer.batches, info: info, changeCount: answer.changeCount)
    }
}

extension HtapEngine {
    /// Opens a session.
    public func session() -> HtapSession { HtapSession(self) }
}
