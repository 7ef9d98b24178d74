extension Corpus {
    /// Compound selects, DISTINCT, ORDER BY, LIMIT, common tables, views and names.
    static let sets = #"""
        SELECT id FROM emp UNION SELECT id FROM dept
        SELECT id FROM emp UNION ALL SELECT id FROM dept
        SELECT id FROM emp INTERSECT SELECT id FROM dept
        SELECT id FROM emp EXCEPT SELECT id FROM dept
        SELECT dept FROM emp EXCEPT SELECT id FROM dept
        SELECT dept FROM emp INTERSECT SELECT id FROM dept UNION SELECT 99
        SELECT dept FROM emp UNION SELECT NULL EXCEPT SELECT 1
        SELECT 1 UNION SELECT '1' UNION SELECT x'31'
        SELECT 1 UNION ALL SELECT '1' UNION ALL SELECT 1.5 UNION ALL SELECT NULL
        SELECT s FROM t UNION SELECT i FROM t
        SELECT name FROM emp UNION SELECT name FROM dept ORDER BY name
        SELECT name AS n, 1 FROM emp UNION ALL SELECT name, 2 FROM dept ORDER BY n DESC, 2
        SELECT id, name FROM emp UNION ALL SELECT id, name FROM dept ORDER BY 1, 2
        SELECT id FROM emp UNION SELECT id FROM dept ORDER BY id DESC LIMIT 3
        SELECT id FROM emp UNION SELECT id FROM dept ORDER BY id LIMIT 2 OFFSET 2
        SELECT name FROM emp UNION SELECT name FROM dept ORDER BY name COLLATE NOCASE DESC
        SELECT id, id FROM emp UNION SELECT 1, 2 ORDER BY 1 COLLATE NOCASE, 2
        SELECT bin FROM c EXCEPT SELECT nc FROM c
        SELECT bin FROM c INTERSECT SELECT rt FROM c
        VALUES (1, 'a'), (2, 'b')
        VALUES (1), ('a'), (NULL), (x'00'), (1.5)
        SELECT * FROM (VALUES (1, 2), (3, 4)) WHERE column1 > 1
        SELECT DISTINCT dept FROM emp
        SELECT DISTINCT dept, boss FROM emp
        SELECT DISTINCT pay > 500, dept IS NULL FROM emp
        SELECT DISTINCT bin FROM c
        SELECT DISTINCT r FROM t
        SELECT DISTINCT b, s FROM t
        SELECT DISTINCT dept FROM emp ORDER BY dept DESC
        SELECT DISTINCT dept AS d FROM emp ORDER BY d LIMIT 2
        SELECT i FROM t ORDER BY i
        SELECT i FROM t ORDER BY i DESC
        SELECT i FROM t ORDER BY i NULLS LAST
        SELECT i FROM t ORDER BY i DESC NULLS FIRST
        SELECT id, x FROM t ORDER BY x, id
        SELECT id, x FROM t ORDER BY x DESC, id
        SELECT id, r FROM t ORDER BY r, id
        SELECT id, b FROM t ORDER BY b, id
        SELECT id, s FROM t ORDER BY s DESC, id
        SELECT id, nc FROM c ORDER BY nc, id
        SELECT id, nc FROM c ORDER BY nc COLLATE BINARY, id
        SELECT id, rt FROM c ORDER BY rt DESC, id DESC
        SELECT id, bin FROM c ORDER BY bin COLLATE NOCASE, id
        SELECT id, n FROM t ORDER BY n, id
        SELECT id, -i AS m FROM t WHERE id <> 4 ORDER BY m
        SELECT id AS z, i AS id FROM t WHERE i < 20 ORDER BY id, z
        SELECT id FROM t ORDER BY i % 3, id
        SELECT id FROM t ORDER BY length(s) DESC, id
        SELECT name FROM emp ORDER BY dept IS NULL, dept DESC, pay, id
        SELECT name, pay FROM emp ORDER BY 2 DESC, 1
        SELECT id FROM emp ORDER BY id LIMIT 3
        SELECT id FROM emp ORDER BY id LIMIT 0
        SELECT id FROM emp ORDER BY id LIMIT -1
        SELECT id FROM emp ORDER BY id LIMIT -1 OFFSET 5
        SELECT id FROM emp ORDER BY id LIMIT 2 OFFSET -3
        SELECT id FROM emp ORDER BY id LIMIT 3, 2
        SELECT id FROM emp ORDER BY id LIMIT 100 OFFSET 100
        SELECT id FROM emp ORDER BY id LIMIT 1 + 1 OFFSET '1'
        SELECT count(*) FROM (SELECT id FROM emp LIMIT 3)
        SELECT id FROM (SELECT id FROM emp ORDER BY id DESC LIMIT 3) ORDER BY id
        WITH a AS (SELECT id, pay FROM emp WHERE pay > 400) SELECT count(*), sum(pay) FROM a
        WITH a(x, y) AS (SELECT id, name FROM emp) SELECT y FROM a WHERE x > 5
        WITH a AS (SELECT dept, count(*) n FROM emp GROUP BY dept) SELECT p.dept, q.n FROM a p JOIN a q ON p.n =
            q.n
        WITH a AS (SELECT 1 AS v), b AS (SELECT v + 1 AS v FROM a) SELECT * FROM a UNION ALL SELECT * FROM b
        WITH a AS MATERIALIZED (SELECT id FROM emp) SELECT count(*) FROM a, a b
        SELECT * FROM staff
        SELECT who FROM staff WHERE dept = 'Sales'
        SELECT dept, count(*) FROM staff GROUP BY dept
        SELECT * FROM totals ORDER BY people DESC, dept
        SELECT "name" FROM emp WHERE "id" = 1
        SELECT [name], `id` FROM "emp" WHERE emp.id < 3
        SELECT NAME, Id FROM EMP WHERE iD = 1
        SELECT main.emp.name FROM main.emp WHERE main.emp.id = 2
        SELECT name nm, id AS "the id", pay 'Pay', id + 1 FROM emp
        SELECT 1, 'two', 3.0, NULL, x'04', -5, 1+1, (SELECT 6), 7 AS seven
        SELECT rowid FROM emp
        SELECT rowid, _rowid_, oid FROM dept
        SELECT a, b, v FROM w WHERE a = 1 AND b > 'x'
        SELECT * FROM g WHERE d > 20
        SELECT e, d FROM g WHERE e LIKE '1-%'
        SELECT *, id FROM dept
        SELECT d.*, d.id * 2 FROM dept d
        SELECT y FROM (SELECT 1 AS y UNION ALL SELECT 'a') WHERE y = 1
        """#
}
