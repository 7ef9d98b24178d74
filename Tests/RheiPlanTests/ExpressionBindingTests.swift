import RheiCore
import RheiPlan
import Testing

/// What the binder makes of expressions: affinity, collation and types become casts and calls.
@Suite struct ExpressionBindingTests {
    @Test(arguments: [
        // Comparison affinity: a numeric column makes numbers of text, a text column makes text of numbers.
        ("b = '5'", "int64(b = 5)"),
        ("b = '5x'", "int64(b = '5x')"),
        ("c = 5", "int64(c = '5')"),
        ("c = b", "int64(affinity_numeric(c) = b)"),
        ("b < c", "int64(b < affinity_numeric(c))"),
        ("'5' = 5", "int64('5' = 5)"),
        ("+b = '5'", "int64(b = '5')"),
        ("CAST(c AS INTEGER) = '5'", "int64(CAST(c AS int64) = 5)"),
        ("b = d", "int64(b = d)"),
        ("b IS NULL", "int64(b IS NULL)"),
        ("b IS NOT NULL", "int64(NOT (b IS NULL))"),
        ("b = NULL", "NULL"),
        ("b BETWEEN '1' AND d", "int64((b >= 1) AND (b <= d))"),
    ])
    func `a comparison applies the affinity of its columns`(sql: String, bound: String) throws {
        #expect(try PlanFixture.standard.expression(sql) == bound)
    }

    @Test(arguments: [
        ("name = 'x'", "int64(name = 'x' COLLATE NOCASE)"),
        ("plain = name", "int64(plain = name)"),
        ("name = plain", "int64(name = plain COLLATE NOCASE)"),
        ("plain = name COLLATE RTRIM", "int64(plain = name COLLATE RTRIM)"),
        ("name COLLATE BINARY = 'x'", "int64(name = 'x')"),
        ("'x' = name", "int64('x' = name COLLATE NOCASE)"),
        ("name IN ('a', 'b')", "int64(name IN ('a', 'b') COLLATE NOCASE)"),
        ("'a' IN (name, 'b')", "int64(('a' = 'b') OR ('a' = name))"),
        ("plain || name COLLATE NOCASE = 'x'", "int64((plain || name) = 'x' COLLATE NOCASE)"),
    ])
    func `the left operand's collation wins, and COLLATE over both`(sql: String, bound: String) throws {
        #expect(try PlanFixture.standard.expression(sql, from: "n") == bound)
    }

    @Test(arguments: [
        ("b + 1", "b + 1"), ("b + d", "float64(b) + d"), ("b / 2", "b / 2"), ("c + 1", "any(c) + 1"),
        ("c * d", "number(c) * d"), ("b % d", "float64(b % CAST(d AS int64))"), ("d % d", "d % d"),
        ("c & 3", "CAST(c AS int64) & 3"), ("b || d", "CAST(b AS utf8View) || CAST(d AS utf8View)"),
        ("-b", "-b"), ("-c", "0 - any(c)"), ("b + NULL", "NULL"), ("(b > 1) + 1", "int64(b > 1) + 1"),
        ("-9223372036854775808", "-9223372036854775808"), ("- -5", "--5"),
    ])
    func `arithmetic computes in the type that SQLite computes in`(sql: String, bound: String) throws {
        #expect(try PlanFixture.standard.expression(sql) == bound)
    }

    @Test(arguments: [
        ("CASE WHEN b THEN 1 ELSE 'x' END", "CASE WHEN truth(b) THEN 1 ELSE 'x' END"),
        ("CASE b WHEN '1' THEN d END", "CASE WHEN b = 1 THEN d END"),
        ("coalesce(b, d, 'x')", "CASE WHEN NOT (b IS NULL) THEN any(b) WHEN NOT (d IS NULL) THEN any(d) ELSE 'x' END"),
        ("ifnull(b, 0)", "CASE WHEN NOT (b IS NULL) THEN b ELSE 0 END"),
        ("nullif(b, 0)", "CASE WHEN b = 0 THEN NULL ELSE b END"),
        ("iif(c, b, 1)", "CASE WHEN truth(c) THEN b ELSE 1 END"),
        ("b IS TRUE", "int64((NOT (truth(b) IS NULL)) AND truth(b))"),
        ("NOT b", "int64(NOT truth(b))"),
        ("b AND c OR d", "int64((truth(b) AND truth(c)) OR truth(d))"),
        ("c LIKE 'a%'", "int64(like('a%', c))"),
        ("c NOT LIKE 'a%' ESCAPE '!'", "int64(NOT like('a%', c, '!'))"),
        ("b IN ()", "0"),
        ("b IN (1, NULL)", "int64((b = 1) OR NULL)"),
        ("b IN (1, 2.0, '3')", "int64(b IN (1, 2, 3))"),
        ("(b, c) = (1, 'x')", "int64((b = 1) AND (c = 'x'))"),
        ("(b, c) < (1, 'x')", "int64((b < 1) OR ((b = 1) AND (c < 'x')))"),
        ("\"no column\"", "'no column'"),
        ("TRUE", "1"),
    ])
    func `logic, conditionals and row values`(sql: String, bound: String) throws {
        #expect(try PlanFixture.standard.expression(sql) == bound)
    }

    @Test func `parameters are constants by number and name`() throws {
        let text = try PlanFixture.standard.logical(
            "SELECT ?2 AS x, :n AS y, ?9 AS z FROM t", parameters: ["a", 2, 3.5])
        #expect(text.contains("project x: 2, y: 3.5, z: NULL"))
    }

    @Test func `result columns are called as SQLite calls them`() throws {
        let plan = try PlanFixture.standard.plan(
            "SELECT A, t.b, a+1, a  +  1 , b AS \"the b\", rowid, count( * ) FROM t GROUP BY a, b")
        #expect(plan.columnNames == ["a", "b", "a+1", "a  +  1", "the b", "a", "count( * )"])
        #expect(plan.declaredTypes == ["INTEGER", "INTEGER", nil, nil, "INTEGER", "INTEGER", nil])
    }

    @Test func `columns of a subquery get unique names`() throws {
        let plan = try PlanFixture.standard.plan("SELECT * FROM (SELECT a, a, a + 1, A FROM t)")
        #expect(plan.columnNames == ["a", "a:1", "a + 1", "A:2"])
    }

    @Test func `USING merges columns and star shows them once`() throws {
        let plan = try PlanFixture.standard.plan("SELECT * FROM t JOIN u USING (a, b)")
        #expect(plan.columnNames == ["a", "b", "c", "d", "e", "f"])
        let natural = try PlanFixture.standard.plan("SELECT * FROM t NATURAL JOIN u")
        #expect(natural.columnNames == ["a", "b", "c", "d", "e", "f"])
        let qualified = try PlanFixture.standard.plan("SELECT u.* FROM t JOIN u USING (a)")
        #expect(qualified.columnNames == ["a", "b", "e", "f"])
    }
}
