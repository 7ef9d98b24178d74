import Foundation
import Testing

/// Logical plans after each rule and texts of EXPLAIN, against `Snapshots/plans.txt`.
///
/// With `RHEI_UPDATE_SNAPSHOTS=1` in the environment the file is written anew; its difference is then read.
@Suite struct PlanGoldenTests {
    static let rules: [(rule: String, sql: String)] = [
        (
            "binding",
            "SELECT b, count(*) AS n FROM t WHERE c = 1 GROUP BY b HAVING sum(d) > 2 ORDER BY n DESC, b LIMIT 3"
        ),
        ("binding", "SELECT c, min(a) FROM t JOIN u USING (a) GROUP BY a"),
        ("binding", "SELECT DISTINCT b FROM t ORDER BY b + 1"),
        ("binding", "SELECT a FROM t UNION SELECT b FROM u UNION ALL SELECT f FROM u ORDER BY 1"),
        ("binding", "SELECT a FROM t EXCEPT SELECT k FROM v INTERSECT SELECT n FROM v"),
        ("binding", "SELECT * FROM t RIGHT JOIN u USING (a)"),
        ("binding", "SELECT a FROM t FULL JOIN u USING (a)"),
        ("binding", "SELECT * FROM w WHERE y > 1"),
        ("binding", "VALUES (1, 'a'), (2.5, NULL)"),
        ("binding", "SELECT count(*) FROM n GROUP BY name"),
        ("binding", "SELECT sum(c), avg(b), group_concat(b, '-') FILTER (WHERE d) FROM t"),
        ("unnesting", "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.b = t.b)"),
        ("unnesting", "SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.b > t.b)"),
        ("unnesting", "SELECT a FROM t WHERE EXISTS (SELECT count(*) FROM u WHERE u.b > t.b)"),
        ("unnesting", "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u) OR b = 1"),
        ("unnesting", "SELECT a, (SELECT count(*) FROM u WHERE u.b = t.b) AS n FROM t"),
        ("unnesting", "SELECT a, (SELECT max(f) FROM u WHERE u.b > t.b) AS m FROM t"),
        ("unnesting", "SELECT a FROM t WHERE d > (SELECT avg(f) FROM u)"),
        ("unnesting", "SELECT a FROM t WHERE b NOT IN (SELECT n FROM v WHERE k = t.a)"),
        ("unnesting", "SELECT a, b IN (SELECT n FROM v) AS i FROM t"),
        ("unnesting", "SELECT (SELECT u.e FROM u WHERE u.a = t.b) AS e FROM t"),
        ("unnesting", "SELECT (SELECT u.e FROM u WHERE u.b = t.b) AS e FROM t"),
        ("unnesting", "SELECT (SELECT t.a + 1) AS e FROM t"),
        ("unnesting", "SELECT t.a, u.f FROM t AS t ASOF LEFT JOIN u ON t.a = u.a AND t.b + 1 >= u.b"),
        ("unnesting", "SELECT a, f FROM t, LATERAL (SELECT f FROM u WHERE u.b < t.b ORDER BY b DESC LIMIT 1)"),
        (
            "unnesting",
            "SELECT a FROM t WHERE b IN (SELECT b FROM u WHERE EXISTS (SELECT 1 FROM v WHERE k = t.a AND n = u.a))"
        ),
        (
            "unnesting",
            "SELECT (SELECT sum(x) FROM (SELECT f AS x FROM u WHERE u.b < t.b UNION ALL SELECT t.d)) AS s FROM t"
        ),
        ("shared plans", "WITH c AS (SELECT b FROM t) SELECT * FROM c"),
        ("shared plans", "WITH c AS (SELECT b FROM t) SELECT * FROM c AS x, c AS y WHERE x.b < y.b"),
        ("constant folding", "SELECT a FROM t WHERE NOT (b = 2 OR NULL IS NOT NULL) AND CASE WHEN 1 THEN b END"),
        (
            "predicate pushdown",
            "SELECT * FROM (SELECT a, b + 1 AS x FROM t) s, u WHERE s.a = u.a AND s.x > 3 AND u.b = 2"
        ),
        ("predicate pushdown", "SELECT * FROM t LEFT JOIN u ON t.a = u.a WHERE u.b = 1"),
        ("predicate pushdown", "SELECT * FROM t LEFT JOIN u ON t.a = u.a AND u.b = 1 WHERE t.a = 3"),
        ("predicate pushdown", "SELECT * FROM t LEFT JOIN u ON t.a = u.a WHERE u.b IS NULL"),
        ("predicate pushdown", "SELECT b, n FROM (SELECT b, count(*) AS n FROM t GROUP BY b) WHERE b > 3 AND n > 1"),
        ("predicate pushdown", "SELECT * FROM t, u WHERE (t.a = u.a AND t.b = 1) OR (t.a = u.a AND t.b = 2)"),
        ("predicate pushdown", "SELECT * FROM t, u WHERE (t.c = 'x' AND u.e = 'y') OR (t.c = 'y' AND u.e = 'x')"),
        ("predicate pushdown", "SELECT x FROM (SELECT a AS x FROM t UNION ALL SELECT b FROM u) WHERE x = 3"),
        ("predicate pushdown", "SELECT a FROM t WHERE a NOT IN (SELECT k FROM v)"),
        ("predicate pushdown", "SELECT a FROM t WHERE b = NULL"),
        ("semi join sinking", "SELECT t.a FROM t JOIN u ON t.a = u.a WHERE u.b IN (SELECT k FROM v)"),
        ("grouping simplification", "SELECT DISTINCT a, b FROM t"),
        ("grouping simplification", "SELECT a, b, c, count(*) FROM t GROUP BY a, b, c"),
        ("projection pruning", "SELECT t.a FROM t LEFT JOIN u ON t.a = u.a"),
        ("projection pruning", "SELECT a FROM (SELECT a, b, c || 'x' AS y FROM t) WHERE b > 1"),
        ("projection pruning", "WITH c AS (SELECT a, b, c, d FROM t) SELECT x.a FROM c AS x, c AS y WHERE x.b = y.b"),
        ("sort removal", "SELECT count(*) FROM (SELECT a FROM t ORDER BY b)"),
        ("sort removal", "SELECT a + 1 FROM t ORDER BY b LIMIT 3"),
        ("binding", "SELECT a, rank() OVER (PARTITION BY c ORDER BY b), count(*) OVER (PARTITION BY c) FROM t"),
        ("binding", "SELECT c, sum(count(*)) OVER (ORDER BY c ROWS 1 PRECEDING EXCLUDE TIES) FROM t GROUP BY c"),
        (
            "unnesting",
            "SELECT a, (SELECT max(r) FROM (SELECT rank() OVER (ORDER BY f) AS r FROM u WHERE u.b > t.b)) FROM t"
        ),
        (
            "predicate pushdown",
            "SELECT * FROM (SELECT a, b, rank() OVER (PARTITION BY b ORDER BY d) AS r FROM t) WHERE b = 1 AND r = 1 AND a > 2"
        ),
        (
            "projection pruning",
            "SELECT a FROM (SELECT a, b, rank() OVER (ORDER BY c) AS r, lag(d) OVER (ORDER BY c) AS l FROM t) WHERE l > 1"
        ),
        ("join ordering", "SELECT t.a FROM t, u, v WHERE t.b = v.n AND v.k = u.a"),
        ("join ordering", "SELECT t.a FROM t, u, v WHERE t.b = u.b AND t.b = v.k"),
    ]

