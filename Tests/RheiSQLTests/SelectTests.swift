import RheiCore
import RheiSQL
import Testing

/// Queries: the shape of their trees.
@Suite struct SelectTests {
    @Test(arguments: [
        "SELECT a, t.a, (a), a + 1, ( a ) + 1 , 'x'||'y' /* c */, a AS b, a b, \"a\", count( * )  FROM t",
        "SELECT 1+1 -- comment", "SELECT 5 /* end */ ;",
        "SELECT max ( 1 , 2 )\n\t, (1+2)  , ( 3 ), \u{e9}.a FROM t \u{e9}",
        "SELECT CASE WHEN a THEN 1 END, a IS NULL, -a, a COLLATE nocase, CAST(a AS text), NULL, x'00', ?1 FROM t",
        "SELECT (SELECT a FROM t), EXISTS (SELECT 1), a 'str', 'str', 1 [x], +a FROM t",
    ])
    func `result columns are named after their text as by SQLite`(sql: String) throws {
        let names = try resultExpressions(sql).map { $0.columnName(in: sql) }
        #expect(names == SQLiteOracle(schema: Corpus.schema).columnNames(of: sql))
    }

    @Test func `clauses stand where they belong`() throws {
        let sql = """
            WITH RECURSIVE q(x) AS NOT MATERIALIZED (SELECT 1) SELECT DISTINCT a, t.*, * FROM t WHERE b GROUP BY c, d
            HAVING e WINDOW w AS (ORDER BY f), v AS () ORDER BY g DESC NULLS FIRST, h LIMIT 1 OFFSET 2
            """
        let select = try parseSelect(sql)
        let core = try parseCore(sql)
        #expect(select.with?.isRecursive == true && select.with?.tables.count == 1)
        #expect(select.with?.tables[0].columns.map(\.name) == ["x"])
        #expect(select.with?.tables[0].materialization == .notMaterialized)
        #expect(core.isDistinct && core.columns.count == 3 && core.filter != nil && core.groupBy.count == 2)
        #expect(core.having != nil && core.windows.map(\.name.name) == ["w", "v"] && core.qualify == nil)
        #expect(select.orderBy.map(\.isDescending) == [true, false] && select.orderBy[0].nulls == .first)
        #expect(select.limit?.kind == .literal(.integer(1)) && select.offset?.kind == .literal(.integer(2)))
        guard case .star(let star) = core.columns[1], case .star(let all) = core.columns[2] else {
            Issue.record("no stars")
            return
        }
        #expect(star.table?.name == "t" && all.table == nil)
        #expect(slice(sql, select.range) == sql)
    }

    @Test func `a limit with a comma names the offset first`() throws {
        #expect(try parseSelect("SELECT 1 LIMIT 2, 3") == parseSelect("SELECT 1 LIMIT 3 OFFSET 2"))
    }

    @Test func `compounds lean to the left with one precedence`() throws {
        let select = try parseSelect("SELECT 1 UNION SELECT 2 INTERSECT SELECT 3 UNION ALL VALUES (4)")
        guard
            case .compound(.unionAll, .compound(.intersect, .compound(.union, _, _), _), .values(let rows)) = select
                .body
        else {
            Issue.record("\(SQLPrinter.text(of: select))")
            return
        }
        #expect(rows.count == 1)
    }

    private func from(_ sql: String) throws -> TableExpression {
        try #require(try parseCore("SELECT * FROM \(sql)").from)
    }

