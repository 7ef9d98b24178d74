extension Corpus {
    /// Queries in which SQLite takes one of several rows or values: the first of a table, or any of those that are the
    /// same. Rowids, and aggregates that belong to an enclosing query.
    static let choices = #"""
        SELECT 1 UNION SELECT 2.0 UNION SELECT 1
        SELECT r FROM t UNION SELECT n FROM t WHERE n > 1000
        SELECT x FROM t WHERE x < 2 UNION SELECT i FROM t WHERE i > 5
        SELECT x FROM t EXCEPT SELECT i FROM t
        SELECT n FROM t EXCEPT SELECT 1.0
        SELECT x FROM t INTERSECT SELECT n FROM t
        SELECT nc FROM c WHERE id < 2 UNION SELECT bin FROM c WHERE id > 6
        SELECT DISTINCT t.x FROM t, dept
        SELECT DISTINCT t.x, t.n FROM t LEFT JOIN emp ON emp.id = t.id
        SELECT x, count(*) FROM t, dept GROUP BY x
        SELECT x + 1, count(*) FROM t, dept GROUP BY x + 1
        SELECT min(t.x), max(t.x), max(t.n) FROM t, dept
        SELECT max(x) FROM t
        SELECT max(nc) FROM c
        SELECT min(rt), y FROM c, (SELECT 1 AS y UNION ALL SELECT 2) WHERE c.id < 2 AND y = 1
        SELECT sum(DISTINCT x), total(DISTINCT n), avg(DISTINCT x) FROM t WHERE id <> 8
        SELECT sum(DISTINCT s), avg(DISTINCT b), sum(DISTINCT NULL), min(DISTINCT NULL), max(DISTINCT NULL) FROM t
        SELECT bin FROM c UNION SELECT DISTINCT nc FROM c
        SELECT bin FROM c UNION SELECT DISTINCT nc FROM c ORDER BY 1 COLLATE BINARY
        SELECT bin FROM c UNION SELECT DISTINCT nc FROM c ORDER BY 1
        SELECT bin FROM c EXCEPT SELECT DISTINCT nc FROM c ORDER BY 1 DESC
        SELECT DISTINCT nc FROM c EXCEPT SELECT bin FROM c ORDER BY 1
        SELECT bin FROM c UNION SELECT DISTINCT nc FROM c WHERE id < 2 OR id > 5 ORDER BY 1
        SELECT DISTINCT bin FROM c EXCEPT SELECT DISTINCT bin FROM c WHERE id < 3 ORDER BY 1 DESC
        SELECT name, max(DISTINCT pay), min(DISTINCT pay) FROM emp WHERE id < 2
        SELECT min(DISTINCT rt), max(DISTINCT nc) FROM c
        SELECT emp.dept, d.name, count(*) FROM emp, dept d WHERE d.id = emp.dept GROUP BY emp.dept
        SELECT d.name, max(e.pay) FROM emp e JOIN dept d ON d.id = e.dept GROUP BY e.dept
        SELECT d.city, e.name, min(e.rate) FROM emp e JOIN dept d ON d.id = e.dept GROUP BY d.city
        SELECT y FROM (SELECT s AS y FROM t WHERE id < 3 UNION ALL SELECT i FROM t WHERE id > 99), dept
        SELECT y, y = 'abc', y > 'b', y IN ('ABC', 'z'), y BETWEEN 'A' AND 'B' FROM (SELECT s AS y FROM t WHERE id < 3
            UNION ALL SELECT b FROM t)
        SELECT y FROM (SELECT i AS y FROM t UNION SELECT s FROM t WHERE id < 3) WHERE y = 3
        SELECT y, y IN (SELECT i FROM t) FROM (SELECT i AS y FROM t UNION ALL SELECT b FROM t)
        SELECT y = z FROM (SELECT i AS y FROM t UNION ALL SELECT x'00'), (SELECT r AS z FROM t WHERE r > 3)
        SELECT y FROM (SELECT CAST(s AS NUMERIC) AS y FROM t WHERE id IN (2, 3)), dept WHERE y > 3
        SELECT (SELECT name FROM emp), (SELECT pay FROM emp WHERE pay < 600), (SELECT name FROM hollow, emp)
        SELECT (SELECT d.city FROM dept d, w WHERE d.id = 1), (SELECT 7 FROM w), (SELECT column1 FROM (VALUES (4), (5)))
        SELECT d.id, (SELECT e.name FROM emp e WHERE e.dept = d.id), (SELECT e.name FROM emp e WHERE e.dept > d.id)
            FROM dept d
        SELECT d.id, (SELECT e.name FROM emp e WHERE e.dept <> d.id AND e.pay < 800), (SELECT e.pay FROM emp e WHERE
            e.dept = d.id LIMIT 3) FROM dept d
        SELECT d.id, (SELECT e.id FROM emp e WHERE e.dept <= d.id LIMIT 1 OFFSET 1) FROM dept d
        SELECT name, (SELECT (SELECT d.id + e.id FROM w WHERE w.a = e.id LIMIT 1) FROM emp e WHERE e.id = d.id)
            FROM dept d
        SELECT s.x, s.name, count(*) FROM (SELECT 5 AS x, name FROM emp) s GROUP BY s.name
        SELECT (SELECT name FROM emp LIMIT 1 OFFSET 2), (SELECT a FROM g LIMIT 1), (SELECT 5 FROM emp, dept LIMIT 1)
        SELECT 2 IN (SELECT dept FROM emp LIMIT 2), 20 IN (SELECT a FROM g LIMIT 1 OFFSET 1), 1 IN (SELECT count(*) FROM w LIMIT 1)
        SELECT e.id, e.dept IN (SELECT x.dept FROM emp x WHERE x.id <> e.id LIMIT 3) FROM emp e
        SELECT e.id, EXISTS (SELECT 1 FROM emp x WHERE x.boss = e.id LIMIT 2 OFFSET 1) FROM emp e
        SELECT d.id, (SELECT g.a FROM g WHERE g.k = d.id), (SELECT g.a FROM g WHERE g.k >= d.id) FROM dept d
        SELECT d.id, (SELECT g.d FROM g WHERE g.k >= d.id LIMIT 1 OFFSET 1) FROM dept d
        SELECT d.id, (SELECT f.at FROM f WHERE f.ai >= d.id) FROM dept d
        SELECT rowid, ai = at, ai = ar, ai = an, ai = ab, ai = ax FROM f WHERE ab IS NOT NULL OR 1
        SELECT rowid, oid, _rowid_, g.rowid, main.g.oid FROM g
        SELECT * FROM g WHERE rowid = 2
        SELECT rowid, k FROM g WHERE oid IN (1, 3, 9) ORDER BY rowid DESC
        SELECT a.rowid, b.rowid FROM g a JOIN g b ON b.rowid = a.rowid + 1
        SELECT rowid, count(*) FROM g GROUP BY rowid HAVING rowid > 2
        SELECT max(rowid), min(_rowid_), count(rowid), sum(oid) FROM f
        SELECT f.*, f.rowid + 10 FROM f NATURAL JOIN (SELECT 1 AS ai)
        SELECT oid FROM emp WHERE rowid < 3
        SELECT k, rowid, max(a) FROM g GROUP BY k
        SELECT typeof(rowid), typeof(f.oid) FROM f LIMIT 1
        SELECT (SELECT max(g.rowid) FROM g WHERE g.k = d.rowid) FROM dept d
        SELECT (SELECT sum(d.id)) FROM dept d
        SELECT (SELECT sum(d.id) FROM hollow), (SELECT count(d.id) FROM emp) FROM dept d
        SELECT d.city, (SELECT count(d.id) FROM emp) FROM dept d GROUP BY d.city
        SELECT city, (SELECT max(d.id) + e.id FROM emp e WHERE e.id = 3) FROM dept d GROUP BY city
        SELECT (SELECT sum(d.id + e.id) FROM emp e) FROM dept d
        SELECT (SELECT (SELECT sum(d.id)) FROM emp) FROM dept d
        SELECT (SELECT (SELECT sum(e.id) + max(d.id)) FROM emp e) FROM dept d
        SELECT EXISTS (SELECT sum(d.id) FROM emp), 2 IN (SELECT count(d.city)) FROM dept d
        SELECT city, count(*) FROM dept d GROUP BY city HAVING (SELECT count(d.id)) > 1
        SELECT city FROM dept d GROUP BY city ORDER BY (SELECT -sum(d.id)), city
        SELECT (SELECT group_concat(DISTINCT d.city) FROM emp) FROM dept d WHERE d.id < 4
        SELECT (SELECT total(d.id) FILTER (WHERE d.city = 'Bern')) FROM dept d
        SELECT 'B' IN (SELECT bin FROM c WHERE id = 3 UNION ALL SELECT nc FROM c WHERE id < 1)
        SELECT 'B' IN (SELECT nc FROM c WHERE id < 1 UNION ALL SELECT bin FROM c WHERE id = 3)
        SELECT 'B' IN (SELECT bin || '' FROM c WHERE id = 3 UNION SELECT nc FROM c WHERE id < 1)
        SELECT x = 'a' FROM (SELECT bin || '' AS x FROM c WHERE id = 2 UNION ALL SELECT nc FROM c)
        SELECT x = 'a' FROM (SELECT nc AS x FROM c WHERE id = 2 UNION ALL SELECT bin || '' FROM c)
        SELECT count(DISTINCT x), max(x) FROM (SELECT bin || '' AS x FROM c UNION ALL SELECT nc FROM c)
        WITH q(x) AS (SELECT bin || '' FROM c WHERE id IN (1, 4) EXCEPT SELECT nc FROM c WHERE id = 7) SELECT x, x = 'a' FROM q
        SELECT d.id, (WITH RECURSIVE r(n) AS (SELECT d.id UNION ALL SELECT n + 1 FROM r WHERE n < 9) SELECT count(*) FROM
            r) FROM dept d
        SELECT d.id, (WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n * 2 FROM r WHERE n < d.id * 5) SELECT max(n) FROM
            r) FROM dept d
        SELECT e.id, (WITH RECURSIVE up(i, b) AS (SELECT e.id, e.boss UNION ALL SELECT x.id, x.boss FROM emp x, up WHERE
            x.id = up.b) SELECT sum(i * i) FROM up) FROM emp e
        SELECT d.id, 3 IN (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + d.id FROM r WHERE n < 5) SELECT n FROM r)
            FROM dept d
        SELECT max(nc, 'A'), min(rt, 'a'), min(nc, bin, 'b'), max('a' COLLATE NOCASE, 'A', bin), min(1, nc, rt) FROM c
        SELECT a.id, b.name, c.name FROM emp a JOIN (dept b JOIN emp c ON c.dept = b.id) ON a.id = c.boss
        SELECT * FROM emp a LEFT JOIN (dept b JOIN emp c ON c.dept = b.id) ON a.id = c.boss
        SELECT b.*, c.id FROM w JOIN (dept b LEFT JOIN emp c ON c.dept = b.id AND c.pay > 600) ON w.a = b.id
        SELECT x.id, y.id, z.id FROM dept x, (dept y JOIN (dept z JOIN g ON g.k = z.id) ON z.id > y.id) WHERE x.id = 1
        SELECT s.id, l.x NOT GLOB s.b FROM t s LEFT JOIN (SELECT name AS x FROM dept) l ON l.x = s.s WHERE l.x NOT GLOB s.b
        SELECT (-9223372036854775807 - 1) / -1
        SELECT i + 1 FROM t WHERE id = 3
        SELECT i - 1 FROM t WHERE id = 4
        SELECT i * 2 FROM t WHERE id IN (3, 4)
        SELECT -i FROM t WHERE id = 4
        SELECT typeof(y) FROM (SELECT id AS y FROM t UNION ALL SELECT r FROM t)
        SELECT a.id, b.id FROM emp a JOIN dept b ON NULL FULL JOIN w ON w.a = a.id
        SELECT id, (SELECT count(*) FROM emp a JOIN dept b ON a.dept = b.id AND h.pay FULL JOIN w ON 1) FROM emp h
        SELECT a.id, j.key FROM emp a JOIN json_each('[1]') AS j ON 1 AND NULL FULL JOIN dept b ON 1
        SELECT id FROM emp WHERE (name, boss) NOT IN (SELECT id, id FROM dept)
        SELECT replace(id, name, 'x') FROM emp
        SELECT DISTINCT dept FROM emp ORDER BY name DESC
        SELECT DISTINCT dept, boss FROM emp ORDER BY pay, name LIMIT 3
        WITH c(x) AS MATERIALIZED (SELECT id FROM emp UNION ALL SELECT name FROM emp) SELECT x FROM c
        SELECT id, max(x) OVER (ORDER BY id), min(x) OVER (ORDER BY id ROWS 2 PRECEDING) FROM t
        WITH RECURSIVE r(n, x) AS (SELECT 1, 0 UNION SELECT n + 1, x + 0.5 FROM r WHERE n < 9) SELECT * FROM r
        SELECT (name, boss) IN (SELECT id, id FROM dept) FROM emp
        """#
}
