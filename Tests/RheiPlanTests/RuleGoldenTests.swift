import Foundation
import RheiPlan
import Testing

/// What each rule of the optimizer does: plans just before and just after it, against `Snapshots/rules/<rule>.txt`.
///
/// With `RHEI_UPDATE_SNAPSHOTS=1` in the environment the files are written anew; their differences are then read.
@Suite struct RuleGoldenTests {
    /// Per rule, queries whose plans it changes.
    static let queries: [(rule: String, sql: [String])] = [
        (
            "unnesting",
            [
                "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.b = t.b)",
                "SELECT a FROM t WHERE d > (SELECT avg(f) FROM u)",
                "SELECT a, (SELECT count(*) FROM u WHERE u.b = t.b) AS n FROM t",
                "SELECT a FROM t WHERE b NOT IN (SELECT n FROM v WHERE k = t.a)",
            ]
        ),
        (
            "shared plans",
            [
                "WITH c AS (SELECT b FROM t) SELECT * FROM c"
            ]
        ),
        (
            "constant folding",
            [
                "SELECT a FROM t WHERE NOT (b = 2 OR NULL IS NOT NULL) AND CASE WHEN 1 THEN b END"
            ]
        ),
        (
            "semi join sinking",
            [
                "SELECT t.a FROM t JOIN u ON t.a = u.a WHERE u.b IN (SELECT k FROM v)"
            ]
        ),
        (
            "predicate pushdown",
            [
                "SELECT * FROM (SELECT a, b + 1 AS x FROM t) s, u WHERE s.a = u.a AND s.x > 3 AND u.b = 2",
                "SELECT * FROM t LEFT JOIN u ON t.a = u.a WHERE u.b = 1",
                "SELECT t.c, u.b FROM t LEFT JOIN u ON t.b = u.b AND u.a > t.a WHERE u.b IS NULL AND t.d > 3",
                "SELECT * FROM t, u WHERE (t.a = u.a AND t.b = 1) OR (t.a = u.a AND t.b = 2)",
                "SELECT b, n FROM (SELECT b, count(*) AS n FROM t GROUP BY b) WHERE b > 3 AND n > 1",
                "SELECT x FROM (SELECT a AS x FROM t UNION ALL SELECT b FROM u) WHERE x = 3",
            ]
        ),
        (
            "shared filters",
            [
                "WITH c AS (SELECT b, count(*) AS n FROM t GROUP BY b) SELECT x.n, y.n FROM c x, c y WHERE x.n = y.n AND x.b = 1 AND y.b = 2"
            ]
        ),
        (
            "grouping simplification",
            [
                "SELECT DISTINCT a, b FROM t",
                "SELECT a, b, c, count(*) FROM t GROUP BY a, b, c",
            ]
        ),
        (
            "derived keys",
            [
                "SELECT b, b - 1, 7, c || b, count(*) FROM t GROUP BY b, b - 1, 3, c || b",
                "SELECT c, c || 'x', abs(b) FROM t GROUP BY 1, 2, 3",
            ]
        ),
        (
            "statistics aggregation",
            [
                "SELECT min(i), max(i), count(i), count(*) FROM s",
                "SELECT max(j) FROM (SELECT i + 1 AS k, i AS j FROM s)",
            ]
        ),
        (
            "sum reduction",
            [
                "SELECT sum(i), sum(i + 1), sum(2 + i), sum(i - 3) FROM s WHERE j > 1",
                "SELECT j, count(*), sum(i + 1), sum(i + 2), sum(i + 3) FROM s GROUP BY j",
            ]
        ),
        (
            "distinct splitting",
            [
                "SELECT count(DISTINCT c) FROM t",
                "SELECT j, count(DISTINCT i), count(*), count(i), sum(i), avg(i), min(i) FROM s GROUP BY j",
            ]
        ),
        (
            "eager aggregation",
            [
                "SELECT name, city, sum(amount), count(*) FROM sale JOIN buyer ON sale.buyer = buyer.id GROUP BY name, city",
                "SELECT city, day, name, avg(amount), min(amount), max(mail) FROM buyer, sale WHERE sale.buyer = buyer.id AND day IN (1, 2, 3) GROUP BY city, day, name",
                "SELECT name, city, n, count(amount) FROM sale, buyer, v WHERE sale.buyer = buyer.id AND sale.day = v.k GROUP BY name, city, n",
            ]
        ),
        (
            "projection pruning",
            [
                "SELECT a FROM (SELECT a, b, c || 'x' AS y FROM t) WHERE b > 1",
                "SELECT t.a FROM t LEFT JOIN u ON t.a = u.a",
            ]
        ),
        (
            "sort removal",
            [
                "SELECT count(*) FROM (SELECT a FROM t ORDER BY b)"
            ]
        ),
        (
            "grouping reduction",
            [
                "SELECT v.k, s.n FROM v JOIN (SELECT b, count(*) AS n FROM t GROUP BY b) s ON s.b = v.k WHERE v.n = 1"
            ]
        ),
        (
            "join ordering",
            [
                "SELECT t.a FROM t, u, v WHERE t.b = v.n AND v.k = u.a",
                "SELECT t.a FROM t, u, v WHERE t.b = u.b AND t.b = v.k",
            ]
        ),
    ]

