extension Corpus {
    /// Window functions. Where the order of a window leaves rows untold apart, only functions that do not care are
    /// asked.
    static let windows = #"""
        SELECT name nm, id AS "the id", pay 'Pay', id + 1, count(*) OVER () FROM emp
        SELECT row_number() OVER (ORDER BY id) FROM emp
        SELECT id, row_number() OVER (PARTITION BY dept ORDER BY id), rank() OVER (PARTITION BY dept ORDER BY pay),
            dense_rank() OVER (ORDER BY pay), percent_rank() OVER (ORDER BY pay), cume_dist() OVER (ORDER BY pay) FROM emp
        SELECT id, rank() OVER (ORDER BY pay DESC), rank() OVER (ORDER BY pay NULLS LAST) FROM emp
        SELECT id, ntile(1) OVER (ORDER BY id), ntile(3) OVER (ORDER BY id), ntile(100) OVER (ORDER BY id DESC),
            ntile('2x') OVER (PARTITION BY dept ORDER BY id) FROM emp
        SELECT id, lag(name) OVER (ORDER BY id), lead(name) OVER (ORDER BY id), lag(name, 2, '-') OVER (ORDER BY id),
            lead(pay, 3, -1) OVER (ORDER BY id) FROM emp
        SELECT id, lag(name, -1) OVER (ORDER BY id), lag(name, 0) OVER (ORDER BY id), lag(name, NULL, 'n') OVER (ORDER BY
            id), lag(name, 1.5, 'h') OVER (ORDER BY id), lag(name, '1', 't') OVER (ORDER BY id), lag(name, dept, 'd') OVER
            (ORDER BY id) FROM emp
        SELECT id, lag(pay, 1, name) OVER (ORDER BY id), typeof(lead(rate, 1, 0) OVER (ORDER BY id)) FROM emp
        SELECT id, first_value(name) OVER (PARTITION BY dept ORDER BY id), last_value(name) OVER (PARTITION BY dept ORDER
            BY id), nth_value(name, 2) OVER (PARTITION BY dept ORDER BY id) FROM emp
        SELECT id, last_value(name) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING),
            nth_value(name, 3) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM emp
        SELECT id, sum(pay) OVER (ORDER BY id), avg(pay) OVER (ORDER BY id), count(pay) OVER (ORDER BY id), total(pay)
            OVER (ORDER BY id), min(pay) OVER (ORDER BY id), max(pay) OVER (ORDER BY id) FROM emp
        SELECT id, sum(pay) OVER (PARTITION BY dept), count(*) OVER (PARTITION BY dept, boss) FROM emp
        SELECT id, sum(pay) OVER (ORDER BY dept), count(*) OVER (ORDER BY dept DESC) FROM emp
        SELECT id, sum(id) OVER (ORDER BY id ROWS 1 PRECEDING), sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1
            FOLLOWING), sum(id) OVER (ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 3 FOLLOWING), sum(id) OVER (ORDER BY id
            ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING) FROM emp
        SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 2 PRECEDING), count(*) OVER (ORDER BY id ROWS
            BETWEEN 2 FOLLOWING AND 1 FOLLOWING), min(id) OVER (ORDER BY id RANGE BETWEEN 1 PRECEDING AND 2 PRECEDING)
            FROM emp
        SELECT id, sum(id) OVER (ORDER BY pay GROUPS 1 PRECEDING), sum(id) OVER (ORDER BY pay GROUPS BETWEEN 1 FOLLOWING
            AND 2 FOLLOWING), count(*) OVER (ORDER BY pay GROUPS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM emp
        SELECT id, sum(id) OVER (ORDER BY pay RANGE 200 PRECEDING), count(*) OVER (ORDER BY pay RANGE BETWEEN 100 PRECEDING
            AND 300 FOLLOWING), count(*) OVER (ORDER BY pay DESC RANGE BETWEEN 1 FOLLOWING AND 300 FOLLOWING) FROM emp
        SELECT id, count(*) OVER (ORDER BY rate RANGE BETWEEN 0.5 PRECEDING AND 0.5 FOLLOWING), count(*) OVER (ORDER BY
            rate DESC NULLS FIRST RANGE BETWEEN CURRENT ROW AND 1 FOLLOWING) FROM emp
        SELECT id, count(*) OVER (ORDER BY x RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING), count(*) OVER (ORDER BY x DESC
            RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING), count(*) OVER (ORDER BY x NULLS LAST RANGE 2 PRECEDING) FROM t
        SELECT id, count(*) OVER (ORDER BY i RANGE BETWEEN 5 PRECEDING AND 5 FOLLOWING), count(*) OVER (ORDER BY r RANGE
            BETWEEN CURRENT ROW AND 1e300 FOLLOWING) FROM t
        SELECT id, count(*) OVER (ORDER BY 1 RANGE 1 PRECEDING), count(*) OVER (ORDER BY NULL RANGE 1 PRECEDING), count(*)
            OVER (ORDER BY 'a'), row_number() OVER (PARTITION BY 1 ORDER BY 2, id) FROM emp
        SELECT id, sum(id) OVER (ORDER BY id ROWS '1' PRECEDING), sum(id) OVER (ORDER BY id ROWS 2.0 PRECEDING), sum(id)
            OVER (ORDER BY id ROWS 1 + 1 PRECEDING) FROM emp
        SELECT id, group_concat(name) OVER (ORDER BY id), group_concat(name, '') OVER (ORDER BY id ROWS 2 PRECEDING),
            group_concat(name, ', ') OVER (PARTITION BY dept ORDER BY id DESC) FROM emp
        SELECT id, group_concat(name, '-') OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW)
            FROM emp
        SELECT id, group_concat(s) OVER (ORDER BY id) FROM t WHERE s IS NULL OR s = ''
        SELECT id, sum(id) OVER (ORDER BY pay ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT
            ROW), sum(id) OVER (ORDER BY pay RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP), sum(id)
            OVER (ORDER BY pay GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES), sum(id) OVER EXCLUDED
            FROM emp WINDOW EXCLUDED AS (ORDER BY id ROWS 2 PRECEDING EXCLUDE NO OTHERS)
        SELECT id, first_value(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW),
            last_value(id) OVER (ORDER BY id ROWS 1 PRECEDING EXCLUDE CURRENT ROW), nth_value(id, 2) OVER (ORDER BY id
            ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW), max(id) OVER EXCLUDED, min(id) OVER EXCLUDED
            FROM emp WINDOW EXCLUDED AS (ORDER BY pay RANGE BETWEEN CURRENT ROW AND 200 FOLLOWING EXCLUDE GROUP)
        SELECT id, count(*) OVER (ROWS UNBOUNDED PRECEDING EXCLUDE GROUP), sum(id) OVER (RANGE CURRENT ROW EXCLUDE TIES)
            FROM emp
        SELECT id, count(*) FILTER (WHERE pay > 500) OVER (ORDER BY id), sum(pay) FILTER (WHERE dept = 1) OVER (ORDER BY id
            ROWS 2 PRECEDING), max(name) FILTER (WHERE 0) OVER (), group_concat(name) FILTER (WHERE id % 2) OVER (ORDER BY
            id) FROM emp
        SELECT id, sum(pay) OVER w, avg(pay) OVER (w ROWS 1 PRECEDING), count(*) OVER (v ORDER BY id) FROM emp WINDOW v AS
            (PARTITION BY dept), w AS (v ORDER BY id DESC)
        SELECT id, rank() OVER W FROM emp WINDOW w AS (ORDER BY pay), W AS (ORDER BY pay DESC)
        SELECT dept, count(*), sum(count(*)) OVER (), rank() OVER (ORDER BY sum(pay) DESC), sum(sum(pay)) OVER (ORDER BY
            dept) FROM emp GROUP BY dept
        SELECT dept, sum(pay) / sum(sum(pay)) OVER () FROM emp GROUP BY dept HAVING count(*) > 1
        SELECT count(*), sum(count(*)) OVER (), row_number() OVER () FROM emp
        SELECT id FROM emp ORDER BY rank() OVER (ORDER BY pay), id
        SELECT id, rank() OVER (ORDER BY pay) AS k FROM emp ORDER BY k DESC, id
        SELECT id FROM emp ORDER BY row_number() OVER (ORDER BY name DESC) LIMIT 3
        SELECT id, row_number() OVER (ORDER BY id) + count(*) OVER () * 10 AS v FROM emp ORDER BY v + 1 DESC
        SELECT DISTINCT dept, count(*) OVER (PARTITION BY dept) FROM emp
        SELECT * FROM (SELECT id, dept, row_number() OVER (PARTITION BY dept ORDER BY id) AS n FROM emp) WHERE n = 1
        SELECT * FROM (SELECT id, dept, sum(pay) OVER (PARTITION BY dept) AS s FROM emp) WHERE dept = 1
        SELECT * FROM (SELECT id, dept, sum(pay) OVER (PARTITION BY dept ORDER BY id) AS s FROM emp) WHERE id > 2 AND dept
            IS NOT NULL
        SELECT count(*) FROM (SELECT row_number() OVER (ORDER BY id), id FROM emp)
        SELECT e.id, d.name, rank() OVER (PARTITION BY d.name ORDER BY e.pay) FROM emp e LEFT JOIN dept d ON d.id = e.dept
        SELECT d.id, (SELECT max(n) FROM (SELECT row_number() OVER (ORDER BY e.id) AS n FROM emp e WHERE e.dept = d.id))
            FROM dept d
        SELECT d.id, (SELECT sum(s) FROM (SELECT sum(e.pay) OVER (ORDER BY e.id) AS s FROM emp e WHERE e.dept >= d.id)) FROM
            dept d
        SELECT id, sum(pay) OVER (ORDER BY id) > (SELECT avg(pay) FROM emp), row_number() OVER (ORDER BY id) IN (SELECT id
            FROM dept) FROM emp
        SELECT id, sum((SELECT max(id) FROM dept)) OVER (ORDER BY id) FROM emp
        SELECT id FROM emp WHERE id IN (SELECT row_number() OVER (ORDER BY id) FROM dept)
        SELECT id, rank() OVER (ORDER BY nc), count(*) OVER (PARTITION BY nc), count(*) OVER (PARTITION BY bin COLLATE
            NOCASE), dense_rank() OVER (ORDER BY bin COLLATE RTRIM DESC) FROM c
        SELECT id, count(*) OVER (PARTITION BY x), rank() OVER (ORDER BY x), first_value(x) OVER (ORDER BY id), lag(x, 1, b)
            OVER (ORDER BY id) FROM t
        SELECT id, sum(x) OVER (ORDER BY id ROWS 1 PRECEDING), typeof(sum(x) OVER (ORDER BY id ROWS 1 PRECEDING)), avg(x)
            OVER (ORDER BY id) FROM t WHERE id <> 8
        SELECT id, typeof(sum(x) OVER (ORDER BY id ROWS 1 PRECEDING EXCLUDE NO OTHERS)), typeof(sum(x) OVER (ORDER BY id ROWS
            1 PRECEDING EXCLUDE TIES)) FROM t WHERE id <> 8
        SELECT id, sum(x) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING EXCLUDE NO OTHERS), max(pay) FILTER
            (WHERE id % 2) OVER (ORDER BY id ROWS 1 PRECEDING EXCLUDE NO OTHERS), group_concat(s) OVER (ORDER BY id ROWS
            1 PRECEDING EXCLUDE NO OTHERS) FROM t JOIN emp USING (id)
        SELECT id, row_number() OVER (ORDER BY id) FROM emp UNION ALL SELECT id, rank() OVER (ORDER BY city) FROM dept
        SELECT row_number() OVER (ORDER BY a), lag(a) OVER (ORDER BY a) FROM hollow
        SELECT max(a) OVER (), count(*) OVER (), ntile(0) OVER (), sum(a) OVER (ROWS 1 PRECEDING) FROM hollow
        SELECT row_number() OVER (), sum(5) OVER (), lead(1, 1, 2) OVER (), first_value(NULL) OVER ()
        SELECT id, i > 0, sum(i > 0) OVER (ORDER BY id), first_value(i > 0) OVER (ORDER BY id) FROM t
        """#
}
