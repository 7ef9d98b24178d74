import Rhei
import Testing

/// Queries that are ended from outside.
@Suite struct InterruptTests {
    private static let endless =
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"

    @Test func `an interrupt ends the queries that run, and no later ones`() async throws {
        try await withEngine { config in
            config.loadsOnDemand = true
        } _: { engine in
            let query = Task { try await engine.query(Self.endless, hint: .forceOlap) }
            while engine.runningQueries.isEmpty { await Task.yield() }
            engine.interrupt()
            let error = await #expect(throws: EngineError.self) { _ = try await query.value }
            #expect(error?.code == .cancelled)
            #expect(engine.runningQueries.isEmpty)
            let rows = try await engine.query("SELECT 1 + 1", hint: .forceOlap).rows()
            #expect(rows == [[.integer(2)]])
        }
    }

    @Test func `cancelling its task ends a query over a few rows that make many`() async throws {
        try await withEngine { config in
            config.loadsOnDemand = true
        } _: { engine in
            let sql = "SELECT count(*) FROM generate_series(1, 1000000000000)"
            let query = Task { try await engine.query(sql, hint: .forceOlap) }
            while engine.runningQueries.isEmpty { await Task.yield() }
            query.cancel()
            let error = await #expect(throws: EngineError.self) { _ = try await query.value }
            #expect(error?.code == .cancelled)
        }
    }

    @Test func `cancelling ends aggregates over frames whose start moves`() async throws {
        try await withEngine { config in
            config.loadsOnDemand = true
        } _: { engine in
            let sql = """
                SELECT median(value) OVER (ORDER BY value ROWS BETWEEN 100000 PRECEDING AND 100000 FOLLOWING)
                FROM generate_series(1, 300000)
                """
            let query = Task { try await engine.query(sql, hint: .forceOlap) }
            while engine.runningQueries.isEmpty { await Task.yield() }
            query.cancel()
            let error = await #expect(throws: EngineError.self) { _ = try await query.value }
            #expect(error?.code == .cancelled)
            // The only worker is free again before all frames are done.
            let rows = try await engine.query("SELECT count(*) FROM generate_series(1, 10)", hint: .forceOlap).rows()
            #expect(rows == [[.integer(10)]])
        }
    }

    @Test func `a query past the engine's timeout is cancelled`() async throws {
        try await withEngine { config in
            config.loadsOnDemand = true
            config.queryTimeout = .milliseconds(20)
        } _: { engine in
            let error = await #expect(throws: EngineError.self) {
                _ = try await engine.query(Self.endless, hint: .forceOlap)
            }
            #expect(error?.code == .cancelled)
            #expect(error?.message.contains("deadline") == true)
        }
    }

    @Test func `memory use is zero when no query runs`() async throws {
        try await withEngine { config in
            config.loadsOnDemand = true
            config.memoryLimit = 8 << 20
        } _: { engine in
            let sql = "SELECT value % 1000, count(*) FROM generate_series(1, 50000) GROUP BY 1 ORDER BY 2, 1"
            let result = try await engine.query(sql, hint: .forceOlap)
            #expect(result.rowCount == 1000)
            for _ in 0..<1_000_000 where engine.memoryUse.byteCount > 0 { await Task.yield() }
            let use = engine.memoryUse
            #expect(use.limit == 8 << 20)
            #expect(use.byteCount == 0)
            #expect((1...8 << 20).contains(use.peakByteCount))
            #expect(use.temporaryByteCount == 0)
        }
    }
}
