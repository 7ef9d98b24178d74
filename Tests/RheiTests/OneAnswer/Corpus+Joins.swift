extension Corpus {
    /// Joins of every kind.
    static let joins = #"""
        SELECT e.name, d.name FROM emp e JOIN dept d ON d.id = e.dept
        SELECT e.name, d.name FROM emp e LEFT JOIN dept d ON d.id = e.dept
        SELECT e.name, d.name FROM emp e RIGHT JOIN dept d ON d.id = e.dept
        SELECT e.name, d.name FROM emp e FULL JOIN dept d ON d.id = e.dept
        SELECT e.name, d.name FROM emp e FULL OUTER JOIN dept d ON d.id = e.dept WHERE e.id IS NULL OR d.id IS
            NULL
        SELECT e.name, d.name FROM emp e, dept d WHERE e.dept = d.id
        SELECT count(*) FROM emp, dept
        SELECT count(*) FROM emp CROSS JOIN dept CROSS JOIN w
        SELECT e.name, b.name FROM emp e LEFT JOIN emp b ON b.id = e.boss
        SELECT e.name, b.name, bb.name FROM emp e LEFT JOIN emp b ON b.id = e.boss LEFT JOIN emp bb ON bb.id =
            b.boss
        SELECT e.name, b.name FROM emp e JOIN emp b ON e.boss = b.id AND e.pay < b.pay
        SELECT e.name, b.name FROM emp e LEFT JOIN emp b ON e.boss = b.id AND b.pay > 800
        SELECT e.name, b.name FROM emp e LEFT JOIN emp b ON e.boss = b.id WHERE b.pay > 800
        SELECT e.name, b.name FROM emp e LEFT JOIN emp b ON e.boss = b.id WHERE b.id IS NULL
        SELECT a.name, b.name FROM emp a JOIN emp b ON a.pay < b.pay
        SELECT a.name, b.name FROM emp a LEFT JOIN emp b ON a.pay > b.pay AND a.dept = b.dept
        SELECT a.id, b.id FROM emp a FULL JOIN emp b ON a.pay = b.pay AND a.id < b.id
        SELECT a.id, b.id FROM emp a FULL JOIN emp b ON a.id = b.boss AND a.dept = 1
        SELECT a.id, b.id FROM emp a RIGHT JOIN emp b ON a.id > b.id + 5
        SELECT * FROM emp JOIN dept USING (id)
        SELECT * FROM emp LEFT JOIN dept USING (id)
        SELECT * FROM emp RIGHT JOIN dept USING (id)
        SELECT * FROM emp FULL JOIN dept USING (id)
        SELECT id, emp.id, dept.id FROM emp LEFT JOIN dept USING (id)
        SELECT id, emp.id, dept.id FROM emp RIGHT JOIN dept USING (id)
        SELECT id FROM dept FULL JOIN emp USING (id)
        SELECT * FROM emp NATURAL JOIN dept
        SELECT * FROM emp NATURAL LEFT JOIN dept
        SELECT name, emp.id, dept.id FROM emp NATURAL FULL JOIN dept
        SELECT * FROM dept NATURAL JOIN w
        SELECT e.id, d.* FROM emp e JOIN dept d ON e.dept = d.id
        SELECT e.*, 1 FROM emp e WHERE id = 1
        SELECT e.id FROM emp e JOIN dept d ON 1
        SELECT e.id FROM emp e LEFT JOIN hollow n ON n.a = e.id
        SELECT e.id FROM emp e JOIN hollow n ON n.a = e.id
        SELECT n.a, e.id FROM hollow n RIGHT JOIN emp e ON n.a = e.id
        SELECT n.a, e.id FROM hollow n FULL JOIN emp e ON n.a = e.id
        SELECT a.k, b.k FROM g a JOIN g b ON a.k = b.k
        SELECT a.k, b.k FROM g a JOIN g b ON a.k IS b.k
        SELECT a.k, b.k FROM g a LEFT JOIN g b ON a.k = b.k AND a.b = b.b
        SELECT a.a, b.b FROM g a FULL JOIN g b ON a.a = b.b
        SELECT p.id, q.id FROM t p JOIN t q ON p.i = q.r
        SELECT p.id, q.id FROM t p JOIN t q ON p.i = q.s
        SELECT p.id, q.id FROM t p JOIN t q ON p.s = q.x
        SELECT p.id, q.id FROM t p JOIN t q ON p.x = q.id
        SELECT p.id, q.id FROM t p LEFT JOIN t q ON p.n = q.i
        SELECT p.id, q.id FROM t p JOIN t q ON p.b = q.b
        SELECT w1.a, w2.b FROM w w1 JOIN w w2 ON w1.b = w2.b AND w1.a < w2.a
        SELECT w1.a, w1.b, w2.v FROM w w1 JOIN w w2 USING (a, b)
        SELECT e.name, d.city, w.v FROM emp e JOIN dept d ON d.id = e.dept LEFT JOIN w ON w.a = d.id AND w.b =
            'x'
        SELECT e.id, d.id, w.a FROM emp e LEFT JOIN dept d ON d.id = e.dept RIGHT JOIN w ON w.a = d.id
        SELECT e.id, d.id, w.a FROM emp e FULL JOIN dept d ON d.id = e.dept FULL JOIN w ON w.a = d.id
        SELECT e.id, s.who FROM emp e JOIN (SELECT * FROM staff WHERE pay > 500) s ON s.id = e.id
        SELECT a.dept, b.people FROM emp a JOIN totals b ON a.dept = b.dept
        SELECT a.who, b.who FROM staff a JOIN staff b ON a.dept = b.dept AND a.id < b.id
        SELECT x.id FROM emp x JOIN (SELECT max(pay) AS m FROM emp) y ON x.pay = y.m
        SELECT (SELECT count(*) FROM emp) FROM dept
        SELECT e.id FROM (emp e JOIN dept d ON d.id = e.dept) JOIN w ON w.a = e.id
        SELECT e.id, d.id FROM emp e LEFT JOIN (dept d JOIN w ON w.a = d.id) ON d.id = e.dept
        SELECT e.id, d.id FROM emp e JOIN dept d ON (e.dept = d.id OR e.dept IS NULL) AND e.id <> d.id
        SELECT e.id FROM emp e JOIN dept d ON e.dept = d.id AND d.city = 'Bern' WHERE e.pay BETWEEN 400 AND 900
        SELECT e.id, d.id FROM emp e JOIN dept d ON NULL
        SELECT e.id, d.id FROM emp e LEFT JOIN dept d ON NULL
        SELECT e.id, d.id FROM emp e FULL JOIN dept d ON 0
        SELECT count(*) FROM emp a JOIN emp b USING (dept) JOIN emp c USING (dept)
        SELECT a.id, b.id FROM c a JOIN c b USING (nc)
        SELECT e.name FROM emp AS e, dept AS d, w WHERE e.dept = d.id AND w.a = d.id AND w.v > 0
        SELECT * FROM emp e JOIN (dept d JOIN w ON w.a = d.id) USING (id)
        SELECT * FROM emp e LEFT JOIN (dept d JOIN emp f USING (id)) ON e.dept = d.id
        SELECT id FROM w LEFT JOIN (dept d JOIN emp f USING (id)) ON w.a = d.id
        SELECT d.*, f.name, f.id FROM w LEFT JOIN (dept d JOIN emp f USING (id)) ON w.a = id
        SELECT * FROM w RIGHT JOIN (emp NATURAL LEFT JOIN (SELECT id, city FROM dept)) ON w.a = id
        SELECT * FROM hollow NATURAL FULL JOIN (w JOIN dept d ON w.a = d.id)
        SELECT * FROM emp FULL JOIN (dept d FULL JOIN c USING (id)) USING (id)
        SELECT id, c.id, d.id, emp.id FROM emp FULL JOIN (dept d FULL JOIN c USING (id)) USING (id)
        SELECT * FROM emp JOIN (dept d JOIN c USING (id)) USING (id, name) WHERE id > 1
        SELECT * FROM w, (c JOIN t USING (id)) AS x WHERE x.id = w.a
        SELECT f.ax, t.id, c.rt FROM (SELECT ax, an AS id FROM f) f JOIN t USING (id) FULL JOIN c USING (id)
        SELECT f.id, t.id, c.id FROM (SELECT ax AS id FROM f) f LEFT JOIN t USING (id) JOIN (SELECT rt, bin || 1 AS id
            FROM c) c USING (id) RIGHT JOIN w ON w.a = t.id
        SELECT * FROM dept RIGHT JOIN (emp a JOIN emp b ON a.boss = b.id) USING (id)
        SELECT x.id FROM emp FULL JOIN w ON NULL JOIN jt x USING (id)
        SELECT x.id FROM w LEFT JOIN emp ON NULL JOIN jt x USING (id)
        """#
}