    private static func file(_ rule: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Snapshots/rules/\(rule.replacing(" ", with: "-")).txt")
    }

    @Test(arguments: queries.map(\.rule))
    func `plans around a rule are those of the snapshot`(_ rule: String) throws {
        let queries = try #require(Self.queries.first { $0.rule == rule }).sql
        var text = ""
        for sql in queries {
            let (before, after) = try PlanFixture.standard.logical(sql, around: rule)
            #expect(before != after, "the rule leaves \(sql) as it is")
            text += "== \(sql)\n-- before\n\(before)\n-- after\n\(after)\n"
        }
        if ProcessInfo.processInfo.environment["RHEI_UPDATE_SNAPSHOTS"] == "1" {
            try text.write(to: Self.file(rule), atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: Self.file(rule), encoding: .utf8) == text)
    }

    @Test(arguments: [
        ("derived keys", "SELECT b - 1, c, count(*) FROM t GROUP BY b - 1, c"),
        ("derived keys", "SELECT d, d - 1, count(*) FROM t GROUP BY d, d - 1"),
        ("derived keys", "SELECT 7, count(*) FROM t GROUP BY 1"),
        ("statistics aggregation", "SELECT min(i) FROM s WHERE j > 1"),
        ("statistics aggregation", "SELECT min(i) FROM s GROUP BY j"),
        ("statistics aggregation", "SELECT min(i) FILTER (WHERE j > 1) FROM s"),
        ("statistics aggregation", "SELECT min(i + 1) FROM s"),
        ("statistics aggregation", "SELECT min(i), sum(i) FROM s"),
        ("statistics aggregation", "SELECT min(i), max(name) FROM s"),
        ("statistics aggregation", "SELECT count(DISTINCT i) FROM s"),
        ("statistics aggregation", "SELECT min(a) FROM t"),
        ("sum reduction", "SELECT sum(b), sum(b + 1), sum(b + 2) FROM t"),
        ("sum reduction", "SELECT sum(i), sum(i + 1) FROM s"),
        ("sum reduction", "SELECT sum(i), sum(i + 1), sum(i + 3000000000) FROM s"),
        ("sum reduction", "SELECT sum(b + 1), sum(b + 2), sum(b + 3) FROM s JOIN u ON s.j = u.a"),
        ("sum reduction", "SELECT sum(DISTINCT i + 1), sum(DISTINCT i + 2), sum(DISTINCT i + 3) FROM s"),
        ("distinct splitting", "SELECT count(DISTINCT i), count(DISTINCT j) FROM s"),
        ("distinct splitting", "SELECT count(DISTINCT i), count(*) FROM s"),
        ("distinct splitting", "SELECT j, count(DISTINCT i), sum(b) FROM s JOIN t ON t.a = s.i GROUP BY j"),
        ("distinct splitting", "SELECT count(DISTINCT name) FROM n"),
        ("distinct splitting", "SELECT name, count(DISTINCT i) FROM s GROUP BY name"),
        ("distinct splitting", "SELECT count(DISTINCT d) FROM t"),
        ("distinct splitting", "SELECT count(DISTINCT i) FILTER (WHERE j > 1) FROM s"),
        (
            "eager aggregation",
            "SELECT name, city, sum(price) FROM sale JOIN buyer ON sale.buyer = buyer.id GROUP BY name, city"
        ),
        (
            "eager aggregation",
            "SELECT name, city, count(*), max(mail COLLATE NOCASE) FROM sale JOIN buyer ON sale.buyer = buyer.id GROUP BY 1, 2"
        ),
        (
            "eager aggregation",
            "SELECT name, city, sum(amount * 2) FROM sale JOIN buyer ON sale.buyer = buyer.id GROUP BY name, city"
        ),
        (
            "eager aggregation",
            "SELECT name, city, count(DISTINCT amount) FROM sale JOIN buyer ON sale.buyer = buyer.id GROUP BY name, city"
        ),
        (
            "eager aggregation",
            "SELECT name, city, count(*) FILTER (WHERE day > 3) FROM sale JOIN buyer ON sale.buyer = buyer.id GROUP BY name, city"
        ),
        (
            "eager aggregation",
            "SELECT name, city, count(*), sum(buyer.id) FROM sale JOIN buyer ON sale.buyer = buyer.id GROUP BY name, city"
        ),
        (
            "eager aggregation",
            "SELECT name, city, group_concat(amount) FROM sale JOIN buyer ON sale.buyer = buyer.id GROUP BY name, city"
        ),
        (
            "eager aggregation",
            "SELECT name, city, place, count(*) FROM sale JOIN buyer ON sale.buyer = buyer.id GROUP BY name, city, place"
        ),
        (
            "eager aggregation",
            "SELECT name, city, day + 1, count(*) FROM sale JOIN buyer ON sale.buyer = buyer.id GROUP BY name, city, day + 1"
        ),
        (
            "eager aggregation",
            "SELECT name, city, day || mail, count(*) FROM sale JOIN buyer ON sale.buyer = buyer.id GROUP BY name, city, day || mail"
        ),
        ("eager aggregation", "SELECT name, count(*) FROM sale JOIN buyer ON sale.buyer = buyer.id GROUP BY name"),
        (
            "eager aggregation",
            "SELECT name, city, count(*) FROM sale LEFT JOIN buyer ON sale.buyer = buyer.id GROUP BY name, city"
        ),
        (
            "eager aggregation",
            "SELECT name, city, count(*) FROM sale JOIN buyer ON sale.buyer = buyer.id AND day < buyer.id GROUP BY name, city"
        ),
        (
            "eager aggregation",
            "SELECT name, city, count(*) FROM sale JOIN buyer ON sale.place = buyer.mail GROUP BY name, city"
        ),
        (
            "eager aggregation",
            "SELECT name, city, count(*) FROM sale JOIN buyer ON sale.buyer = buyer.id WHERE mail = 'x' AND name = 'y' GROUP BY name, city"
        ),
        (
            "eager aggregation",
            "SELECT buyer.name, city, count(*) FROM s JOIN buyer ON s.i = buyer.id GROUP BY buyer.name, city"
        ),
    ])
    func `a rule leaves alone what it would change the result of`(_ rule: String, _ sql: String) throws {
        let (before, after) = try PlanFixture.standard.logical(sql, around: rule)
        #expect(before == after)
    }

    @Test func `every rule has its golden`() {
        #expect(Planner.ruleNames == Self.queries.map(\.rule))
    }
}
