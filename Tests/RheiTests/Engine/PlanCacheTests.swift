@testable import Rhei
import RheiTestSupport
import Testing

/// Queries that are asked twice: the second plan is the first, unless something that it was made of has changed.
@Suite struct PlanCacheTests {
    private func withTable(_ body: (HtapEngine) async throws -> Void) async throws {
        try await withEngine { engine in
            try await engine.run(
                "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y')")
            try await engine.registerTable("t")
            try await body(engine)
        }
    }

    private func rows(_ engine: HtapEngine, _ sql: String, _ parameters: [SQLValue] = []) async throws -> [[SQLValue]] {
        try await engine.query(sql, parameters, hint: .forceOlap).rows()
    }

    private func expect(_ engine: HtapEngine, _ sql: String, _ expected: [[SQLValue]]) async throws {
        let found = try await rows(engine, sql)
        #expect(found == expected, "\(sql)")
    }

    @Test func `the same text over the same rows is planned once`() async throws {
        try await withTable { engine in
            try await expect(engine, "SELECT count(*) FROM t", [[2]])
            #expect(engine.olap.plans.count == 1)
            try await expect(engine, "SELECT count(*) FROM t", [[2]])
            #expect(engine.olap.plans.hitCount == 1)
        }
    }

    @Test func `new rows, columns and tables make a plan anew`() async throws {
        try await withTable { engine in
            let sql = "SELECT * FROM t ORDER BY a DESC LIMIT 1"
            try await expect(engine, sql, [[2, "y"]])
            try await engine.execute("INSERT INTO t VALUES (3, 'z')")
            try await expect(engine, sql, [[3, "z"]])
            try await engine.execute("ALTER TABLE t ADD COLUMN c DEFAULT 7")
            try await expect(engine, sql, [[3, "z", 7]])
            _ = try await engine.query("CREATE TABLE k USING columnar AS SELECT 1 AS n")
            try await expect(engine, "SELECT n FROM k", [[1]])
            _ = try await engine.query("DROP TABLE k")
            _ = try await engine.query("CREATE TABLE k USING columnar AS SELECT 2 AS n")
            try await expect(engine, "SELECT n FROM k", [[2]])
            #expect(engine.olap.plans.hitCount == 0)
        }
    }

    @Test func `parameters are told apart by every bit`() async throws {
        try await withTable { engine in
            let sql = "SELECT ?1, typeof(?1), quote(?1) FROM t LIMIT 1"
            let values: [SQLValue] = [
                .integer(1), .real(1), .text("1"), .blob([0x31]), .null, .real(0), .real(-0.0), .text("\u{E9}"),
                .text("e\u{301}"),
            ]
            let first = try await values.asyncMap { try await rows(engine, sql, [$0]) }
            let second = try await values.asyncMap { try await rows(engine, sql, [$0]) }
            #expect(first == second)
            #expect(engine.olap.plans.count == values.count)
            try await expect(engine, "SELECT length('\u{E9}') FROM t", [[1], [1]])
            try await expect(engine, "SELECT length('e\u{301}') FROM t", [[2], [2]])
        }
    }

    @Test func `plans that hold the time or rows of a subquery are not kept`() async throws {
        try await withTable { engine in
            for sql in [
                "SELECT a FROM t LIMIT (SELECT count(*) FROM t)", "SELECT a FROM t LIMIT unixepoch('now') > 0",
            ] {
                _ = try await rows(engine, sql)
                #expect(engine.olap.plans.count == 0, "\(sql)")
            }
        }
    }

    @Test func `the plan used longest ago makes room`() async throws {
        try await withTable { engine in
            for number in 0..<200 { _ = try await rows(engine, "SELECT a + \(number) FROM t") }
            #expect(engine.olap.plans.count == 128)
            _ = try await rows(engine, "SELECT a + 199 FROM t")
            #expect(engine.olap.plans.hitCount == 1)
            _ = try await rows(engine, "SELECT a + 0 FROM t")
            #expect(engine.olap.plans.hitCount == 1)
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
