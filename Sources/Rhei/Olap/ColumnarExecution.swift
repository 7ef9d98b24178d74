import RheiExec
import RheiSQL

/// Settings under which a single query is run from columns, whatever the engine's own are: for tests that compare
/// answers under many settings over the same columns.
package struct ColumnarExecution: Sendable {
    let runner: OlapRunner

    let optimizes: Bool

    package init(vectorSize: Int, threadCount: Int, optimizes: Bool) {
        var config = HtapConfig(databasePath: "")
        config.vectorSize = vectorSize
        config.threadCount = threadCount
        config.optimizes = optimizes
        self.optimizes = optimizes
        runner = OlapRunner(config)
    }
}

extension HtapEngine {
    /// Answers a query from columns under the given settings.
    ///
    /// - Throws: what `query(_:hint:)` throws with `.forceOlap`.
    package func query(_ sql: String, _ execution: ColumnarExecution, freshness: Freshness) async throws -> QueryResult
    {
        guard case .select(let select) = try SQLParser.parseStatement(sql) else {
            throw EngineError.unsupported("a statement that is no query")
        }
        let catalog = try await catalog(
            for: select, sql: sql, freshness, demand: execution.optimizes ? nil : .all)
        let run = { (widens: Bool) async throws in
            let planned = try execution.runner.plan(select, sql: sql, [], catalog: catalog, widens: widens)
            let running = try execution.runner.start(planned)
            let batches = try await running.collect()
            return QueryResult(schema: running.schema, batches: batches, info: planned.info(reason: "asked for"))
        }
        do {
            return try await run(false)
        } catch let error as EngineError where error.code == .leavesInteger {
            return try await run(true)
        }
    }
}
