extension Corpus {
    /// Scalar subqueries, EXISTS and IN, correlated and not; derived tables.
    static let subqueries = #"""
        SELECT name, (SELECT name FROM dept WHERE id = emp.dept) FROM emp
        SELECT name, (SELECT count(*) FROM emp e WHERE e.boss = emp.id) FROM emp
        SELECT name, (SELECT sum(pay) FROM emp e WHERE e.boss = emp.id) FROM emp
        SELECT name, (SELECT max(pay) FROM emp e WHERE e.dept = emp.dept AND e.id <> emp.id) FROM emp
        SELECT name, (SELECT count(*) FROM emp e WHERE e.pay < emp.pay) FROM emp
        SELECT name FROM emp WHERE pay > (SELECT avg(pay) FROM emp)
        SELECT name FROM emp e WHERE pay > (SELECT avg(pay) FROM emp WHERE dept = e.dept)
        SELECT name FROM emp e WHERE pay = (SELECT max(pay) FROM emp WHERE dept IS e.dept)
        SELECT name FROM dept d WHERE EXISTS (SELECT 1 FROM emp WHERE dept = d.id)
        SELECT name FROM dept d WHERE NOT EXISTS (SELECT 1 FROM emp WHERE dept = d.id)
        SELECT name, EXISTS (SELECT 1 FROM emp WHERE dept = d.id AND pay > 600) FROM dept d
        SELECT name FROM emp WHERE dept IN (SELECT id FROM dept WHERE city = 'Bern')
        SELECT name FROM emp WHERE dept NOT IN (SELECT id FROM dept WHERE city = 'Bern')
        SELECT name FROM emp WHERE id NOT IN (SELECT boss FROM emp)
        SELECT name FROM emp WHERE id NOT IN (SELECT boss FROM emp WHERE boss IS NOT NULL)
        SELECT name, dept IN (SELECT id FROM dept), dept NOT IN (SELECT id FROM dept) FROM emp
        SELECT name, boss IN (SELECT boss FROM emp WHERE dept = 1), NULL IN (SELECT id FROM dept) FROM emp
        SELECT name, dept IN (SELECT a FROM hollow), NULL IN (SELECT a FROM hollow), 1 NOT IN (SELECT a FROM
            hollow) FROM emp
        SELECT name FROM emp e WHERE dept IN (SELECT dept FROM emp WHERE id <> e.id)
        SELECT name FROM emp e WHERE pay IN (SELECT pay FROM emp x WHERE x.dept = e.dept AND x.id <> e.id)
        SELECT (SELECT 1 FROM hollow), (SELECT a FROM hollow), (SELECT count(*) FROM hollow), (SELECT sum(a)
            FROM hollow)
        SELECT (SELECT id FROM dept ORDER BY id DESC), (SELECT id FROM dept ORDER BY id LIMIT 1 OFFSET 1)
        SELECT (SELECT name FROM emp ORDER BY pay DESC LIMIT 1), (SELECT min(name) FROM emp)
        SELECT name, (SELECT pay + d.id FROM emp WHERE id = d.id) FROM dept d
        SELECT name FROM dept d WHERE (SELECT count(*) FROM emp WHERE dept = d.id) > 1
        SELECT name FROM dept d WHERE (SELECT sum(pay) FROM emp WHERE dept = d.id) IS NULL
        SELECT name FROM dept WHERE id = (SELECT dept FROM emp WHERE name = 'Cid')
        SELECT (id, dept) IN (SELECT boss, dept FROM emp) FROM emp
        SELECT id FROM emp WHERE (dept, boss) IN (SELECT dept, boss FROM emp WHERE pay = 500)
        SELECT id FROM emp WHERE (dept, pay) = (SELECT 1, 500)
        SELECT id FROM emp WHERE (SELECT dept, pay FROM emp WHERE id = 2) = (1, 500)
        SELECT x.n FROM (SELECT count(*) AS n FROM emp) x WHERE x.n > 3
        SELECT q.d, q.n FROM (SELECT dept AS d, count(*) AS n FROM emp GROUP BY dept) q WHERE q.d = 1
        SELECT * FROM (SELECT id, name FROM emp WHERE pay > 500) WHERE id > 1
        SELECT * FROM (SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2, 'y') WHERE a = 2
        SELECT e.name FROM emp e WHERE EXISTS (SELECT 1 FROM dept d WHERE d.id = e.dept AND EXISTS (SELECT 1
            FROM w WHERE w.a = d.id))
        SELECT e.name FROM emp e WHERE NOT EXISTS (SELECT 1 FROM emp x WHERE x.dept = e.dept AND x.pay > e.pay)
        SELECT e.name, (SELECT group_concat(x.name) FROM emp x WHERE x.id = e.boss) FROM emp e
        SELECT d.name, (SELECT count(*) FROM emp e LEFT JOIN w ON w.a = e.id WHERE e.dept = d.id) FROM dept d
        SELECT d.name, (SELECT count(DISTINCT e.pay) FROM emp e WHERE e.dept = d.id) FROM dept d
        SELECT d.name, (SELECT avg(e.pay) FROM emp e WHERE e.dept = d.id GROUP BY e.dept) FROM dept d
        SELECT d.name, coalesce((SELECT sum(e.pay) FROM emp e WHERE e.dept = d.id), 0) FROM dept d
        SELECT sum((SELECT count(*) FROM emp e WHERE e.dept = d.id)) FROM dept d
        SELECT count(*) FROM emp WHERE pay > (SELECT pay FROM emp WHERE id = 99)
        SELECT dept, count(*) FROM emp GROUP BY dept HAVING count(*) > (SELECT min(people) FROM totals)
        SELECT dept, (SELECT name FROM dept d WHERE d.id = emp.dept) FROM emp GROUP BY dept
        SELECT id FROM t WHERE x IN (SELECT x FROM t WHERE id < 4)
        SELECT id FROM t WHERE i IN (SELECT r FROM t)
        SELECT id FROM t WHERE s IN (SELECT x FROM t)
        SELECT id FROM t WHERE x IN (SELECT id FROM t)
        SELECT id FROM t WHERE i IN (SELECT s FROM t)
        SELECT i IN (SELECT r FROM t WHERE id < 6), i NOT IN (SELECT n FROM t) FROM t
        SELECT CASE WHEN EXISTS (SELECT 1 FROM hollow) THEN 'some' ELSE 'none' END
        SELECT name FROM emp WHERE pay IN (500, (SELECT max(pay) FROM emp))
        SELECT name FROM emp WHERE id BETWEEN (SELECT min(id) FROM dept) AND (SELECT max(id) FROM dept)
        SELECT 1 WHERE EXISTS (SELECT 1 FROM emp) AND NOT EXISTS (SELECT 1 FROM hollow)
        SELECT e.name FROM emp e ORDER BY (SELECT d.name FROM dept d WHERE d.id = e.dept), e.id
        SELECT e.id FROM emp e WHERE e.id IN (SELECT a FROM w) AND e.id NOT IN (SELECT a FROM w WHERE v IS NULL)
        SELECT e.id FROM emp e LEFT JOIN dept d ON d.id = (SELECT max(id) FROM dept WHERE id <= 2) AND d.id =
            e.dept
        SELECT id, (SELECT group_concat(name) FROM (SELECT name FROM emp e WHERE e.dept = d.id ORDER BY pay DESC, id))
            FROM dept d
        SELECT id, (SELECT group_concat(x, '-') FROM (SELECT e.id + d.id AS x FROM emp e WHERE e.id <> d.id ORDER BY
            (e.id - d.id) % 3, e.id DESC)) FROM dept d
        SELECT id, (SELECT json_group_array(name) FROM (SELECT name FROM emp e WHERE e.dept >= d.id ORDER BY name DESC))
            FROM dept d
        """#
}
