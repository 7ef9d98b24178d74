extension Corpus {
    /// Queries that the columnar engine refuses and SQLite answers, below the reason for which it does.
    static let refusals = #"""
        -- of several values that compare as equal or stand in one group, SQLite's plan decides which one is shown
        SELECT (SELECT v FROM w)
        SELECT name, (SELECT w.v FROM w WHERE w.a = d.id LIMIT 1) FROM dept d
        SELECT (SELECT e.name FROM emp e, dept d)
        SELECT (SELECT e.name FROM emp e, dept d LIMIT 1), (SELECT dept FROM emp GROUP BY dept LIMIT 3)
        SELECT 1 UNION SELECT 1.0
        SELECT i FROM t UNION SELECT r FROM t
        SELECT i FROM t INTERSECT SELECT r FROM t UNION SELECT 3.0
        SELECT nc FROM c UNION SELECT bin FROM c
        SELECT nc FROM c EXCEPT SELECT 'Z' UNION SELECT 'A'
        SELECT c.nc, count(*) FROM c, dept GROUP BY c.nc
        SELECT DISTINCT c.nc FROM c, dept
        SELECT dept.name, count(*) FROM emp, dept GROUP BY emp.pay
        SELECT dept.name, max(emp.pay) FROM emp, dept GROUP BY emp.pay
        SELECT name, min(DISTINCT 1) FROM emp GROUP BY dept
        SELECT id, min(DISTINCT nc) FROM c
        SELECT id, bin, max(DISTINCT rt) FROM c GROUP BY id > 3
        SELECT bin FROM c UNION SELECT DISTINCT c.nc FROM c, dept ORDER BY 1
        SELECT group_concat(DISTINCT nc) FROM c
        SELECT name, count(*) FROM emp WHERE id = 3 OR id < 2
        SELECT (SELECT name FROM emp WHERE id = 3 OR id < 2)
        SELECT a, v, count(*) FROM w
        SELECT min(rt) FROM c, dept WHERE c.id < 3
        SELECT DISTINCT nc FROM c EXCEPT SELECT 'x'
        SELECT DISTINCT nc FROM c UNION ALL SELECT 'x' INTERSECT SELECT nc FROM c
        WITH RECURSIVE r(n, x) AS (SELECT 1, 'q' UNION SELECT n + 1, bin COLLATE NOCASE FROM r, c WHERE n < 3) SELECT * FROM r
        SELECT id, max(nc) OVER () FROM c
        SELECT DISTINCT dept FROM emp ORDER BY id DESC
        SELECT DISTINCT e.dept FROM emp e, dept d ORDER BY e.name
        -- unsupported: json_set() of the whole document
        SELECT json_set('{}', '$', 5)
        -- whether a text is JSON depends on how the query is carried out
        SELECT json_array(j) FROM (SELECT json('[1]') AS j)
        SELECT json_group_array(value) FROM json_each('[[1],2]')
        SELECT json_array(x) FROM (SELECT value AS x FROM json_each('[[1],2]')) AS s
        -- unsupported: LIMIT without ORDER BY in a subquery whose rows SQLite orders
        SELECT d.id, d.id IN (SELECT w.a FROM w WHERE w.a <> d.id LIMIT 2) FROM dept d
        SELECT (SELECT e.name FROM emp e, dept d LIMIT 1 OFFSET 2)
        SELECT 2 IN (SELECT dept FROM emp GROUP BY dept LIMIT 2)
        -- unsupported: LIMIT without ORDER BY in a correlated subquery
        SELECT id, (SELECT count(*) FROM (SELECT b.id FROM c b, dept WHERE b.id <> a.id LIMIT 5)) FROM c a
        -- unsupported: aggregate of an outer query's columns in this place
        SELECT d.id FROM dept d GROUP BY d.id HAVING (SELECT sum((SELECT d.id)) FROM w)
        -- unsupported: bare column name beside min() or max() with FILTER
        SELECT name, max(pay) FILTER (WHERE id > 2) FROM emp
        -- a value that changes with the affinity that SQLite's plan gives its column
        SELECT y FROM (SELECT CAST(r AS NUMERIC) AS y FROM t), dept
        SELECT y FROM (SELECT s AS y FROM t UNION ALL SELECT id FROM t), dept
        WITH c(x) AS MATERIALIZED (SELECT name FROM emp UNION ALL SELECT id FROM emp) SELECT x FROM c
        -- a comparison whose outcome depends on the affinity that SQLite's plan gives a column
        SELECT y FROM (SELECT s AS y FROM t UNION ALL SELECT i FROM t) WHERE y = '7'
        SELECT y FROM (SELECT s AS y FROM t UNION ALL SELECT i FROM t) WHERE y IN ('7', 5)
        -- unsupported: constant condition of a join before a FULL JOIN
        SELECT a.id, b.id FROM emp a JOIN dept b ON a.id > NULL FULL JOIN w ON w.a = a.id
        -- unsupported: pattern for an INTEGER PRIMARY KEY as the condition of an outer join
        SELECT e.id, d.id FROM emp e LEFT JOIN dept d ON d.id LIKE 'É%' ORDER BY d.id
        -- unsupported: column of an outer query as the condition of an outer join
        SELECT min(x.id) OVER (), EXISTS (SELECT 1 FROM dept d LEFT JOIN w ON w.a = 1 AND x.pay) FROM emp x
        -- unsupported: bare column x of a subquery that gives a constant
        SELECT s.x, count(*) FROM (SELECT 5 AS x, name FROM emp) s WHERE s.name = 'nobody'
        SELECT s.x, max(s.name) FROM (SELECT 5 AS x, name FROM emp) s
        -- unsupported: USING or NATURAL beside a join in parentheses inside another one
        SELECT d.id FROM w JOIN (t JOIN (dept d JOIN c USING (id)) ON t.i = c.id) ON w.a = d.id
        -- unsupported: table function on the right of a RIGHT JOIN
        SELECT e.id, j.value FROM emp e RIGHT JOIN json_each('[1,2,3]') j ON e.id = j.value
        -- unsupported: USING of the NOT NULL column name after an outer join
        SELECT x.id FROM emp RIGHT JOIN w ON emp.id = w.a JOIN dept x USING (name)
        -- unsupported: USING of the NOT NULL column id after an outer join
        SELECT x.id FROM emp FULL JOIN w ON NULL JOIN (SELECT i AS id FROM t) x USING (id)
        SELECT x.id FROM w LEFT JOIN emp ON NULL JOIN (SELECT i AS id FROM t) x USING (id)
        -- unsupported: NATURAL JOIN of joins in parentheses
        SELECT * FROM w JOIN (dept d JOIN emp e ON d.id = e.dept) ON w.a = d.id NATURAL JOIN (c JOIN t ON c.id = t.i)
        -- unsupported: IN of a row value and a subquery beside a RIGHT or FULL JOIN
        SELECT d.id FROM w RIGHT JOIN dept d ON NULL WHERE (d.id, d.name) IN (SELECT id, name FROM dept)
        -- replace() of nothing in a number, which SQLite then takes for number and text
        SELECT replace(id, substr(name, 9), 'x') FROM emp
        -- unsupported: column a of view mixedview, whose parts differ in collation
        SELECT a, count(*) FROM mixedview GROUP BY a
        -- unsupported: IS with a NULL test of what cannot be NULL
        SELECT count(*) OVER () FROM emp WHERE 1.1 IS (id IS NOT NULL)
        SELECT lag(1) OVER () FROM (SELECT name AS y FROM emp) WHERE y IS DISTINCT FROM (1.1 ISNULL)
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
