import Foundation
import Rhei
import RheiTestSupport
import Testing

@Suite struct ExplainTests {
    private let sql = "SELECT a % 3, count(*) FROM t WHERE a > 2 GROUP BY 1 ORDER BY 1"

    private func withRows(_ body: (HtapEngine) async throws -> Void) async throws {
        try await withEngine { engine in
            try await engine.run("CREATE TABLE t(a INTEGER PRIMARY KEY); CREATE TABLE u(a INT, b TEXT)")
            for a in 1...10 { try await engine.execute("INSERT INTO t VALUES (?)", [.integer(Int64(a))]) }
            try await engine.registerAll()
            try await body(engine)
        }
    }

    @Test func `EXPLAIN ANALYZE counts the rows of every operator`() async throws {
        try await withRows { engine in
            let rows = try await engine.query("EXPLAIN ANALYZE " + sql).rows()
            let lines = rows.compactMap { row -> String? in
                guard case .text(let line) = row[0] else { return nil }
                return line
            }
            #expect(lines.first == "engine: olap (analyzed)")
            #expect(lines.contains { $0.contains("scan t [a] where a > 2") && $0.contains(", 8 rows, ") })
            #expect(lines.contains { $0.contains("aggregate count(*)") && $0.contains(", 3 rows, ") })
            #expect(lines.last?.hasPrefix("sync ") == true)
        }
    }

    @Test func `EXPLAIN shows the columnar plan where columns are asked for`() async throws {
        try await withRows { engine in
            let rows = try await engine.query("EXPLAIN SELECT a FROM t", hint: .forceOlap).rows()
            #expect(rows.first == [.text("engine: olap (explained)")])
            #expect(rows.count == 2)
        }
    }

    @Test func `the JSON form nests operators and says what they did`() async throws {
        struct Report: Decodable {
            struct Operator: Decodable {
                var `operator`: String
                var rows: Int
                var ms: Double
                var inputs: [Operator]
            }
            var engine: String
            var plan: Operator
        }
        try await withRows { engine in
            let text = try await engine.explainColumns(sql, analyzing: true, format: .json)
            let report = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
            #expect(report.engine == "olap")
            #expect(report.plan.rows == 3)
            var scan = report.plan
            while let input = scan.inputs.first { scan = input }
            #expect(scan.operator.hasPrefix("scan t"))
            #expect(scan.rows == 8)
        }
    }

    @Test func `a shared subplan and a recursion are counted like other operators`() async throws {
        try await withRows { engine in
            let text = try await engine.explainColumns(
                """
                WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5), d AS (SELECT a FROM t
                WHERE a < 4) SELECT count(*) FROM c, d p, d q WHERE p.a = q.a
                """, analyzing: true)
            #expect(text.contains("recursion union_all"))
            #expect(
                text.split(separator: "\n").contains { $0.contains("recursion union_all") && $0.contains(", 5 rows, ") }
            )
        }
    }
}
