import RheiExec
import RheiPlan
import RheiSQL
import RheiSQLite
import RheiStore

extension HtapEngine {
    /// Runs one statement and returns all of its rows.
    ///
    /// A query goes to the engine that `hint` and the router choose; with `.auto`, what the columnar engine refuses is
    /// answered by SQLite. Any other statement runs in SQLite and returns its RETURNING rows, if any.
    /// - Parameters:
    ///   - sql: one statement, with `?`, `?1`, `:name`, `@name` or `$name` for parameters.
    ///   - parameters: values of the parameters, by position.
    ///   - freshness: how old the data of a columnar answer may be.
    /// - Throws: `EngineError` with the place in the text where there is one.
    public func query(
        _ sql: String, _ parameters: [SQLValue] = [], hint: QueryHint = .auto, freshness: Freshness = .fresh
    ) async throws -> QueryResult {
        let parsed = try statements.parse(sql, hint: hint)
        if parsed.mayWrite { try await makeRoom() }
        let start = ContinuousClock.now
        do {
            let result = try await answer(parsed, sql, parameters, hint, freshness)
            if parsed.mayWrite, config.access == .readWrite {
                // Rows of columnar tables are in columns already.
                didCommit(result.info.target == .oltp ? result.changeCount : 0, since: start)
            } else {
                service.reporter.didAnswer(result.info.target, ContinuousClock.now - start)
            }
            return result
        } catch {
            service.reporter.didFailQuery(error)
            throw error
        }
    }

    private func answer(
        _ parsed: ParsedStatement, _ sql: String, _ parameters: [SQLValue], _ hint: QueryHint, _ freshness: Freshness
    ) async throws -> QueryResult {
        if let result = try await runColumnar(parsed.statement, sql: sql, parameters, hint: hint, freshness) {
            return result
        }
        if let result = try await runExplain(parsed.statement, sql: sql, parameters, hint: hint, freshness) {
            return result
        }
        guard case .select(let select)? = parsed.statement else {
            return try await runOltp(sql, parameters, parsed, reason: "not a query")
        }
        let decision = try await route(select, hint: hint)
        guard decision.target == .olap else {
            return try await runOltp(sql, parameters, parsed, reason: decision.reason)
        }
        do {
            return try await runOlap(select, sql: sql, parameters, freshness, reason: decision.reason)
        } catch let error as EngineError where decision.mayTurnToSQLite && error.letsSQLiteAnswer {
            do {
                return try await runOltp(sql, parameters, parsed, reason: error.message)
            } catch let second {
                // When both refuse the query, the error that names the place is ours.
                throw error.namesAMistake || error.code == .invalidArgument ? error : second
            }
        }
    }

    /// Runs a query in columns and returns its batches while they are being made.
    ///
    /// The columnar engine answers unless `hint` says otherwise or it refuses the query; once the first batch is out
    /// the engine cannot change any more, so an error that would let SQLite answer is thrown by the stream.
    public func stream(
        _ sql: String, _ parameters: [SQLValue] = [], hint: QueryHint = .auto, freshness: Freshness = .fresh
    ) async throws -> RecordBatchStream {
        try await read(sql, parameters, hint: hint, freshness: freshness) { plan, reason in
            RecordBatchStream(try olap.start(plan), info: plan.info(reason: reason))
        } other: {
            RecordBatchStream($0)
        }
    }

    /// Returns the rows of a query, not yet read.
    func rows(
        _ sql: String, _ parameters: [SQLValue], hint: QueryHint, freshness: Freshness
    ) async throws -> QueryRows {
        try await read(sql, parameters, hint: hint, freshness: freshness) { plan, reason in
            let schema = QueryExecutor.schema(of: plan.plan)
            return QueryRows(schema: schema, parts: try TableParts(plan.plan, schema: schema)) { [olap] in
                RecordBatchStream(try olap.start(plan), info: plan.info(reason: reason))
            }
        } other: { result in
            QueryRows(schema: result.schema, parts: nil) { RecordBatchStream(result) }
        }
    }

    /// Plans a query for columns, or answers it otherwise.
    ///
    /// - Parameters:
    ///   - start: gets the plan and the reason for columns.
    ///   - other: gets the answer of SQLite.
    func read<Reading: Sendable>(
        _ sql: String, _ parameters: [SQLValue], hint: QueryHint, freshness: Freshness,
        start: (PlannedQuery, String) throws -> Reading, other: (QueryResult) -> Reading
    ) async throws -> Reading {
        let parsed = try statements.parse(sql, hint: hint)
        if case .select(let select)? = parsed.statement {
            let decision = try await route(select, hint: hint)
            if decision.target == .olap {
                do {
                    let plan = try await plan(select, sql: sql, parameters, freshness)
                    service.reporter.didStream()
                    return try start(plan, decision.reason)
                } catch let error as EngineError where decision.mayTurnToSQLite && error.letsSQLiteAnswer {}
            }
        }
        let result = try await query(sql, parameters, hint: hint == .auto ? .forceOltp : hint, freshness: freshness)
        return other(result)
    }