    static let explained = [
        "SELECT t.c, count(*) FROM t JOIN u ON t.b = u.a WHERE t.d > 1.5 GROUP BY t.c ORDER BY 2 DESC LIMIT 3",
        "SELECT a FROM t WHERE b NOT IN (SELECT n FROM v)",
        "SELECT name FROM n x WHERE EXISTS (SELECT 1 FROM n y WHERE x.name = y.plain)",
        "SELECT t.a FROM t, m WHERE t.b = m.num",
        "SELECT (a, b) IN (SELECT k, n FROM v) FROM t",
        "SELECT (b, b) IN (SELECT n, n FROM v) FROM t",
        "SELECT t.a FROM u LEFT JOIN t ON t.b = u.b",
        "SELECT a FROM t WHERE b BETWEEN 2 AND 5 AND c LIKE 'x%'",
        "SELECT t.a FROM t, u WHERE t.b < u.b",
        "SELECT x.a FROM t x, t y WHERE x.b BETWEEN y.b AND y.a",
        "SELECT x.a FROM t x LEFT JOIN t y ON y.d > x.d AND y.d <= x.d + 1",
        "SELECT a FROM t x WHERE EXISTS (SELECT 1 FROM t y WHERE y.b > x.b)",
        "SELECT t.a, u.f FROM t AS t ASOF JOIN u ON t.a = u.a AND t.b >= u.b",
        "SELECT a FROM t UNION ALL SELECT k FROM v",
        "SELECT a, lead(c, 2) OVER (PARTITION BY b ORDER BY d DESC), sum(b) FILTER (WHERE d) OVER (ORDER BY a) FROM t",
        "SELECT t.c, u.f FROM t JOIN u ON t.a = u.a JOIN v ON u.b = v.k WHERE v.n > 3 AND u.e LIKE 'x%'",
        "SELECT t.a FROM t LEFT JOIN u ON t.b < u.b AND u.e = 'x'",
        "SELECT a FROM t WHERE c LIKE 'x%' ORDER BY b LIMIT 5",
        "SELECT a, rank() OVER (ORDER BY b) FROM t WHERE c LIKE 'x%'",
        "SELECT a FROM t WHERE c LIKE 'x%' AND b > 2 AND EXISTS (SELECT 1 FROM u WHERE u.b = t.b AND u.f > t.d)",
    ]

    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Snapshots/plans.txt")

