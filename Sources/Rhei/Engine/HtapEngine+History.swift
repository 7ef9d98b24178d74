import RheiCDC
import RheiExec
import RheiPlan
import RheiSQL
import RheiStore

/// A moment in the history of tables.
public enum HistoryMoment: Sendable, Hashable {
    /// After the change at a position, such as ``SyncResult/position``.
    case position(Int64)
    /// In microseconds since 1970, UTC.
    case time(Int64)

    var point: HistoryPoint {
        switch self {
        case .position(let position): .position(position)
        case .time(let time): .time(time)
        }
    }
}

extension HtapEngine {
    /// Answers a query from the tables as they were at a moment: all that it reads, but those that it reads AS OF
    /// another.
    ///
    /// - Throws: `unsupported` for a statement that is no query, and when a table's history is not kept;
    ///   `invalidArgument` for a moment that a history does not tell of.
    public func query(
        _ sql: String, _ parameters: [SQLValue] = [], asOf moment: HistoryMoment
    ) async throws -> QueryResult {
        guard case .select(let select) = try SQLParser.parseStatement(sql) else {
            throw EngineError.unsupported("a statement that is no query, AS OF a moment")
        }
        do {
            return try await answer(select, sql: sql, parameters, asOf: moment)
        } catch let error as EngineError where error.code == .leavesInteger {
            return try await answer(select, sql: sql, parameters, asOf: moment, widens: true)
        }
    }

    private func answer(
        _ select: SelectStatement, sql: String, _ parameters: [SQLValue], asOf moment: HistoryMoment,
        widens: Bool = false
    ) async throws -> QueryResult {
        let clock = ContinuousClock()
        let start = clock.now
        guard let mirror else { throw EngineError(.notMirrored, "the engine has no columnar copies") }
        var catalog = try await mirror.catalog(.fresh)
        catalog.columnar = columnarTables.current
        catalog.allowsFileAccess = config.allowsFileAccess
        let ready = clock.now
        var planned = try olap.plan(select, sql: sql, parameters, catalog: catalog, widens: widens, asOf: moment.point)
        planned.syncDuration = ready - start
        planned.planDuration = clock.now - ready
        let running = try olap.start(planned)
        let batches = try await running.collect()
        return QueryResult(
            schema: running.schema, batches: batches, info: planned.info(reason: "asked for as of a moment"))
    }

    /// Forgets the versions of a table's rows that ended before a moment; the history then begins there.
    ///
    /// - Returns: the number of versions removed.
    /// - Throws: `unsupported` when the table's history is not kept; `invalidArgument` for a moment that it does not
    ///   tell of.
    @discardableResult
    public func forgetHistory(ofTable table: String, before moment: HistoryMoment) async throws -> Int {
        guard let mirror else {
            throw EngineError(.readOnly, "the database is open for reading only")
        }
        return try await mirror.forgetHistory(of: table, before: moment)
    }
}
