/// Statements that SQLite accepts over the tables of `schema`.
enum Corpus {
    static let schema = """
        CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c REAL, d BLOB, "group" INT, date TEXT, left INT, "x y" INT);
        CREATE TABLE u(a, b, e);
        CREATE TABLE v(a, k UNIQUE);
        CREATE TABLE o(z);
        CREATE INDEX t_b ON t(b);
        CREATE VIEW w AS SELECT a, b FROM t;
        """

    static let queries: [String] = [
        // Literals
        "SELECT 1, 1.5, .5, 1., 1e10, 1E-3, 0x1F, 0XffffFFFFffffFFFF, 9223372036854775808, 'it''s', x'00fF', X'', NULL",
        "SELECT -9223372036854775808, - -9223372036854775808, -(9223372036854775808), 00012, 1e999, -1e999, 1e-400",
        "SELECT true, FALSE, current_date, CURRENT_TIME, Current_Timestamp",
        "SELECT ?, ?5, :n, @n, $n, :n, $a::b(c), #x, ?, :::d, :a::b::",
        // Names
        "SELECT a, t.a, main.t.a, \"a\", [a], `a`, t.\"a\", \"t\".[a], 't'.'a', t.'b', \"x y\", left, t.left FROM t",
        "SELECT abort, action, after, key, offset, row, rows, temp, end, desc FROM (SELECT 1 abort, 2 action, 3 after,"
            + " 4 key, 5 offset, 6 row, 7 rows, 8 temp, 9 end, 10 desc)",
        "SELECT 1 AS \"q\", 2 'str', 3 [b r], 4 `t`, 5 AS left, 6 AS indexed, 7 x",
        "SELECT \"no such column\" FROM t",
        "SELECT \u{e9}t\u{e9}, \u{65e5}\u{672c} FROM (SELECT 1 AS \u{e9}t\u{e9}, 2 AS \u{65e5}\u{672c})",
        "SELECT a$b, _x FROM (SELECT 1 AS a$b, 2 AS _x)",
        "SELECT over, filter, window FROM (SELECT 1 AS over, 2 AS filter, 3 AS window)",
        "SELECT (1) over, (2) filter, (3) window",
        "SELECT window.a FROM t window WHERE window.a = 1",
        "SELECT t.rowid, rowid, oid, _rowid_ FROM t",
        // Operators
        "SELECT 1 + 2 * 3 - 4 / 5 % 6, (1 + 2) * 3, 1 - (2 - 3), 1 - 2 - 3, 8 / (4 / 2)",
        "SELECT 1 || 2 || 3, 'a' || (1 + 2), -1 || 2, - (1 || 2), ~1 + +2, - - 1, -+~1",
        "SELECT 1 & 2 | 3 << 4 >> 5, 1 < 2 <= 3 > 4 >= 5, 1 = 2 == 3 <> 4 != 5, 1 < 2 = 3 < 4",
        "SELECT 1 AND 2 OR 3 AND NOT 4, (1 OR 2) AND 3, NOT (1 AND 2), NOT 1 = 2, (NOT 1) = 2, 1 + NOT 2 = 3",
        "SELECT NOT NOT 1, NOT -1, - NOT 1, NOT EXISTS (SELECT 1), 1 = NOT 2, 1 IS NOT NOT 2",
        "SELECT 1 IS 2, 1 IS NOT 2, 1 IS NOT DISTINCT FROM 2, 1 IS DISTINCT FROM 2, 1 IS TRUE, 1 IS NOT FALSE",
        "SELECT 1 ISNULL, 1 NOTNULL, 1 NOT NULL, 1 IS NULL, 1 IS NOT NULL, NULL IS NULL IS NOT NULL, 1 + 2 ISNULL",
        "SELECT b LIKE 'x', b NOT LIKE 'x' ESCAPE '\\', b GLOB '*', b NOT GLOB 'a' || '*' FROM t",
        "SELECT a LIKE b LIKE c, a LIKE (b LIKE c), a LIKE b ESCAPE 'x' = 1, a LIKE b = 1 FROM (SELECT 1 a, 2 b, 3 c)",
        "SELECT 1 BETWEEN 0 AND 2, 1 NOT BETWEEN 0 AND 2 AND 3, 1 BETWEEN 0 AND 2 = 3, 1 BETWEEN NOT 0 AND 2",
        "SELECT 1 BETWEEN 2 = 3 AND 4, 1 BETWEEN 2 BETWEEN 3 AND 4 AND 5, 1 BETWEEN (0 AND 1) AND 2",
        "SELECT 1 IN (1, 2), 1 NOT IN (), 1 IN (SELECT a FROM t), 1 IN ((SELECT a FROM t)), 1 IN o, 1 IN main.o"
            + " FROM (SELECT 1) WHERE 1 IN (VALUES (1), (2))",
        "SELECT 1 NOT IN 'o'",
        "SELECT a IN (WITH q AS (SELECT 1) SELECT * FROM q) FROM t",
        "SELECT (1, 2) = (3, 4), (1, 2) IN (SELECT 1, 2), (a, b) IN (VALUES (1, 2)), (1, 2) BETWEEN (0, 0) AND (3, 3)"
            + " FROM t",
        "SELECT (SELECT 1), (SELECT 1, 2) = (1, 2), EXISTS (SELECT 1), (VALUES (1)), ((SELECT 1) + 1)",
        "SELECT CASE WHEN 1 THEN 2 END, CASE 1 WHEN 2 THEN 3 ELSE 4 END, CASE WHEN 1 THEN 2 WHEN 3 THEN 4 END",
        "SELECT CASE end WHEN end THEN end ELSE end END FROM (SELECT 1 AS end)",
        "SELECT CAST(1 AS TEXT), CAST(1 AS VARCHAR(10)), CAST(1 AS DECIMAL(10, -2)), CAST(1 AS unsigned big int),"
            + " CAST(1 AS), CAST(1 AS \"my type\"), CAST(1 AS 'x')",
        "SELECT 'a' COLLATE nocase, 'a' || 'b' COLLATE nocase, -1 COLLATE binary, 'a' COLLATE \"rtrim\" COLLATE nocase",
        "SELECT '{}' -> 'a', '{}' ->> '$.a' -> 'b', '{}' -> 'a' || 'b'",
        // Functions
        "SELECT count(*), count(DISTINCT a), sum(ALL a), max(a, b), random(), count() FROM t",
        "SELECT replace('a', 'b', 'c'), like('a', 'b'), glob('a', 'b'), \"abs\"(1), [abs](-1), `abs`(0)",
        "SELECT count(*) FILTER (WHERE a > 1), sum(a) FILTER (WHERE b IS NULL) OVER () FROM t",
        "SELECT row_number() OVER (), rank() OVER (ORDER BY a), sum(a) OVER (PARTITION BY b, c ORDER BY a DESC) FROM t",
        "SELECT sum(a) OVER win, sum(a) OVER (win ROWS 1 PRECEDING), count(*) OVER (w2 ORDER BY c) FROM t"
            + " WINDOW win AS (PARTITION BY b ORDER BY a), w2 AS ()",
        "SELECT sum(a) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING),"
            + " sum(a) OVER (ORDER BY a RANGE BETWEEN 1 PRECEDING AND 1 + 1 FOLLOWING EXCLUDE CURRENT ROW),"
            + " sum(a) OVER (ORDER BY a GROUPS BETWEEN CURRENT ROW AND 3 FOLLOWING EXCLUDE GROUP),"
            + " sum(a) OVER (ROWS CURRENT ROW EXCLUDE TIES), sum(a) OVER (ROWS UNBOUNDED PRECEDING EXCLUDE NO OTHERS),"
            + " sum(a) OVER (ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING) FROM t",
        "SELECT lag(a, 1, 0) OVER (ORDER BY b COLLATE nocase DESC NULLS LAST, c ASC NULLS FIRST) FROM t",
        "SELECT sum(a) OVER window FROM t WINDOW window AS (ORDER BY a)",
        "SELECT sum(a) OVER over FROM t WINDOW over AS (ORDER BY a)",
        // FROM
        "SELECT * FROM t, u, v",
        "SELECT t.*, \"u\".*, main.t.a FROM main.t, u",
        "SELECT * FROM t AS x JOIN u AS y ON x.a = y.a LEFT JOIN v USING (a)",
        "SELECT * FROM t LEFT OUTER JOIN u ON 1 RIGHT JOIN v ON 2 FULL OUTER JOIN w ON 3",
        "SELECT * FROM t NATURAL JOIN u NATURAL LEFT OUTER JOIN v",
        "SELECT * FROM t CROSS JOIN u INNER JOIN v, w ON t.a = w.a",
        "SELECT * FROM o OUTER LEFT JOIN u LEFT RIGHT JOIN w ON 1 LEFT NATURAL JOIN o",
        "SELECT * FROM t x INDEXED BY t_b, t AS y NOT INDEXED WHERE x.b = 1",
        "SELECT * FROM (SELECT 1 AS a) AS s, (VALUES (1, 2)), (SELECT 2) 'q'",
        "SELECT * FROM (t JOIN u ON t.a = u.a) LEFT JOIN (v JOIN w USING (a)) AS z ON z.a = t.a",
        "SELECT * FROM ((t)), (((u))), (v) AS k",
        "SELECT * FROM json_each('[1,2]') AS j, json_tree('{}', '$') WHERE j.value > 1",
        "SELECT * FROM \"t\" 'alias', [u], `v`",
        "SELECT * FROM 't'",
        // Clauses
        "SELECT DISTINCT a FROM t WHERE a > 1 GROUP BY b, c + 1 HAVING count(*) > 1 ORDER BY 1 DESC, b LIMIT 10 OFFSET 5",
        "SELECT ALL a FROM t ORDER BY a COLLATE nocase ASC NULLS LAST LIMIT 5, 10",
        "SELECT a FROM t LIMIT -1 OFFSET (SELECT 1)",
        "SELECT max(a) FROM t HAVING count(*) > 0",
        "SELECT 1 WHERE 0",
        // Compounds, VALUES, WITH
        "SELECT a FROM t UNION SELECT a FROM u UNION ALL SELECT a FROM v EXCEPT SELECT 1 INTERSECT SELECT 2 ORDER BY 1",
        "VALUES (1, 2), (3, 4)",
        "VALUES (1) UNION SELECT 2 ORDER BY 1 LIMIT 1",
        "SELECT 1 UNION ALL VALUES (2), (3)",
        "WITH q(x, y) AS (SELECT 1, 2), r AS MATERIALIZED (SELECT * FROM q), s AS NOT MATERIALIZED (VALUES (1))"
            + " SELECT * FROM q, r, s",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n",
        "WITH q AS (WITH r AS (SELECT 1) SELECT * FROM r) SELECT * FROM (WITH s AS (SELECT * FROM q) SELECT * FROM s)",
        // Comments and odd spacing
        "SELECT/**/1/* * / */+--x\n2 -- end",
        "\u{feff}SELECT\t1\r\n,\u{c}2",
        "SELECT 1 /* never closed",
        "SELECT a+1 /* x */ , b FROM t;",
        "SELECT 1;",
        "SELECT 1 ;;",
    ]
}
