extension Corpus {
    /// Recursive common tables: queue order, UNION, LIMIT inside and outside, several recursive SELECTs.
    static let recursion = #"""
        WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<5) SELECT * FROM c
        WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT * FROM c LIMIT 4
        WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 3) SELECT sum(x) FROM c
        WITH RECURSIVE c(x) AS (SELECT 1 UNION SELECT (x*2)%7 FROM c) SELECT * FROM c
        WITH RECURSIVE c(x,y) AS (VALUES(1,'a') UNION ALL SELECT x+1, y||'b' FROM c WHERE x<4 ORDER BY 1
            DESC) SELECT * FROM c
        WITH RECURSIVE t(l,n) AS (SELECT 0,'r' UNION ALL SELECT l+1, n||'/'||k FROM t JOIN (SELECT 1 k UNION
            ALL SELECT 2) ON l<3 ORDER BY 1 DESC) SELECT n FROM t
        WITH RECURSIVE t(l,n) AS (SELECT 0,'r' UNION ALL SELECT l+1, n||'/'||k FROM t JOIN (SELECT 1 k UNION
            ALL SELECT 2) ON l<3) SELECT n FROM t
        WITH RECURSIVE t(l,n) AS (SELECT 0,'r' UNION ALL SELECT l+1, n||'/'||k FROM (SELECT 1 k UNION ALL
            SELECT 2) LEFT JOIN t ON l<2 WHERE l < 3 LIMIT 20) SELECT n FROM t
        WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM a WHERE x<3 UNION ALL SELECT x+10 FROM a
            WHERE x<20) SELECT x FROM a LIMIT 30
        WITH RECURSIVE a(x) AS (SELECT NULL UNION ALL SELECT 1 UNION ALL SELECT x+0.5 FROM a WHERE x<3)
            SELECT x, typeof(x) FROM a LIMIT 30
        WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT DISTINCT 5 FROM a LIMIT 10) SELECT x FROM a
        WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM a WHERE x<3), b(y) AS (SELECT x FROM a
            UNION ALL SELECT y*2 FROM b WHERE y<40) SELECT a.x, count(*), max(y) FROM a, b GROUP BY a.x
        SELECT (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<5) SELECT sum(x) FROM
            c), 3 IN (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<5) SELECT * FROM
            c)
        WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 3 OFFSET 2) SELECT * FROM c
        WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE EXISTS (SELECT 1 FROM (SELECT 3
            q) WHERE c.x < q)) SELECT * FROM c
        WITH RECURSIVE chain(id, name, depth) AS (SELECT id, name, 0 FROM emp WHERE boss IS NULL UNION ALL
            SELECT e.id, e.name, depth + 1 FROM chain c JOIN emp e ON e.boss = c.id) SELECT * FROM chain
        WITH RECURSIVE chain(id, name, depth) AS (SELECT id, name, 0 FROM emp WHERE boss IS NULL UNION ALL
            SELECT e.id, e.name, depth + 1 FROM emp e JOIN chain c ON e.boss = c.id ORDER BY 3 DESC, 1)
            SELECT name, depth FROM chain
        WITH RECURSIVE up(id) AS (SELECT 7 UNION SELECT boss FROM emp, up WHERE emp.id = up.id AND boss IS
            NOT NULL) SELECT name FROM emp WHERE id IN up
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT count(*),
            sum(i), min(i), max(i) FROM n
        WITH RECURSIVE n(i) AS MATERIALIZED (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT a.i,
            b.i FROM n a JOIN n b ON a.i = b.i * 2
        WITH n AS NOT MATERIALIZED (SELECT id FROM emp WHERE pay > 400) SELECT count(*) FROM n a, n b
        WITH RECURSIVE n(i) AS (SELECT id FROM dept UNION SELECT i + 1 FROM n WHERE i < 6) SELECT i FROM n
            ORDER BY i DESC
        SELECT name FROM dept d WHERE EXISTS (WITH x AS (SELECT dept FROM emp) SELECT 1 FROM x WHERE x.dept
            = d.id)
        SELECT (WITH x(n) AS (SELECT count(*) FROM emp e WHERE e.dept = d.id) SELECT n FROM x) FROM dept d
        SELECT id, (WITH RECURSIVE r(n) AS (SELECT d.id UNION ALL SELECT n + 1 FROM r LIMIT 4) SELECT sum(n) FROM r)
            FROM dept d
        SELECT id, (WITH RECURSIVE r(n) AS (SELECT d.id UNION ALL SELECT n + 1 FROM r LIMIT 4 OFFSET 2) SELECT sum(n)
            FROM r) FROM dept d
        SELECT id, (WITH RECURSIVE r(n) AS (SELECT d.id UNION ALL SELECT n + 1 FROM r LIMIT 0) SELECT count(n) FROM r)
            FROM dept d
        SELECT id, (WITH RECURSIVE r(n, k) AS (SELECT d.id, 0 UNION SELECT n * 2 % 7, k + 1 FROM r WHERE k < 9
            ORDER BY 1 DESC, 2 LIMIT 3) SELECT sum(n * 10 + k) FROM r) FROM dept d
        SELECT id, (WITH RECURSIVE r(n) AS (SELECT e.pay UNION ALL SELECT n + 1 FROM r WHERE n < e.pay + 3 UNION ALL
            SELECT n + 10 FROM r WHERE n < e.pay + 2 ORDER BY 1 DESC LIMIT 5 OFFSET 1) SELECT total(n) FROM r) FROM emp e
        """#
}
