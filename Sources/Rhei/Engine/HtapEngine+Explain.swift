import RheiArrow
import RheiExec
import RheiPlan
import RheiSQL

extension HtapEngine {
    /// Returns the columnar plan of a query, or, when it is to be analyzed, the plan with the rows and the time of each
    /// operator after the query has been run to its end.
    ///
    /// Times are those of all threads together.
    /// - Throws: `unsupported` for what the columnar engine does not answer.
    public func explainColumns(
        _ sql: String, _ parameters: [SQLValue] = [], analyzing: Bool = false, format: ExplanationFormat = .text,
        freshness: Freshness = .fresh
    ) async throws -> String {
        guard case .select(let select) = try SQLParser.parseStatement(sql) else {
            throw EngineError.unsupported("EXPLAIN of a statement that is no query")
        }
        return try await report(select, sql: sql, parameters, analyzing, freshness).text(format)
    }

    private func report(
        _ select: SelectStatement, sql: String, _ parameters: [SQLValue], _ isAnalyzed: Bool, _ freshness: Freshness
    ) async throws -> PlanReport {
        let planned = try await plan(select, sql: sql, parameters, freshness)
        var info = planned.info(reason: isAnalyzed ? "analyzed" : "explained")
        let operators = PlanPrinter.operators(planned.plan)
        guard isAnalyzed else { return PlanReport(operators: operators, counters: nil, info: info) }
        let profile = QueryProfile(planned.plan.root)
        let clock = ContinuousClock()
        let start = clock.now
        _ = try await olap.start(planned, profile: profile).collect()
        info.runDuration = clock.now - start
        return PlanReport(operators: operators, counters: profile.operators, info: info)
    }

    /// Answers EXPLAIN ANALYZE, and EXPLAIN where the columnar engine is asked for: one row per line of the plan. Nil
    /// for any other statement.
    func runExplain(
        _ statement: Statement?, sql: String, _ parameters: [SQLValue], hint: QueryHint, _ freshness: Freshness
    ) async throws -> QueryResult? {
        guard case .explain(let explain)? = statement, case .select(let select) = explain.statement,
            explain.kind == .analyze || (explain.kind == .plan && hint == .forceOlap)
        else { return nil }
        let report = try await report(select, sql: sql, parameters, explain.kind == .analyze, freshness)
        let builder = ColumnBuilder(defaultType: .utf8View)
        for line in report.text(.text).split(separator: "\n") { builder.append(.text(String(line))) }
        let column = builder.finish()
        let schema = Schema([Field("plan", column.type)])
        return QueryResult(
            schema: schema, batches: [try RecordBatch(schema: schema, columns: [column])], info: report.info)
    }
}