    @Test(arguments: [
        (",", TableJoin.Kind.comma, false), ("JOIN", .inner, false), ("INNER JOIN", .inner, false),
        ("CROSS JOIN", .cross, false), ("LEFT JOIN", .left, false), ("LEFT OUTER JOIN", .left, false),
        ("OUTER LEFT JOIN", .left, false), ("RIGHT JOIN", .right, false), ("RIGHT OUTER JOIN", .right, false),
        ("FULL JOIN", .full, false), ("FULL OUTER JOIN", .full, false), ("LEFT RIGHT JOIN", .full, false),
        ("NATURAL JOIN", .inner, true), ("NATURAL LEFT OUTER JOIN", .left, true), ("LEFT NATURAL JOIN", .left, true),
        ("NATURAL CROSS JOIN", .cross, true), ("CROSS INNER JOIN", .cross, false), ("LEFT LEFT JOIN", .left, false),
    ])
    func `join words combine as in SQLite`(words: String, kind: TableJoin.Kind, isNatural: Bool) throws {
        guard
            case .accepted = SQLiteOracle(schema: "CREATE TABLE a(x); CREATE TABLE b(x)")
                .verdict(on: "SELECT * FROM a \(words) b")
        else {
            Issue.record("SQLite rejects it")
            return
        }
        guard case .join(let join) = try from("a \(words) b") else {
            Issue.record("no join")
            return
        }
        #expect(join.kind == kind && join.isNatural == isNatural && !join.isAsOf && join.constraint == nil)
    }

    @Test func `joins lean to the left and take the constraint that follows`() throws {
        guard case .join(let outer) = try from("a JOIN b ON x, c LEFT JOIN (d JOIN e) USING (y, z)"),
            case .join(let middle) = outer.left, case .join(let inner) = middle.left
        else {
            Issue.record("other shape")
            return
        }
        #expect(outer.kind == .left && middle.kind == .comma && inner.kind == .inner)
        guard case .using(let columns)? = outer.constraint, case .on? = inner.constraint,
            case .parenthesized(let parenthesized) = outer.right
        else {
            Issue.record("other constraints")
            return
        }
        #expect(columns.map(\.name) == ["y", "z"] && middle.constraint == nil && parenthesized.alias == nil)
    }

    @Test func `tables carry names, aliases and hints`() throws {
        guard case .table(let table) = try from("main.t AS x INDEXED BY i"),
            case .table(let plain) = try from("t NOT INDEXED"),
            case .function(let function) = try from("json_each('[]', 1) j"),
            case .subquery(let subquery) = try from("(SELECT 1) AS s"),
            case .parenthesized(let parenthesized) = try from("(t) p")
        else {
            Issue.record("other shapes")
            return
        }
        #expect(table.name.schema?.name == "main" && table.name.name.name == "t" && table.alias?.name.name == "x")
        #expect(plain.alias == nil && plain.indexHint == .notIndexed)
        #expect(function.arguments.count == 2 && function.alias?.name.name == "j" && !function.isLateral)
        #expect(subquery.alias?.name.name == "s" && !subquery.isLateral && parenthesized.alias?.name.name == "p")
        guard case .indexedBy(let index)? = table.indexHint else {
            Issue.record("no index")
            return
        }
        #expect(index.name == "i")
    }

    @Test func `IN takes lists, queries, tables and functions`() throws {
        func source(_ sql: String) throws -> InSource? {
            if case .inSet(_, let source, _) = try SQLParser.parseExpression(sql).kind { source } else { nil }
        }
        guard case .list(let none)? = try source("a IN ()"), case .list(let one)? = try source("a IN ((SELECT 1))"),
            case .select? = try source("a IN (SELECT 1)"), case .table(let table)? = try source("a NOT IN m.t"),
            case .function(_, let arguments)? = try source("a IN f(1, 2)")
        else {
            Issue.record("other sources")
            return
        }
        #expect(none.isEmpty && one.count == 1 && table.schema?.name == "m" && arguments.count == 2)
    }

    // MARK: Extensions

