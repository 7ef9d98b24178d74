extension Corpus {
    /// Subqueries in odd places, outer joins with subqueries in ON, correlation through any operator, names in odd
    /// spelling.
    static let shapes = #"""
        SELECT count(id) IN () FROM emp
        SELECT id FROM emp ORDER BY id LIMIT (SELECT 2)
        SELECT id FROM emp ORDER BY id LIMIT (SELECT count(*) FROM dept) OFFSET (SELECT min(id) FROM dept) +
            1
        WITH c(n) AS (SELECT 3) SELECT id FROM emp ORDER BY id LIMIT (SELECT n FROM c)
        SELECT d.name, x.n FROM dept d LEFT JOIN (SELECT 1 AS one) o ON (SELECT count(*) FROM emp WHERE dept
            = d.id) > o.one LEFT JOIN (SELECT 5 n) x ON 1
        SELECT d.id, e.id FROM dept d LEFT JOIN emp e ON e.dept = d.id AND EXISTS (SELECT 1 FROM emp x WHERE
            x.boss = e.id AND x.dept = d.id)
        SELECT d.id, e.id FROM dept d FULL JOIN emp e ON e.dept = d.id AND EXISTS (SELECT 1 FROM emp x WHERE
            x.boss = e.id AND x.dept = d.id)
        SELECT d.id, e.id FROM dept d RIGHT JOIN emp e ON e.dept = d.id AND EXISTS (SELECT 1 FROM emp x
            WHERE x.boss = e.id AND x.dept = d.id)
        SELECT id, x, (SELECT count(*) FROM t u WHERE u.x = t.x OR typeof(u.x) = typeof(t.x)) FROM t
        SELECT id, (SELECT group_concat(typeof(t.x) || u.id) FROM t u WHERE u.id < 4 AND u.id <> t.i) FROM t
        SELECT d.id, (SELECT count(*) FROM emp e FULL JOIN w ON w.a = e.id AND e.pay > d.id * 200 WHERE w.a
            IS NULL OR w.a < d.id) FROM dept d
        SELECT d.id, (SELECT sum(coalesce(e.id,0)) FROM (SELECT * FROM emp WHERE pay > d.id * 200) e RIGHT
            JOIN w ON w.a = e.id) FROM dept d
        SELECT d.id, (SELECT sum(coalesce(e.id,0)+coalesce(w.a,100)) FROM (SELECT * FROM emp WHERE pay >
            d.id * 200) e FULL JOIN (SELECT * FROM w WHERE a <> d.id) w ON w.a = e.id) FROM dept d
        SELECT d.id, d.id IN (VALUES (1), (d.id - 1), (3)) FROM dept d
        SELECT w.*, e.id FROM w RIGHT JOIN (SELECT id AS a FROM emp) q USING (a) LEFT JOIN emp e ON e.id = a
        SELECT dept.* FROM dept FULL JOIN (SELECT id, 5 AS z FROM emp) q USING (id)
        SELECT (dept, boss) IN (SELECT dept, boss FROM emp) FROM emp
        SELECT id FROM emp WHERE (dept, pay) BETWEEN (1, 300) AND (2, 600)
        SELECT id FROM emp WHERE (1, 2) < (dept, boss)
        SELECT id FROM emp e WHERE id = (SELECT max(id) FROM emp WHERE dept = e.dept LIMIT 1)
        SELECT id, EXISTS (SELECT 1 FROM emp x WHERE x.boss = e.id LIMIT 1) FROM emp e
        SELECT id, (SELECT count(*) FROM emp x GROUP BY x.dept HAVING x.dept = e.dept) FROM emp e
        SELECT id, (SELECT count(*) FROM (SELECT a.id FROM emp a WHERE a.boss=e.id UNION SELECT b.id FROM
            dept b WHERE b.id = e.dept)) FROM emp e
        SELECT id, (SELECT count(*) FROM (SELECT a.id FROM emp a WHERE a.boss=e.id EXCEPT SELECT b.id FROM
            dept b WHERE b.id = e.dept)) FROM emp e
        SELECT id, (SELECT count(*) FROM (SELECT a.id FROM emp a WHERE a.boss=e.id INTERSECT SELECT b.id
            FROM dept b WHERE b.id >= e.dept)) FROM emp e
        SELECT main.emp.id FROM main.emp
        SELECT e.id FROM emp e WHERE (e.id, 'x') IN (SELECT a, b FROM w)
        SELECT a.id FROM emp a JOIN (dept d JOIN w ON w.a = d.id) ON a.dept = d.id
        SELECT a.id, b.id FROM emp a NATURAL JOIN dept b
        SELECT * FROM emp a LEFT JOIN dept b USING (id) LEFT JOIN w ON w.a = id
        SELECT * FROM (SELECT 1 a, 2 b) x FULL JOIN (SELECT 1 a, 3 c) y USING (a) FULL JOIN (SELECT 2 a, 4
            d) z USING (a)
        SELECT * FROM (SELECT 1 a, 2 b) x LEFT JOIN (SELECT 5 a, 3 c) y USING (a) JOIN (SELECT 1 a, 4 d) z
            USING (a)
        SELECT * FROM (SELECT 1 a, 2 b) x RIGHT JOIN (SELECT 5 a, 3 c) y USING (a) JOIN (SELECT 5 a, 4 d) z
            USING (a)
        SELECT a, x.a, y.a, z.a FROM (SELECT 1 a, 2 b) x RIGHT JOIN (SELECT 5 a, 3 c) y USING (a) LEFT JOIN
            (SELECT 5 a, 4 d) z USING (a)
        VALUES (1, 2), ((SELECT max(id) FROM emp), 3)
        SELECT * FROM (VALUES (1, (SELECT count(*) FROM emp))) v
        SELECT count(*) FROM emp e JOIN dept d ON (SELECT max(id) FROM w JOIN emp ON w.a = emp.id WHERE
            emp.id = e.id) = d.id
        SELECT dept FROM emp GROUP BY dept HAVING (SELECT count(*) FROM dept WHERE id = emp.dept) > 0
        SELECT dept, count(*) FROM emp GROUP BY dept ORDER BY (SELECT name FROM dept WHERE id = emp.dept)
        SELECT (SELECT name FROM dept WHERE id = e.dept) AS dn, count(*) FROM emp e GROUP BY dn
        SELECT (SELECT name FROM dept WHERE id = e.dept) AS dn, count(*) FROM emp e GROUP BY 1 HAVING dn IS
            NOT NULL
        SELECT id FROM emp WHERE id IN (1,2,3) ORDER BY 1 LIMIT 2.0
        SELECT id FROM emp ORDER BY id LIMIT '2'
        SELECT id AS 'the id', 'lit' FROM emp ORDER BY 'the id'
        SELECT id "a b" FROM emp ORDER BY "a b" DESC
        SELECT [id], `name` FROM [emp] ORDER BY `id`
        SELECT CAST(x'ff41' AS TEXT) = CAST(x'ff41' AS TEXT), hex(CAST(x'ff41' AS TEXT)), length(CAST(x'ff'
            AS TEXT))
        SELECT hex(CAST(x'ff' AS TEXT) || s) FROM t WHERE id < 3
        SELECT id, EXISTS (SELECT 1 FROM emp x WHERE x.boss = e.id ORDER BY x.id LIMIT 1 OFFSET 1) FROM emp
            e
        SELECT id, (SELECT x.id FROM emp x WHERE x.boss = e.id ORDER BY x.id DESC LIMIT 1) FROM emp e
        SELECT id, (SELECT sum(p) FROM (SELECT x.pay p FROM emp x WHERE x.boss = e.id ORDER BY x.id DESC
            LIMIT 2)) FROM emp e
        SELECT id, (SELECT x.id FROM emp x WHERE x.pay > e.pay ORDER BY x.pay, x.id LIMIT 1 OFFSET 1) FROM
            emp e
        SELECT id, e.dept IN (SELECT x.dept FROM emp x WHERE x.id <> e.id ORDER BY x.id LIMIT 3) FROM emp e
        SELECT id, (SELECT a.id FROM emp a UNION SELECT b.id FROM dept b WHERE b.id = e.dept ORDER BY 1
            LIMIT 1) FROM emp e
        SELECT d.name, (SELECT e.name FROM emp e WHERE e.dept = d.id ORDER BY e.pay DESC, e.id LIMIT 1) FROM
            dept d
        SELECT d.name FROM dept d WHERE 500 = (SELECT pay FROM emp e WHERE e.dept = d.id ORDER BY id DESC
            LIMIT 1)
        SELECT d.name, (SELECT e.name FROM emp e WHERE e.dept = d.id ORDER BY e.pay DESC, e.id LIMIT 1
            OFFSET 2) FROM dept d
        SELECT t.id, (SELECT u.id FROM t u WHERE u.x < t.x ORDER BY u.x DESC, u.id LIMIT 1) FROM t
        SELECT d.id, (SELECT max(n) FROM (SELECT (SELECT e.id FROM emp e WHERE e.dept = d.id AND e.pay <
            x.pay ORDER BY e.pay DESC, e.id LIMIT 1) n FROM emp x WHERE x.dept = d.id)) FROM dept d
        SELECT d.id, (SELECT group_concat(name) FROM (SELECT name FROM emp e WHERE e.dept = d.id ORDER BY
            name DESC LIMIT -1 OFFSET 1)) FROM dept d
        SELECT d.id, (SELECT name FROM emp e WHERE e.dept = d.id ORDER BY name COLLATE NOCASE DESC) FROM
            dept d
        """#
}
