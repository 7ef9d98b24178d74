import RheiCore
import Testing

@Suite struct BinderErrorTests {
    static let cases: [(sql: String, code: EngineError.Code, message: String, at: String?)] = [
        ("SELECT x FROM t", .unknownName, "no such column: x", "x"),
        ("SELECT t.x FROM t", .unknownName, "no such column: t.x", "t.x"),
        ("SELECT 1 FROM tt", .unknownName, "no such table: tt", "tt"),
        ("SELECT foo(a) FROM t", .unknownName, "no such function: foo", "foo"),
        ("SELECT a FROM t, u", .ambiguousName, "ambiguous column name: a", "a"),
        ("SELECT abs(a, 1) FROM t", .typeMismatch, "wrong number of arguments to function abs()", "abs"),
        ("SELECT a FROM t WHERE count(*) > 1", .misusedAggregate, "misuse of aggregate: count()", "count"),
        ("SELECT count(count(*)) FROM t", .misusedAggregate, "misuse of aggregate function count()", "count"),
        (
            "SELECT a FROM t GROUP BY count(*)", .misusedAggregate,
            "aggregate functions are not allowed in the GROUP BY clause", "count(*)"
        ),
        ("SELECT a FROM t HAVING a", .misusedAggregate, "HAVING clause on a non-aggregate query", "a"),
        (
            "SELECT 1 UNION SELECT 1, 2", .typeMismatch,
            "SELECTs to the left and right of UNION do not have the same number of result columns", nil
        ),
        ("SELECT 1 ORDER BY 2", .typeMismatch, "1st ORDER BY term out of range - should be between 1 and 1", "2"),
        (
            "SELECT 1 AS a UNION SELECT 2 ORDER BY a + 1", .unknownName,
            "1st ORDER BY term does not match any column in the result set", "a + 1"
        ),
        ("SELECT (SELECT 1, 2)", .typeMismatch, "sub-select returns 2 columns - expected 1", nil),
        ("SELECT 1 IN (SELECT 1, 2)", .typeMismatch, "sub-select returns 2 columns - expected 1", nil),
        ("SELECT (1, 2)", .typeMismatch, "row value misused", nil),
        ("SELECT *", .syntax, "no tables specified", "*"),
        ("SELECT z.* FROM t", .unknownName, "no such table: z", "z"),
        (
            "SELECT * FROM t JOIN v USING (a)", .unknownName,
            "cannot join using column a - column not present in both tables", nil
        ),
        ("WITH c(x, y) AS (SELECT 1) SELECT * FROM c", .typeMismatch, "table c has 1 values for 2 columns", nil),
        ("SELECT 1 LIMIT 'a'", .typeMismatch, "datatype mismatch", "'a'"),
        ("SELECT sum() FROM t", .typeMismatch, "wrong number of arguments to function sum()", "sum"),
        (
            "SELECT a FROM t WHERE rank() OVER () = 1", .misusedAggregate, "misuse of window function rank()", "rank"
        ),
        ("SELECT rank() FROM t", .misusedAggregate, "misuse of window function rank()", "rank"),
        ("SELECT sum(sum(b) OVER ()) OVER () FROM t", .misusedAggregate, "misuse of window function sum()", nil),
        (
            "SELECT rank() OVER () AS r FROM t WHERE r = 1", .misusedAggregate,
            "misuse of aliased window function r", nil
        ),
        ("SELECT a FROM t GROUP BY rank() OVER ()", .misusedAggregate, "misuse of window function rank()", nil),
        ("SELECT rank() OVER () FROM t GROUP BY 1", .misusedAggregate, "misuse of window function rank()", nil),
        ("SELECT rank(a) OVER () FROM t", .typeMismatch, "wrong number of arguments to function rank()", "rank"),
        (
            "SELECT count(DISTINCT a) OVER () FROM t", .misusedAggregate,
            "DISTINCT is not supported for window functions", nil
        ),
        (
            "SELECT rank() FILTER (WHERE a) OVER () FROM t", .misusedAggregate,
            "FILTER clause may only be used with aggregate window functions", nil
        ),
        ("SELECT abs(a) OVER () FROM t", .misusedAggregate, "abs() may not be used as a window function", "abs"),
        ("SELECT sum(a) OVER w FROM t", .unknownName, "no such window: w", "w"),
        (
            "SELECT sum(a) OVER (w PARTITION BY b) FROM t WINDOW w AS (ORDER BY a)", .syntax,
            "cannot override PARTITION clause of window: w", nil
        ),
        (
            "SELECT sum(a) OVER (w ORDER BY b) FROM t WINDOW w AS (ORDER BY a)", .syntax,
            "cannot override ORDER BY clause of window: w", nil
        ),
        (
            "SELECT sum(a) OVER (w) FROM t WINDOW w AS (ORDER BY a ROWS 1 PRECEDING)", .syntax,
            "cannot override frame specification of window: w", nil
        ),
        (
            "SELECT sum(a) OVER (RANGE 1 PRECEDING) FROM t", .typeMismatch,
            "RANGE with offset PRECEDING/FOLLOWING requires one ORDER BY expression", nil
        ),
    ]

    @Test(arguments: cases.indices)
    func `errors name the object and its place`(index: Int) throws {
        let expected = Self.cases[index]
        let error = try #require(PlanFixture.standard.error(expected.sql), "\(expected.sql)")
        #expect(error.code == expected.code, "\(expected.sql): \(error)")
        #expect(error.message == expected.message)
        if let text = expected.at {
            let range = try #require(error.range, "\(expected.sql)")
            let bytes = Array(expected.sql.utf8)[range.lowerBound..<range.upperBound]
            #expect(String(decoding: bytes, as: UTF8.self) == text)
        }
    }

    @Test(arguments: [
        (
            "SELECT sum(b) OVER (ROWS abs(b) PRECEDING) FROM t", "unsupported: frame offset by this expression"
        ),
        (
            "SELECT sum(b) OVER (ROWS -1 PRECEDING) FROM t",
            "unsupported: frame starting offset must be a non-negative integer"
        ),
        (
            "SELECT a, max(b) FILTER (WHERE a) FROM t",
            "unsupported: bare column a beside min() or max() with FILTER"
        ),
        (
            "SELECT n.name FROM n, t GROUP BY ROLLUP (n.name)",
            "unsupported: group key whose equal values differ (name) in the result"
        ),
        ("SELECT rowid FROM v", "unsupported: rowid of a table without INTEGER PRIMARY KEY"),
        ("SELECT random()", "unsupported: function random()"),
        ("SELECT group_concat(DISTINCT c ORDER BY a) FROM t", "unsupported: ORDER BY in DISTINCT group_concat()"),
    ])
    func `what is not done is refused by name`(sql: String, message: String) throws {
        let error = try #require(PlanFixture.standard.error(sql), "\(sql)")
        #expect(error.message == message)
        #expect(error.code == .unsupported)
    }

    @Test(arguments: [
        ("SELECT amout FROM (SELECT 1 AS amount)", "did you mean amount?"),
        ("SELECT 1 FROM uu", "did you mean"),
        ("SELECT substrr('a', 1)", "did you mean substr?"),
        ("SELECT t.bb FROM t", "did you mean"),
    ])
    func `errors suggest the nearest names`(sql: String, hint: String) throws {
        let error = try #require(PlanFixture.standard.error(sql))
        #expect(error.hint?.hasPrefix(hint) == true, "\(error)")
    }
}
