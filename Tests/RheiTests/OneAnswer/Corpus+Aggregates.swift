extension Corpus {
    /// Aggregates, GROUP BY and HAVING.
    static let aggregates = #"""
        SELECT count(*), count(i), count(r), count(x), count(DISTINCT i), count(DISTINCT x) FROM t
        SELECT sum(i), total(i), avg(i) FROM t WHERE i BETWEEN -10 AND 10
        SELECT sum(i) FROM t
        SELECT total(i) FROM t WHERE id < 3
        SELECT sum(rate), total(rate), avg(rate), min(rate), max(rate) FROM emp
        SELECT sum(s) FROM t WHERE id IN (1, 3, 5)
        SELECT sum(s), typeof(sum(s)), avg(s), total(s) FROM t WHERE id IN (5, 7)
        SELECT sum(x), typeof(sum(x)) FROM t WHERE id IN (1, 3)
        SELECT sum(x), sum(b), sum(n) FROM t WHERE id < 3
        SELECT typeof(sum(i)), typeof(avg(i)), typeof(total(i)), typeof(count(i)) FROM t WHERE id < 3
        SELECT min(i), max(i), min(r), max(r), min(s), max(s), min(b), max(b) FROM t
        SELECT count(*), count(a), sum(a), total(a), avg(a), min(a), max(a), group_concat(b) FROM hollow
        SELECT count(*) FROM hollow GROUP BY a
        SELECT count(*) FROM hollow HAVING count(*) = 0
        SELECT sum(a) IS NULL, coalesce(sum(a), -1), count(*) + 1 FROM hollow
        SELECT count(*) FROM hollow WHERE 0
        SELECT 1 FROM hollow
        SELECT max(1), min('a'), sum(2), count(NULL) FROM hollow
        SELECT dept, count(*), sum(pay), avg(pay), min(name), max(name) FROM emp GROUP BY dept
        SELECT dept, count(*) FROM emp GROUP BY dept HAVING count(*) > 1
        SELECT dept FROM emp GROUP BY dept HAVING sum(pay) > 1000 OR dept IS NULL
        SELECT count(*) FROM emp HAVING count(*) > 100
        SELECT count(*) FROM emp HAVING 1
        SELECT dept + 1, count(*) FROM emp GROUP BY dept + 1
        SELECT dept + 1 AS d, count(*) FROM emp GROUP BY d
        SELECT dept, boss, count(*) FROM emp GROUP BY 1, 2
        SELECT dept, boss, count(*) FROM emp GROUP BY dept, boss HAVING boss IS NOT NULL
        SELECT pay > 500, count(*), sum(pay) FROM emp GROUP BY pay > 500
        SELECT i % 2, count(*) FROM t GROUP BY i % 2
        SELECT typeof(x), count(*) FROM t GROUP BY typeof(x)
        SELECT count(*) FROM t GROUP BY x
        SELECT r, count(*) FROM t GROUP BY r
        SELECT b, count(*) FROM t GROUP BY b
        SELECT count(*), min(id) FROM c GROUP BY nc
        SELECT count(*) FROM c GROUP BY rt
        SELECT bin, count(*) FROM c GROUP BY bin
        SELECT count(*) FROM c GROUP BY bin COLLATE NOCASE
        SELECT count(DISTINCT nc), count(DISTINCT bin), count(DISTINCT rt) FROM c
        SELECT min(bin), max(bin) FROM c
        SELECT count(DISTINCT dept), sum(DISTINCT pay), avg(DISTINCT pay), total(DISTINCT pay) FROM emp
        SELECT sum(DISTINCT rate), min(DISTINCT rate), max(DISTINCT name) FROM emp
        SELECT dept, count(DISTINCT boss), sum(DISTINCT pay) FROM emp GROUP BY dept
        SELECT count(*) FILTER (WHERE pay > 500), sum(pay) FILTER (WHERE dept = 1), min(name) FILTER (WHERE 0)
            FROM emp
        SELECT dept, count(*) FILTER (WHERE boss = 1), count(DISTINCT pay) FILTER (WHERE pay > 400) FROM emp
            GROUP BY dept
        SELECT group_concat(name) FROM emp WHERE id = 3
        SELECT group_concat(name, '') FROM emp WHERE id = 3
        SELECT length(group_concat(name)), length(group_concat(name, '--')), length(group_concat(pay, NULL))
            FROM emp
        SELECT length(group_concat(DISTINCT dept)) FROM emp
        SELECT dept, length(group_concat(name, ', ')) FROM emp GROUP BY dept
        SELECT sum(pay) / count(*), sum(pay * 2) - 1, max(pay) - min(pay), -sum(pay) FROM emp
        SELECT sum(a * b), sum(d), count(e), max(e) FROM g
        SELECT k, sum(a), sum(b), sum(d) FROM g GROUP BY k
        SELECT e.dept, d.name, count(*) FROM emp e JOIN dept d ON d.id = e.dept GROUP BY d.id
        SELECT id, name, count(*) FROM emp GROUP BY id
        SELECT count(*), 5, 'x' FROM emp
        SELECT count(*) AS n FROM emp ORDER BY n
        SELECT dept, count(*) AS n FROM emp GROUP BY dept ORDER BY n DESC, dept
        SELECT dept FROM emp GROUP BY dept ORDER BY sum(pay) DESC, dept
        SELECT DISTINCT count(*) FROM emp GROUP BY dept
        SELECT sum(n) FROM (SELECT count(*) AS n FROM emp GROUP BY dept)
        SELECT avg(total) FROM (SELECT sum(pay) AS total FROM emp GROUP BY dept) WHERE total > 500
        SELECT sum(CASE WHEN pay > 500 THEN 1 ELSE 0 END), sum(pay > 500), count(nullif(pay, 500)) FROM emp
        SELECT avg(i), total(s) FROM t WHERE id IN (1, 2, 5)
        SELECT sum(x'31'), sum('1.0'), sum('12abc'), sum(NULL), avg('3'), total('x'), sum(1.0), sum(TRUE)
        SELECT count() FROM emp
        SELECT avg(i), total(i) FROM t WHERE id IN (3, 8)
        SELECT 1 FROM emp GROUP BY 'constant'
        SELECT count(*) FROM emp GROUP BY 'constant', NULL
        SELECT count(*) FROM emp GROUP BY 9007199254740993
        SELECT a, b, sum(v) FROM w GROUP BY a, b
        SELECT a, sum(v), count(v), count(*) FROM w GROUP BY a
        SELECT DISTINCT x FROM t
        SELECT DISTINCT x, s FROM t ORDER BY s, x
        SELECT DISTINCT nc FROM c
        SELECT DISTINCT rt, nc FROM c ORDER BY rt, nc
        SELECT DISTINCT bin COLLATE NOCASE AS k, id > 3 FROM c
        SELECT dept, name FROM emp GROUP BY dept
        SELECT dept, max(pay), name FROM emp GROUP BY dept
        SELECT dept, min(rate), name, id, rate FROM emp GROUP BY dept
        SELECT dept, min(rate), max(pay), name FROM emp GROUP BY dept
        SELECT name, max(pay) FROM emp
        SELECT name, min(pay), rate + 1 FROM emp WHERE id > 2
        SELECT name, min(pay), count(*) FROM emp WHERE pay IS NULL
        SELECT a, b, max(c), count(*) FROM hollow
        SELECT a, count(*) FROM hollow
        SELECT name, count(*), sum(pay) FROM emp
        SELECT dept, name FROM emp GROUP BY dept HAVING max(pay) > 500
        SELECT dept FROM emp GROUP BY dept ORDER BY name DESC
        SELECT dept, sum(pay) OVER (ORDER BY dept) FROM emp GROUP BY dept
        SELECT nc, count(*) FROM c GROUP BY nc
        SELECT nc, bin, max(id) FROM c GROUP BY nc
        SELECT nc || '!', min(id) FROM c GROUP BY nc
        SELECT x, count(*) FROM t GROUP BY x
        SELECT x + 1, typeof(x), count(*) FROM t WHERE id < 8 GROUP BY x
        SELECT min(x), max(x) FROM t WHERE id NOT IN (1, 2)
        SELECT min(x) FROM t
        SELECT min(nc), max(rt) FROM c
        SELECT id > 4, min(nc), max(nc) FROM c GROUP BY id > 4
        SELECT sum(DISTINCT s), avg(DISTINCT s), total(DISTINCT x), avg(DISTINCT b) FROM t WHERE id > 4
        SELECT sum(DISTINCT nc), total(DISTINCT at), avg(DISTINCT ab) FROM c, f
        SELECT length(group_concat(DISTINCT r)), length(group_concat(DISTINCT b)) FROM t
        SELECT dept, people * pay FROM totals
        SELECT sum(people), count(*) FROM totals WHERE pay > 100
        """#
}
