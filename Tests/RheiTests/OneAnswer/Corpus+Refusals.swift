extension Corpus {
    /// Queries that the columnar engine refuses and SQLite answers, below the reason for which it does.
    static let refusals = #"""
        -- a scalar subquery yields more than one row
        SELECT (SELECT name FROM emp)
        SELECT name, (SELECT (SELECT d.id + e.id FROM w WHERE w.a = e.id LIMIT 1) FROM emp e WHERE e.id = d.id)
            FROM dept d
        -- integer overflow: SQLite continues in REAL where the column's type is INTEGER
        SELECT (-9223372036854775807 - 1) / -1
        SELECT i + 1 FROM t WHERE id = 3
        SELECT i - 1 FROM t WHERE id = 4
        SELECT i * 2 FROM t WHERE id IN (3, 4)
        SELECT -i FROM t WHERE id = 4
        -- unsupported: json_set() of the whole document
        SELECT json_set('{}', '$', 5)
        -- whether a text is JSON depends on how the query is carried out
        SELECT json_array(j) FROM (SELECT json('[1]') AS j)
        SELECT json_group_array(value) FROM json_each('[[1],2]')
        -- unsupported: LIMIT without ORDER BY in a correlated subquery
        SELECT e.id, e.dept IN (SELECT x.dept FROM emp x WHERE x.id <> e.id LIMIT 3) FROM emp e
        -- unsupported: UNION of values that mix INTEGER and REAL
        SELECT 1 UNION SELECT 1.0
        SELECT i FROM t UNION SELECT r FROM t
        -- unsupported: UNION under COLLATE NOCASE
        SELECT nc FROM c UNION SELECT bin FROM c
        -- unsupported: aggregate of an outer query's columns
        SELECT d.id, (SELECT sum(d.id)) FROM dept d
        SELECT d.city, (SELECT count(d.id) FROM emp) FROM dept d
        -- unsupported: DISTINCT of values that mix INTEGER and REAL
        SELECT DISTINCT t.x FROM t, dept
        -- unsupported: group key whose equal values differ (nc) in the result
        SELECT c.nc, count(*) FROM c, dept GROUP BY c.nc
        -- unsupported: max() under COLLATE NOCASE
        SELECT max(nc) FROM c
        -- unsupported: max() of values that mix INTEGER and REAL
        SELECT max(x) FROM t
        -- unsupported: bare column name beside min() or max() with FILTER
        SELECT name, max(pay) FILTER (WHERE id > 2) FROM emp
        -- unsupported: column of CAST AS NUMERIC (y) in a join
        SELECT y FROM (SELECT CAST(r AS NUMERIC) AS y FROM t), dept
        -- unsupported: compound column of different affinities (y)
        SELECT y FROM (SELECT s AS y FROM t UNION ALL SELECT id FROM t), dept
        -- unsupported: constant condition of a join before a FULL JOIN
        SELECT a.id, b.id FROM emp a JOIN dept b ON NULL FULL JOIN w ON w.a = a.id
        -- unsupported: max() under COLLATE NOCASE
        SELECT max(nc, 'A'), min(rt, 'a') FROM c
        -- unsupported: recursive common table that reads columns of an outer query
        SELECT (WITH RECURSIVE r(n) AS (SELECT d.id UNION ALL SELECT n + 1 FROM r WHERE n < 9) SELECT count(*) FROM
            r) FROM dept d
        -- unsupported: rowid of a table without INTEGER PRIMARY KEY
        SELECT rowid, ai = at, ai = ar, ai = an, ai = ab, ai = ax FROM f WHERE ab IS NOT NULL OR 1
        SELECT rowid FROM g
        -- unsupported: FILTER in max() over a frame whose start moves
        SELECT max(pay) FILTER (WHERE id % 2) OVER (ORDER BY id ROWS 1 PRECEDING) FROM emp
        -- unsupported: an empty text in group_concat() over a frame whose start moves
        SELECT group_concat(s) OVER (ORDER BY id ROWS 1 PRECEDING) FROM t
        -- unsupported: group_concat() with separators of different lengths over a window
        SELECT group_concat(name, pay) OVER (ORDER BY id) FROM emp
        """#

    /// Queries that both refuse, below our reason.
    static let mistakes = #"""
        -- JSON cannot hold BLOB values
        SELECT json_array(x'00')
        -- JSON path error near '[x]'
        SELECT json_extract('[]', '$[x]')
        -- JSON path error near 'a'
        SELECT json_extract('{}', 'a')
        -- json_object() labels must be TEXT
        SELECT json_object(id, 1) FROM doc
        -- malformed JSON
        SELECT json(j) FROM jt
        SELECT value FROM jt, json_each(jt.j)
        SELECT '[1' -> 0
        -- integer overflow
        SELECT abs(i) FROM t WHERE id = 4
        SELECT sum(i) FROM t WHERE i > 0
        SELECT sum(9223372036854775807) FROM emp WHERE id < 3
        -- misuse of aggregate function sum()
        SELECT max(sum(pay)) FROM emp GROUP BY dept
        -- no such column: ALL_MISSING
        SELECT name FROM dept WHERE id > ALL_MISSING
        -- circular reference: a
        WITH a(x) AS (SELECT x FROM a) SELECT * FROM a
        -- recursive aggregate queries not supported
        WITH a(x) AS (SELECT 1 UNION ALL SELECT count(*) FROM a) SELECT * FROM a
        -- multiple references to recursive table: a
        WITH a(x) AS (SELECT 1 UNION ALL SELECT a.x FROM a, a AS b) SELECT * FROM a
        -- multiple recursive references: a
        WITH a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a WHERE x < (SELECT max(x) FROM a)) SELECT * FROM a
        -- datatype mismatch
        SELECT id FROM emp LIMIT (SELECT a FROM hollow)
        SELECT id FROM emp LIMIT 2.5
        -- no such function: foo
        SELECT foo(*) FROM emp
        -- wrong number of arguments to function abs()
        SELECT abs(*) FROM emp
        -- table a has 1 values for 2 columns
        WITH a(x, y) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a) SELECT * FROM a
        -- sub-select returns 3 columns - expected 1
        SELECT name FROM emp WHERE dept IN dept
        """#
}