    @Test func `a typed literal that may be a column with an alias is marked`() throws {
        let columns = try resultExpressions(
            "SELECT date '2024-01-01', 1 + Time '12:00', date '2024-01-01' AS d, date '2024-01-01' + 1, interval '1' day,"
                + " date \"x\", (date '2024-01-01'), date, 'x' FROM t")
        #expect(
            columns.map { $0.ambiguousLiteral?.keyword.name } == ["date", "Time", nil, nil, nil, nil, nil, nil, nil])
        #expect(columns[5].alias?.name == "x")
        guard case .literal(.typed(let literal)) = columns[4].expression.kind else {
            Issue.record("no literal")
            return
        }
        #expect(literal.kind == .interval && literal.text == "1" && literal.unit?.name == "day")
    }

    @Test func `words of extensions stay names where SQLite reads names`() throws {
        guard case .table(let qualify) = try from("t qualify WHERE 1"), case .table(let of) = try from("t AS of"),
            case .join(let join) = try from("t asof JOIN u"), case .table(let lateral) = try from("lateral x")
        else {
            Issue.record("other shapes")
            return
        }
        #expect(qualify.alias?.name.name == "qualify" && of.alias?.name.name == "of" && of.asOf == nil && !join.isAsOf)
        #expect(lateral.name.name.name == "lateral" && lateral.alias?.name.name == "x")
        let core = try parseCore("SELECT rollup, cube, extract, grouping FROM t GROUP BY rollup, cube")
        #expect(core.groupBy.count == 2)
        for element in core.groupBy {
            guard case .expression = element else {
                Issue.record("an extension")
                return
            }
        }
    }

    @Test func `extensions of SELECT have their places in the tree`() throws {
        let core = try parseCore(
            """
            SELECT DISTINCT ON (a, b) t.* EXCLUDE (c) REPLACE (d + 1 AS d) FROM t AS OF '2024-01-01' x, LATERAL (SELECT 1)
            GROUP BY ROLLUP (a, (b, c)), GROUPING SETS ((), (a)), CUBE (d) QUALIFY rank() OVER w = 1 WINDOW w AS ()
            """)
        #expect(core.isDistinct && core.distinctOn.count == 2 && core.qualify != nil && core.windows.count == 1)
        guard case .star(let star) = core.columns[0], case .rollup(let rollup) = core.groupBy[0],
            case .groupingSets(let sets) = core.groupBy[1], case .cube = core.groupBy[2],
            case .join(let join)? = core.from, case .table(let table) = join.left,
            case .subquery(let lateral) = join.right
        else {
            Issue.record("other shapes")
            return
        }
        #expect(star.excluded.map(\.name) == ["c"] && star.replaced.map(\.alias?.name) == ["d"])
        #expect(rollup.count == 2 && sets[0] == .set([]) && table.asOf != nil && table.alias?.name.name == "x")
        #expect(lateral.isLateral)
        guard case .set(let pair) = rollup[1] else {
            Issue.record("no set")
            return
        }
        #expect(pair.count == 2)
        #expect(try parseCore("SELECT a FROM t GROUP BY ALL").groupBy == [.all])
    }

    @Test func `tables read are listed once without common tables`() throws {
        let select = try parseSelect(
            """
            WITH q AS (SELECT * FROM a), r AS (SELECT * FROM q, R) SELECT (SELECT 1 FROM b WHERE x IN c), f(y IN (SELECT 1
            FROM d)) FROM q JOIN main.q ON EXISTS (SELECT 1 FROM e) JOIN (SELECT * FROM A) JOIN g('x', (SELECT 1 FROM h))
            WHERE x IN (WITH i AS (SELECT 1) SELECT * FROM i) GROUP BY (SELECT 1 FROM j)
            HAVING sum(z) FILTER (WHERE z IN k) OVER (ORDER BY z IN l) ORDER BY (VALUES ((SELECT 1 FROM m))) LIMIT (SELECT 1
            FROM n) OFFSET (SELECT 1 FROM i)
            """)
        let names = select.tablesRead.map { ($0.schema.map { "\($0.name)." } ?? "") + $0.name.name }
        #expect(Set(names) == ["a", "b", "c", "d", "e", "h", "j", "k", "l", "m", "n", "i", "main.q"])
        #expect(names.count == 13)
    }
}
