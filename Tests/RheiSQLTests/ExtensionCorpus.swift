/// Queries beyond SQLite's grammar.
enum ExtensionCorpus {
    static let queries: [String] = [
        "SELECT date '2024-02-29', timestamp '2024-01-01 00:00:00' AS x, interval '3' month, time '12:00' < time '13:00'",
        "SELECT a + interval '1 day' FROM t WHERE d > date '2020-01-01' AND e < Date '2021-01-01'",
        "SELECT a::int, b::decimal(10, 2) AS x, -c::text || 'x', d::double precision, (a + b)::text::int FROM t",
        "SELECT EXTRACT(year FROM d), extract('month' FROM d + 1) FROM t",
        "SELECT DISTINCT ON (a, b + 1) a, c FROM t ORDER BY a",
        "SELECT * EXCLUDE (a, b), t.* EXCLUDE c REPLACE (a + 1 AS a, upper(b) b) FROM t",
        "SELECT a, count(*) FROM t GROUP BY ROLLUP (a, (b, c))",
        "SELECT a FROM t GROUP BY d, CUBE (a, b), GROUPING SETS ((a, b), (a), (), ROLLUP (c), CUBE (d))",
        "SELECT a, sum(b) FROM t GROUP BY ALL",
        "SELECT a FROM t QUALIFY row_number() OVER (PARTITION BY b ORDER BY c) = 1 ORDER BY a",
        "SELECT a FROM t x WHERE a > 1 WINDOW w AS () QUALIFY NOT rank() OVER w > 1",
        "SELECT a FROM t GROUP BY a HAVING count(*) > 1 QUALIFY (a) > 1",
        "SELECT * FROM t, LATERAL (SELECT * FROM u WHERE u.a = t.a) AS l JOIN LATERAL generate_series(1, t.a) g ON 1",
        "SELECT * FROM t x(p, q), (VALUES (1, 2)) AS y(m, n), json_each('[]') AS j(k)",
        "SELECT string_agg(b, ',' ORDER BY a DESC, c), count(DISTINCT a ORDER BY b) FROM t",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a DESC) FILTER (WHERE b > 1) FROM t",
        "SELECT first_value(a) IGNORE NULLS OVER (ORDER BY b), lag(a) RESPECT NULLS OVER w FROM t WINDOW w AS ()",
        "SELECT * FROM t AS OF '2024-01-01' x, u AS OF :moment, v AS OF date '2024-01-01' NOT INDEXED",
        "(SELECT a FROM t ORDER BY b LIMIT 1) UNION ALL SELECT a FROM u ORDER BY a",
        "SELECT a FROM t EXCEPT (SELECT a FROM u UNION SELECT 1)",
        "SELECT count(*) FROM ((SELECT a FROM t) EXCEPT (SELECT a FROM u)) x, ((SELECT 1)) y",
        "WITH x AS ((SELECT 1) INTERSECT ((VALUES (1)) UNION SELECT 2)) SELECT * FROM x",
        "SELECT * FROM t x ASOF JOIN u y ON x.a >= y.a ASOF LEFT JOIN v z USING (a)",
    ]
}
