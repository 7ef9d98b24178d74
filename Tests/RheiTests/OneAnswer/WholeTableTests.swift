import Rhei
import RheiTestSupport
import Testing

/// Aggregates that statistics of the table may answer, and those that are put together from others.
@Suite struct WholeTableTests {
    private static let questions = [
        "SELECT min(n), max(n), count(n), count(*) FROM item",
        "SELECT min(id), max(id), min(m), max(m), count(m) FROM item",
        "SELECT sum(n), sum(n + 1), sum(n + 2), sum(n - 3), sum(4 + n) FROM item",
        "SELECT m % 3 AS k, sum(n), sum(n + 1), sum(n + 2) FROM item GROUP BY k",
        "SELECT count(DISTINCT n) FROM item",
        "SELECT m % 3 AS k, count(DISTINCT n), count(*), count(n), sum(n), avg(n), min(n), max(name) FROM item GROUP BY k",
        "SELECT m, m - 1, m * 2, 5, count(*) FROM item GROUP BY 1, 2, 3, 4",
        "SELECT name, name || 'x', count(DISTINCT n) FROM item GROUP BY 1, 2",
    ]

    private func expectOneAnswer(_ engine: HtapEngine, _ message: String) async throws {
        for question in Self.questions {
            let columns = try await engine.comparableRows(question, hint: .forceOlap)
            let rows = try await engine.comparableRows(question, hint: .forceOltp)
            #expect(columns == rows, "\(question), \(message)")
        }
    }

    @Test(arguments: [1, 2, 3]) func `whole tables are answered alike after every kind of write`(_ seed: UInt64)
        async throws
    {
        var random = SeededGenerator(seed: seed)
        let width = [100, 40_000, 3_000_000_000][Int(seed) - 1]
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE item(id INTEGER PRIMARY KEY, n INTEGER, m INTEGER, name TEXT)")
            try await engine.registerTable("item")
            try await expectOneAnswer(engine, "seed \(seed), empty")
            for round in 0..<8 {
                let count = Int.random(in: 1...400, using: &random)
                let rows = (0..<count).map { _ -> String in
                    let n =
                        Int.random(in: 0..<9, using: &random) == 0
                        ? "NULL" : "\(Int.random(in: -width...width, using: &random))"
                    return
                        "(\(n), \(Int.random(in: 0..<20, using: &random)), 'name \(Int.random(in: 0..<5, using: &random))')"
                }
                try await engine.execute("INSERT INTO item(n, m, name) VALUES \(rows.joined(separator: ","))")
                try await expectOneAnswer(engine, "seed \(seed), round \(round), rows added")
                switch Int.random(in: 0..<4, using: &random) {
                case 0: try await engine.execute("DELETE FROM item WHERE n = (SELECT max(n) FROM item)")
                case 1: try await engine.execute("DELETE FROM item WHERE id % 3 < 2")
                case 2: try await engine.execute("UPDATE item SET n = n / 2 WHERE n > \(width / 2)")
                default: try await engine.execute("UPDATE item SET n = NULL WHERE n < 0")
                }
                try await expectOneAnswer(engine, "seed \(seed), round \(round), rows changed")
            }
            try await engine.execute("DELETE FROM item")
            try await expectOneAnswer(engine, "seed \(seed), emptied")
        }
    }

    /// Queries with grouping sets, and the same put together by hand.
    private static let sets = [
        (
            "SELECT m, name, count(*), count(n), sum(n), avg(n), min(n), max(name), grouping(m, name) FROM item GROUP BY ROLLUP(m, name)",
            """
            SELECT m, name, count(*), count(n), sum(n), avg(n), min(n), max(name), 0 FROM item GROUP BY m, name
            UNION ALL SELECT m, NULL, count(*), count(n), sum(n), avg(n), min(n), max(name), 1 FROM item GROUP BY m
            UNION ALL SELECT NULL, NULL, count(*), count(n), sum(n), avg(n), min(n), max(name), 3 FROM item
            """
        ),
        (
            "SELECT m, m % 2 AS k, count(n) FROM item GROUP BY GROUPING SETS ((k), (m, k), (), (k, m))",
            """
            SELECT NULL, m % 2 AS k, count(n) FROM item GROUP BY k
            UNION ALL SELECT m, m % 2 AS k, count(n) FROM item GROUP BY m, k
            UNION ALL SELECT NULL, NULL, count(n) FROM item
            UNION ALL SELECT m, m % 2 AS k, count(n) FROM item GROUP BY m, k
            """
        ),
        (
            "SELECT m, name, sum(i.n) FROM item AS i JOIN other AS o ON i.m = o.k WHERE o.k < 12 GROUP BY CUBE(m, name)",
            """
            SELECT m, name, sum(i.n) FROM item AS i JOIN other AS o ON i.m = o.k WHERE o.k < 12 GROUP BY m, name
            UNION ALL SELECT m, NULL, sum(i.n) FROM item AS i JOIN other AS o ON i.m = o.k WHERE o.k < 12 GROUP BY m
            UNION ALL SELECT NULL, name, sum(i.n) FROM item AS i JOIN other AS o ON i.m = o.k WHERE o.k < 12 GROUP BY name
            UNION ALL SELECT NULL, NULL, sum(i.n) FROM item AS i JOIN other AS o ON i.m = o.k WHERE o.k < 12
            """
        ),
    ]

    @Test func `coarse grouping sets are those of all rows`() async throws {
        try await withEngine { engine in
            try await engine.run(
                "CREATE TABLE item(id INTEGER PRIMARY KEY, n INTEGER, m INTEGER, name TEXT); CREATE TABLE other(k INTEGER)"
            )
            try await engine.registerTable("item")
            try await engine.registerTable("other")
            for round in 0..<3 {
                for (sets, plain) in Self.sets {
                    let combined = try await engine.comparableRows(sets, hint: .forceOlap)
                    let single = try await engine.comparableRows(plain, hint: .forceOlap)
                    #expect(combined == single, "\(sets), round \(round)")
                }
                try await engine.execute(
                    """
                    INSERT INTO item(n, m, name) WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 500)
                    SELECT iif(x % 7, x * 37 % 101 - 50, NULL), x % 23, 'name ' || x % 11 FROM c
                    """)
                try await engine.execute(
                    "INSERT INTO other WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 40) SELECT x % 17 FROM c"
                )
            }
        }
    }
}
