import Rhei
import RheiTestSupport
import Testing

/// What the columnar engine understands beyond SQLite, each beside a query of SQLite's that means the same.
@Suite struct ExtensionTests {
    static let pairs: [(extended: String, plain: String)] = [
        ("SELECT * FROM dept AS d(k, n) ORDER BY k", "SELECT id AS k, name AS n, city FROM dept ORDER BY id"),
        ("SELECT k, s FROM (SELECT 1, 2) AS q(k, s)", "SELECT 1 AS k, 2 AS s"),
        ("SELECT * EXCLUDE (city) FROM dept", "SELECT id, name FROM dept"),
        ("SELECT * EXCLUDE city FROM dept", "SELECT id, name FROM dept"),
        (
            "SELECT * EXCLUDE (city) REPLACE (upper(name) AS name) FROM dept ORDER BY ALL DESC",
            "SELECT id, upper(name) AS name FROM dept ORDER BY 1 DESC, 2 DESC"
        ),
        (
            "SELECT d.* REPLACE (d.id * 10 AS id), e.name FROM dept d JOIN emp e ON e.dept = d.id ORDER BY ALL",
            """
            SELECT d.id * 10 AS id, d.name, d.city, e.name FROM dept d JOIN emp e ON e.dept = d.id ORDER BY 1, 2, 3, 4
            """
        ),
        (
            "SELECT id FROM emp UNION SELECT id FROM dept ORDER BY ALL",
            "SELECT id FROM emp UNION SELECT id FROM dept ORDER BY 1"
        ),
        (
            "SELECT d.name, x.name, x.pay FROM dept d, LATERAL (SELECT name, pay FROM emp WHERE dept = d.id) x",
            "SELECT d.name, x.name, x.pay FROM dept d, emp x WHERE x.dept = d.id"
        ),
        (
            """
            SELECT d.name, x.n FROM dept d LEFT JOIN LATERAL (SELECT count(*) n FROM emp WHERE dept = d.id) x ON x.n > 0
            """,
            "SELECT d.name, nullif((SELECT count(*) FROM emp WHERE dept = d.id), 0) AS n FROM dept d"
        ),
        (
            """
            SELECT d.name, x.n, y.z FROM dept d, LATERAL (SELECT count(*) n FROM emp WHERE dept < d.id) x,
            LATERAL (SELECT x.n * d.id AS z) y
            """,
            """
            SELECT name, n, n * id AS z FROM (SELECT d.id, d.name, (SELECT count(*) FROM emp WHERE dept < d.id) AS n
            FROM dept d)
            """
        ),
        (
            """
            SELECT d.name, x.name FROM dept d LEFT JOIN LATERAL (SELECT name FROM emp WHERE pay > d.id * 250) x
            ON x.name < 'D'
            """,
            "SELECT d.name, x.name FROM dept d LEFT JOIN emp x ON x.pay > d.id * 250 AND x.name < 'D'"
        ),
    ]

    @Test(arguments: CorpusTests.executions)
    func `extensions mean what plain SQL says at greater length`(_ execution: CorpusTests.Execution) async throws {
        try await CorpusTests().withCorpus(execution) { engine in
            for (extended, plain) in Self.pairs {
                var expected = await engine.answer(plain, .forceOltp)
                var actual = await engine.answer(extended, .forceOlap)
                if !extended.contains("ORDER BY") { (expected, actual) = (expected.unordered, actual.unordered) }
                #expect(actual == expected, "\(extended)")
            }
        }
    }

    static let mistakes: [(sql: String, message: String)] = [
        ("SELECT * EXCLUDE (nope) FROM dept", "no such column: nope (in EXCLUDE)"),
        ("SELECT * EXCLUDE (id, name, city) FROM dept", "EXCLUDE leaves no column of *"),
        ("SELECT * REPLACE (1 AS nope) FROM dept", "no such column: nope (in REPLACE)"),
        ("SELECT 1 FROM dept AS d(a, b, c, e)", "table d has 3 columns, but 4 names are given"),
        (
            "SELECT 1 FROM dept d RIGHT JOIN LATERAL (SELECT d.id) x ON 1",
            "LATERAL may not stand on the right side of a RIGHT or FULL JOIN"
        ),
    ]

    @Test func `extensions report mistakes by name`() async throws {
        try await CorpusTests().withCorpus(CorpusTests.executions[0]) { engine in
            for (sql, expected) in Self.mistakes {
                guard case .refusal(_, let message) = await engine.answer(sql, .forceOlap) else {
                    Issue.record("answered: \(sql)")
                    continue
                }
                #expect(message == expected, "\(sql)")
            }
        }
    }
}