    /// Each plan under the line that names its rule and query.
    private func sections() throws -> [(title: String, text: String)] {
        let fixture = PlanFixture.standard
        return try Self.rules.map { rule, sql in
            ("[\(rule)] \(sql)", try fixture.logical(sql, after: rule == "binding" ? nil : rule))
        } + Self.explained.map { ("[explain] \($0)", try fixture.explain($0)) }
    }

    @Test func `plans are those of the snapshot`() throws {
        let sections = try sections()
        let all = sections.map { "== \($0.title)\n\($0.text)\n" }.joined()
        if ProcessInfo.processInfo.environment["RHEI_UPDATE_SNAPSHOTS"] == "1" {
            try all.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        let stored = try String(contentsOf: Self.file, encoding: .utf8)
        for (title, text) in sections {
            #expect(stored.contains("== \(title)\n\(text)\n"), "\(title)\n\(text)")
        }
        #expect(stored.count == all.count)
    }

    @Test func `a disjunction over two tables counts once, though it filters each of them too`() throws {
        let text = try PlanFixture.standard.explain(
            "SELECT x.a FROM t x, t y WHERE (x.b = 1 AND y.b = 2) OR (x.b = 2 AND y.b = 1)")
        #expect(text.contains("OR") && !text.contains("~0 rows"), "\(text)")
    }

    @Test func `a join of 64 tables is planned without a cross product`() throws {
        var fixture = PlanFixture()
        for index in 0..<64 { fixture.add("t\(index): a integer, b integer, x text", rows: 10) }
        let tables = (0..<64).map { "t\($0)" }
        let links = (1..<64).map { "t\($0).a = t\($0 * 7 % $0 == 0 ? $0 - 1 : $0 / 2).b" }
        let text = try fixture.explain(
            "SELECT \(tables.map { "\($0).x" }.joined(separator: ", ")) FROM \(tables.reversed().joined(separator: ", ")) "
                + "WHERE \(links.joined(separator: " AND "))")
        #expect(!text.contains("nested_loop_join"))
        #expect(text.components(separatedBy: "hash_join inner").count == 64)
    }
}