    /// Returns how a statement would be answered: engine, reason, and the plan.
    public func explain(
        _ sql: String, _ parameters: [SQLValue] = [], hint: QueryHint = .auto, freshness: Freshness = .fresh
    ) async throws -> String {
        let parsed = try statements.parse(sql, hint: hint)
        guard case .select(let select)? = parsed.statement else { return "engine: oltp (not a query)" }
        let decision = try await route(select, hint: hint)
        if decision.target == .olap {
            do {
                let plan = try await plan(select, sql: sql, parameters, freshness)
                return "engine: olap (\(decision.reason))\n" + plan.text
            } catch let error as EngineError where decision.mayTurnToSQLite && error.letsSQLiteAnswer {
                return try await explainOltp(sql, parameters, reason: error.message)
            }
        }
        return try await explainOltp(sql, parameters, reason: decision.reason)
    }

    private func explainOltp(_ sql: String, _ parameters: [SQLValue], reason: String) async throws -> String {
        let answer = try await oltp.run("EXPLAIN QUERY PLAN " + sql, parameters, statement: nil)
        var lines = ["engine: oltp (\(reason))"]
        for batch in answer.batches {
            for row in 0..<batch.rowCount {
                if case .text(let detail) = try batch.value(row: row, column: 3) { lines.append(detail) }
            }
        }
        return lines.joined(separator: "\n")
    }

    // MARK: - Steps

    func route(_ select: SelectStatement, hint: QueryHint) async throws -> Router.Decision {
        if columnarTables.isDurable {
            for name in select.tablesRead where name.schema == nil {
                if let damage = columnarTables.damage(of: name.name.name) { throw damage }
            }
        }
        // Only a free choice between tables asks for them.
        let keys = hint == .auto && !select.isOneRow ? try await mirror?.uniqueKeys() : nil
        let mayLoad = loader != nil
        let columnar = columnarTables.current
        let router = Router(
            uniqueKeys: { name in
                if let known = keys?[asciiLowercased(name)] { return known }
                return mayLoad ? [] : nil
            },
            isColumnar: { columnar.table(named: $0) != nil }, columnarFunctions: EngineCatalog.columnarFunctions)
        return router.route(select, hint: hint)
    }

    private func runOltp(
        _ sql: String, _ parameters: [SQLValue], _ parsed: ParsedStatement, reason: String
    ) async throws -> QueryResult {
        let clock = ContinuousClock()
        let start = clock.now
        let answer: OltpRunner.Answer
        do {
            answer = try await oltp.run(sql, parameters, statement: parsed.statement)
        } catch let error as EngineError where error.code == .syntax {
            // Both refuse the text; ours names the place and what was expected.
            throw parsed.syntaxError ?? error
        }
        if config.autoRegistration == .createdTables, let statement = parsed.statement {
            try await didExecute([statement])
        }
        var info = QueryInfo(target: .oltp, reason: reason)
        info.runDuration = clock.now - start
        return QueryResult(
            schema: answer.schema, batches: answer.batches, info: info, changeCount: answer.changeCount)
    }

    private func runOlap(
        _ select: SelectStatement, sql: String, _ parameters: [SQLValue], _ freshness: Freshness, reason: String
    ) async throws -> QueryResult {
        do {
            return try await runOlapOnce(select, sql: sql, parameters, freshness, reason: reason)
        } catch let error as EngineError where error.code == .corrupt {
            // A damaged segment file: its table is loaded anew with the next catalog.
            guard let mirror, await mirror.hasNewDamage else { throw error }
            return try await runOlapOnce(select, sql: sql, parameters, freshness, reason: reason)
        } catch let error as EngineError where error.code == .leavesInteger {
            return try await runOlapOnce(select, sql: sql, parameters, freshness, reason: reason, widens: true)
        }
    }

    private func runOlapOnce(
        _ select: SelectStatement, sql: String, _ parameters: [SQLValue], _ freshness: Freshness, reason: String,
        widens: Bool = false
    ) async throws -> QueryResult {
        let plan = try await plan(select, sql: sql, parameters, freshness, widens: widens)
        let clock = ContinuousClock()
        let start = clock.now
        let running = try olap.start(plan)
        let batches = try await running.collect()
        var info = plan.info(reason: reason)
        info.runDuration = clock.now - start
        return QueryResult(schema: running.schema, batches: batches, info: info)
    }

