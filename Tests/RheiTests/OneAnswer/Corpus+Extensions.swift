extension Corpus {
    /// Queries that SQLite does not know, each above one that it knows and that means the same.
    static let groupingExtensions = #"""
        SELECT d.id, (SELECT sum(c * c) FROM (SELECT count(*) AS c FROM emp e WHERE e.dept >= d.id GROUP BY ROLLUP (e.boss)))
            FROM dept d
        SELECT d.id, (SELECT sum(c * c) FROM (SELECT count(*) AS c FROM emp e WHERE e.dept >= d.id GROUP BY e.boss UNION ALL
            SELECT count(*) FROM emp e WHERE e.dept >= d.id)) FROM dept d
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

    /// Aggregates that SQLite lacks, each above a query of SQLite's that gives the same.
    static let analystAggregates = #"""
        SELECT group_concat(name ORDER BY name DESC), string_agg(name, '-' ORDER BY pay, id) FROM emp
        SELECT 'Hal,Gus,Fay,Eve,Dee,Cid,Bob,Ann', 'Eve-Fay-Bob-Dee-Gus-Cid-Hal-Ann'
        SELECT dept, string_agg(name, ';' ORDER BY pay DESC NULLS LAST, id DESC) FROM emp GROUP BY dept
        VALUES (NULL, 'Eve'), (1, 'Ann;Gus;Bob'), (2, 'Cid;Dee'), (3, 'Hal'), (9, 'Fay')
        SELECT string_agg(name, ',') WITHIN GROUP (ORDER BY id DESC) FROM emp WHERE id < 4
        SELECT 'Cid,Bob,Ann'
        SELECT sum(pay ORDER BY id), count(* ) FROM emp
        SELECT sum(pay), count(*) FROM emp
        SELECT median(pay), median(id), median(rate), median(a) FROM emp LEFT JOIN hollow ON a = id
        SELECT 500.0, 4.5, 1.0, NULL
        SELECT quantile_cont(id, 0.25), quantile_disc(id, 0.25), quantile_disc(name, 0.5), quantile(id, 1), quantile_cont(id,
            0) FROM emp
        SELECT 2.75, 2, 'Dee', 8, 1.0
        SELECT percentile_cont(0.1) WITHIN GROUP (ORDER BY id), percentile_cont(0.25) WITHIN GROUP (ORDER BY id DESC),
            percentile_disc(0.5) WITHIN GROUP (ORDER BY id), mode() WITHIN GROUP (ORDER BY pay) FROM emp
        SELECT 1.7000000000000002, 6.25, 4, 500
        SELECT dept, median(pay), mode(boss) FROM emp GROUP BY dept
        VALUES (NULL, NULL, 1), (1, 500.0, 1), (2, 600.0, 1), (3, 800.0, 3), (9, 300.0, 2)
        SELECT round(var_pop(id), 6), round(var_samp(id), 6), round(stddev_pop(id), 6), round(stddev_samp(id), 6),
            round(stddev(id), 6), round(variance(id), 6) FROM emp
        SELECT 5.25, 6.0, round(sqrt(5.25), 6), round(sqrt(6.0), 6), round(sqrt(6.0), 6), 6.0
        SELECT dept, round(var_samp(pay), 6), round(var_pop(pay), 6), round(stddev_samp(pay), 6) FROM emp GROUP BY dept
        VALUES (NULL, NULL, NULL, NULL), (1, round(160000.0 / 3, 6), round(320000.0 / 9, 6), round(sqrt(160000.0 / 3), 6)), (2, 20000.0, 10000.0,
            round(sqrt(20000.0), 6)), (3, NULL, 0.0, NULL), (9, NULL, 0.0, NULL)
        SELECT round(corr(id, id), 9), round(corr(id, -2 * id + 1), 9), round(covar_pop(id, id * 2), 9), round(covar_samp(id,
            id), 9), corr(id, 1) FROM emp
        SELECT 1.0, -1.0, 10.5, 6.0, NULL
        SELECT round(regr_slope(2 * id + 3, id), 9), round(regr_intercept(2 * id + 3, id), 9), round(regr_r2(2 * id + 3, id),
            9), regr_count(pay, rate), regr_avgx(id, id + 1), regr_avgy(id, id + 1), round(regr_sxx(id, id), 9),
            round(regr_syy(id, 2), 9), round(regr_sxy(id, -id), 9) FROM emp
        SELECT 2.0, 3.0, 1.0, 6, 5.5, 4.5, 42.0, 42.0, -42.0
        SELECT corr(pay, rate), regr_count(pay, rate), product(pay), median(pay), mode(pay), any_value(pay), first(pay) FROM
            emp WHERE id > 100
        SELECT NULL, 0, NULL, NULL, NULL, NULL, NULL
        SELECT approx_count_distinct(pay), count_if(pay > 500), count_if(pay > 500) FILTER (WHERE dept = 1), bool_and(pay > 200),
            bool_or(pay > 800), bool_and(pay > 300), product(dept) FROM emp
        SELECT 5, 3, 1, 1, 1, 0, 108.0
        SELECT arg_min(name, pay), arg_max(name, pay), min_by(id, rate), max_by(id, rate), arg_min(boss, id) FROM emp
        SELECT 'Fay', 'Ann', 2, 8, 1
        SELECT dept, first(name), last(name), any_value(boss) FROM emp GROUP BY dept
        VALUES (NULL, 'Eve', 'Eve', 1), (1, 'Ann', 'Gus', 1), (2, 'Cid', 'Dee', 1), (3, 'Hal', 'Hal', 3), (9, 'Fay', 'Fay', 2)
        SELECT id, median(pay) OVER (PARTITION BY dept), round(var_pop(pay) OVER (), 6), arg_max(id, pay) OVER (PARTITION BY dept),
            first(id) OVER (), last(name) FILTER (WHERE id < 3) OVER (PARTITION BY dept) FROM emp WHERE id IN (1, 2, 3, 8)
        VALUES (1, 700.0, 21875.0, 1, 1, 'Bob'), (2, 700.0, 21875.0, 1, 1, 'Bob'), (3, 700.0, 21875.0, 3, 1, NULL), (8, 800.0,
            21875.0, 8, 1, NULL)
        SELECT d.id, (SELECT median(e.pay) FROM emp e WHERE e.dept = d.id), (SELECT regr_count(e.pay, e.id) FROM emp e WHERE
            e.dept = d.id) FROM dept d
        VALUES (1, 500.0, 3), (2, 600.0, 2), (3, 800.0, 1), (4, NULL, 0)
        """#
}
