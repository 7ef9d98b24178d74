extension Corpus {
    /// Queries that SQLite does not know, each above one that it knows and that means the same.
    static let groupingExtensions = #"""
        SELECT dept, boss, count(*), sum(pay) FROM emp GROUP BY ROLLUP (dept, boss)
        SELECT dept, boss, count(*), sum(pay) FROM emp GROUP BY dept, boss UNION ALL SELECT dept, NULL, count(*), sum(pay)
            FROM emp GROUP BY dept UNION ALL SELECT NULL, NULL, count(*), sum(pay) FROM emp
        SELECT dept, boss, count(*) FROM emp GROUP BY CUBE (dept, boss)
        SELECT dept, boss, count(*) FROM emp GROUP BY dept, boss UNION ALL SELECT dept, NULL, count(*) FROM emp GROUP BY dept
            UNION ALL SELECT NULL, boss, count(*) FROM emp GROUP BY boss UNION ALL SELECT NULL, NULL, count(*) FROM emp
        SELECT dept, boss, max(pay) FROM emp GROUP BY GROUPING SETS ((dept, boss), (boss), ())
        SELECT dept, boss, max(pay) FROM emp GROUP BY dept, boss UNION ALL SELECT NULL, boss, max(pay) FROM emp GROUP BY boss
            UNION ALL SELECT NULL, NULL, max(pay) FROM emp
        SELECT dept, count(*) FROM emp GROUP BY dept, ROLLUP (boss, id % 2)
        SELECT dept, count(*) FROM emp GROUP BY dept, boss, id % 2 UNION ALL SELECT dept, count(*) FROM emp GROUP BY dept,
            boss UNION ALL SELECT dept, count(*) FROM emp GROUP BY dept
        SELECT dept, boss, count(*) FROM emp GROUP BY ROLLUP ((dept, boss))
        SELECT dept, boss, count(*) FROM emp GROUP BY dept, boss UNION ALL SELECT NULL, NULL, count(*) FROM emp
        SELECT dept + 1, grouping(dept + 1), count(*) FROM emp GROUP BY ROLLUP (dept + 1)
        SELECT dept + 1, 0, count(*) FROM emp GROUP BY 1 UNION ALL SELECT NULL, 1, count(*) FROM emp
        SELECT grouping(dept, boss), count(*) FROM emp GROUP BY CUBE (dept, boss)
        SELECT 0, count(*) FROM emp GROUP BY dept, boss UNION ALL SELECT 1, count(*) FROM emp GROUP BY dept UNION ALL SELECT
            2, count(*) FROM emp GROUP BY boss UNION ALL SELECT 3, count(*) FROM emp
        SELECT a, count(*), grouping(a) FROM hollow GROUP BY ROLLUP (a)
        SELECT NULL, 0, 1
        SELECT dept, count(*) FROM emp GROUP BY ROLLUP (dept) HAVING count(*) > 2
        SELECT dept, count(*) FROM emp GROUP BY dept HAVING count(*) > 2 UNION ALL SELECT NULL, count(*) FROM emp
        SELECT dept, rank() OVER (ORDER BY count(*) DESC) FROM emp GROUP BY ROLLUP (dept)
        SELECT d, rank() OVER (ORDER BY n DESC) FROM (SELECT dept AS d, count(*) AS n FROM emp GROUP BY dept UNION ALL SELECT
            NULL, count(*) FROM emp)
        SELECT count(DISTINCT boss), name IS NULL FROM emp GROUP BY GROUPING SETS ((dept), ()) HAVING count(*) > 1
        SELECT count(DISTINCT boss), 0 FROM emp GROUP BY dept HAVING count(*) > 1 UNION ALL SELECT count(DISTINCT boss), 0
            FROM emp
        SELECT dept, boss, sum(pay) FROM emp GROUP BY ALL
        SELECT dept, boss, sum(pay) FROM emp GROUP BY dept, boss
        SELECT dept, id % 2 FROM emp GROUP BY ALL
        SELECT dept, id % 2 FROM emp GROUP BY dept, id % 2
        SELECT count(*), sum(pay) FROM emp GROUP BY ALL
        SELECT count(*), sum(pay) FROM emp
        SELECT grouping(dept), dept FROM emp GROUP BY dept
        SELECT 0, dept FROM emp GROUP BY dept
        SELECT id, dept FROM emp QUALIFY row_number() OVER (PARTITION BY dept ORDER BY pay DESC, id) = 1
        SELECT id, dept FROM (SELECT *, row_number() OVER (PARTITION BY dept ORDER BY pay DESC, id) AS n FROM emp) WHERE n = 1
        SELECT id, rank() OVER (ORDER BY pay) AS k FROM emp WHERE id > 1 QUALIFY k <= 2 AND id <> 4
        SELECT id, k FROM (SELECT id, rank() OVER (ORDER BY pay) AS k FROM emp WHERE id > 1) WHERE k <= 2 AND id <> 4
        SELECT dept, sum(pay) AS s FROM emp GROUP BY dept HAVING count(*) > 0 QUALIFY rank() OVER (ORDER BY sum(pay) DESC) < 3
        SELECT dept, s FROM (SELECT dept, sum(pay) AS s, rank() OVER (ORDER BY sum(pay) DESC) AS k FROM emp GROUP BY dept)
            WHERE k < 3
        SELECT id FROM emp QUALIFY row_number() OVER (ORDER BY id) IN (SELECT id FROM dept)
        SELECT id FROM emp WHERE id IN (SELECT id FROM dept)
        SELECT DISTINCT ON (dept) dept, id, name FROM emp ORDER BY dept, pay DESC, id
        SELECT dept, id, name FROM (SELECT *, row_number() OVER (PARTITION BY dept ORDER BY dept, pay DESC, id) AS n FROM
            emp) WHERE n = 1
        SELECT DISTINCT ON (id % 2) id FROM emp ORDER BY id DESC
        SELECT max(id) FROM emp GROUP BY id % 2
        SELECT DISTINCT ON (n) dept, count(*) AS n FROM emp GROUP BY dept ORDER BY n, dept
        SELECT min(dept), n FROM (SELECT dept, count(*) AS n FROM emp GROUP BY dept) GROUP BY n HAVING count(dept) = count(*)
            UNION ALL SELECT NULL, n FROM (SELECT dept, count(*) AS n FROM emp GROUP BY dept) GROUP BY n HAVING count(dept)
            < count(*)
        """#
}