    /// Makes the columns current and plans the query over them.
    ///
    /// - Parameter widens: whether integer arithmetic may leave 64 bits.
    func plan(
        _ select: SelectStatement, sql: String, _ parameters: [SQLValue], _ freshness: Freshness, widens: Bool = false
    ) async throws -> PlannedQuery {
        let clock = ContinuousClock()
        let start = clock.now
        if !widens, var known = try await knownPlan(select, sql: sql, parameters, freshness) {
            known.syncDuration = clock.now - start
            return known
        }
        let catalog = try await catalog(for: select, sql: sql, freshness)
        let ready = clock.now
        var planned = try olap.plan(select, sql: sql, parameters, catalog: catalog, widens: widens)
        planned.syncDuration = ready - start
        planned.planDuration = clock.now - ready
        return planned
    }

    /// The kept plan of a query over the mirror: when no data have changed, what the query names need not be looked up.
    private func knownPlan(
        _ select: SelectStatement, sql: String, _ parameters: [SQLValue], _ freshness: Freshness
    ) async throws -> PlannedQuery? {
        let key = PlanCache.Key(sql: sql, parameters: parameters)
        let columnar = columnarTables.current
        guard let mirror, olap.plans.holds(key) else { return nil }
        // A query that the mirror has no part in waits for no sync.
        if !columnar.tables.isEmpty || select.isOneRow, readsColumnarTablesAlone(select, columnar) { return nil }
        return olap.knownPlan(key, over: try await catalog(of: mirror, columnar, freshness))
    }

    private func catalog(
        of mirror: Mirror, _ columnar: StoreSnapshot, _ freshness: Freshness
    ) async throws -> EngineCatalog {
        var catalog = try await mirror.catalog(freshness)
        catalog.columnar = columnar
        catalog.allowsFileAccess = config.allowsFileAccess
        return catalog
    }

    /// The mirror when it has all tables that the query reads, else what is loaded for it.
    func catalog(
        for select: SelectStatement, sql: String, _ freshness: Freshness, demand: ColumnDemand? = nil
    ) async throws -> EngineCatalog {
        let columnar = columnarTables.current
        if readsColumnarTablesAlone(select, columnar) {
            return EngineCatalog(columnar: columnar, allowsFileAccess: config.allowsFileAccess)
        }
        if let mirror {
            let catalog = try await catalog(of: mirror, columnar, freshness)
            var reach = TableReach(schema: catalog.schema, columnar: columnar)
            try reach.follow(select, .all)
            let hasAll =
                reach.tables.keys.allSatisfy { catalog.snapshot.table(named: $0) != nil }
                || !select.historicTablesRead.isEmpty
            // A mirror without tables does not follow the schema, so a name unknown to it may still exist.
            if loader == nil || (hasAll && !reach.hasUnknownNames) { return catalog }
        }
        guard let loader else { throw EngineError(.notMirrored, "the engine has no columnar copies") }
        var catalog = try await loader.catalog(
            for: select, demand: demand ?? (config.optimizes ? ColumnDemand(of: sql) : .all), columnar: columnar)
        catalog.allowsFileAccess = config.allowsFileAccess
        // What is loaded belongs to the loader, which lets go of it when the database changes.
        catalog.reuse.forbid()
        return catalog
    }

    /// Whether the mirror has no part in a query.
    private func readsColumnarTablesAlone(_ select: SelectStatement, _ columnar: StoreSnapshot) -> Bool {
        guard columnar.hasAll(select.tablesRead) else { return false }
        // The arguments of these functions are no tables of the query's, but the functions ask the mirror for them.
        return mirror == nil
            || select.tableFunctionsRead.isDisjoint(with: [StorageInfoTable.name, EngineCatalog.historyFunction])
    }

    /// Follows up on statements that were committed through this engine: registers the tables they made, if asked to.
    func didExecute(_ statements: [Statement]) async throws {
        guard config.autoRegistration == .createdTables else { return }
        for case .create(let create) in statements {
            guard case .table = create.object, !create.isTemporary else { continue }
            do {
                try await registerTable(create.name.name.name)
            } catch let error as EngineError where error.code == .unknownName {
                // Made and dropped again, or rolled back.
            }
        }
    }
}

extension EngineError {
    /// Whether SQLite may know an answer where the columnar engine stopped.
    var letsSQLiteAnswer: Bool {
        code == .unsupported || code == .leavesStaticType || code == .leavesInteger || code == .notMirrored
            || code == .overflow || code == .invalidArgument || namesAMistake
    }

    /// Whether the error speaks of the query itself: a name, a type or the use of an aggregate.
    var namesAMistake: Bool {
        code == .unknownName || code == .misusedAggregate || code == .typeMismatch || code == .ambiguousName
    }
}
