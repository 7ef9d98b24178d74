extension Corpus {
    /// Affinity, collations, storage classes, NULL, IN, BETWEEN and row values.
    static let comparisons = #"""
        SELECT ai = at, ai = ar, ai = an, ai = ab, ai = ax FROM f
        SELECT at = ar, at = an, at = ab, at = ax FROM f
        SELECT ar = an, ar = ab, ar = ax, an = ab, an = ax, ab = ax FROM f
        SELECT p.ai = q.at, p.ai = q.ar, p.ai = q.an, p.ai = q.ab, p.ai = q.ax FROM f p, f q
        SELECT p.at = q.at, p.at = q.ar, p.at = q.an, p.at = q.ab, p.at = q.ax FROM f p, f q
        SELECT p.ab < q.ar, p.ab < q.an, p.ab < q.ab, p.ab < q.ax, p.ax < q.at, p.ax < q.an FROM f p, f q
        SELECT count(*) FROM f p JOIN f q ON p.ai = q.at
        SELECT count(*) FROM f p JOIN f q ON p.at = q.ar
        SELECT count(*) FROM f p JOIN f q ON p.at = q.ax
        SELECT count(*) FROM f p JOIN f q ON p.ax = q.an
        SELECT count(*) FROM f p JOIN f q ON p.ab = q.ax AND p.an = q.ai
        SELECT ai = '1', at = 1, ar = '1', an = '1.0', ab = '1', ax = '1', ax = 1 FROM f
        SELECT at = 1.0, at = '1', at = x'31', ab = x'31', ai = 1.0, ai = '1.0', ai < '2', at < 2 FROM f
        SELECT ai IN (1, '1.5', 'a'), at IN (1, '1.5', 'a'), ax IN (1, '1.5', 'a'), ab IN ('1', x'31') FROM f
        SELECT ai BETWEEN '0' AND '9', at BETWEEN 0 AND 9, ax BETWEEN 0 AND 9, ax BETWEEN '0' AND '9' FROM f
        SELECT CAST(ai AS TEXT) = 1, CAST(at AS INTEGER) = '1', CAST(ax AS NUMERIC) = '1', +ai = '1', +at = 1
            FROM f
        SELECT 1 = '1', '1' = 1, 1 < 'a', 'a' < x'00', NULL = NULL, 1 = 1.0, 'a' = 'A', 2 > '10', x'61' = 'a'
        SELECT 9007199254740993 = 9007199254740992.0, 9223372036854775807 < 9223372036854775808.0, 1 < 9e999
        SELECT id FROM t WHERE i = 9223372036854775808.0
        SELECT id FROM t WHERE n > 9007199254740992.0 AND n < 9e17
        SELECT id, x < 2, x > 'a', x = '3', x = 3, x >= x'30', x IS NULL FROM t
        SELECT p.id, q.id FROM t p, t q WHERE p.x < q.x
        SELECT p.id, q.id FROM t p, t q WHERE p.x = q.x
        SELECT i IS NULL, i IS NOT NULL, i ISNULL, i NOTNULL, i IS 1, i IS NOT 1, i IS NOT DISTINCT FROM 1 FROM
            t
        SELECT NULL IS NULL, NULL IS 1, 1 IS NULL, NULL IS NOT NULL, 'a' IS 'a', 1 IS 1.0, 1 IS '1'
        SELECT i IS TRUE, i IS FALSE, i IS NOT TRUE, i IS NOT FALSE, s IS TRUE, x IS NOT TRUE FROM t
        SELECT NULL IS TRUE, NULL IS NOT TRUE, 0.5 IS TRUE, 'a' IS FALSE, TRUE, FALSE, TRUE + 1, TRUE = 'true'
        SELECT i BETWEEN 0 AND 5, i NOT BETWEEN 0 AND 5, i BETWEEN 5 AND 0, i BETWEEN NULL AND 5 FROM t
        SELECT i IN (1, 2, NULL), i NOT IN (1, 2, NULL), i IN (), i NOT IN (), NULL IN (), NULL NOT IN (1) FROM
            t
        SELECT i IN (1.0, 3.0), r IN (3, 100), s IN ('abc', 12), x IN (1, 2, 'Zed'), b IN (x'61', 'a') FROM t
        SELECT (1, 2) = (1, 2), (1, 2) < (1, 3), (1, NULL) = (1, 2), (1, NULL) < (2, 0), (NULL, 1) IS (NULL, 1)
        SELECT (i, r) > (1, 0.5), (i, s) <= (3, 'b'), (r, i) <> (0.5, 1), (i, NULL) < (1, 2) FROM t
        SELECT id FROM t WHERE (i, s) IN (VALUES (1, 'abc'), (10, 'x'), (NULL, NULL))
        SELECT id FROM t WHERE (i, r) BETWEEN (0, 0) AND (10, 50)
        SELECT (SELECT 1, 2) = (1, 2), (1, 2) IN (SELECT i, id FROM t), (1, 'abc') IN (SELECT i, s FROM t)
        SELECT bin = nc, nc = bin, bin = rt, rt = bin, nc = rt, rt = nc FROM c
        SELECT nc = 'A', 'A' = nc, rt = 'a', rt = 'a  ', bin = 'a' COLLATE NOCASE, nc = 'a' COLLATE BINARY FROM
            c
        SELECT bin COLLATE NOCASE = 'A', nc COLLATE BINARY = 'A', (nc || '') = 'A', +nc = 'A', rt COLLATE RTRIM
            < 'b' FROM c
        SELECT p.id, q.id FROM c p JOIN c q ON p.nc = q.bin
        SELECT p.id, q.id FROM c p JOIN c q ON p.bin = q.nc
        SELECT p.id, q.id FROM c p JOIN c q ON p.nc < q.nc
        SELECT id, nc IN ('A', 'z'), bin IN ('a', 'b'), rt IN ('a'), nc BETWEEN 'A' AND 'B' FROM c
        SELECT id, CASE nc WHEN 'A' THEN 1 WHEN 'b' THEN 2 END, CASE bin WHEN nc THEN 1 ELSE 0 END FROM c
        SELECT id FROM c WHERE nc IN (SELECT bin FROM c)
        SELECT id FROM c WHERE bin IN (SELECT nc FROM c)
        SELECT id FROM c WHERE bin COLLATE NOCASE IN (SELECT rt FROM c)
        SELECT nullif(nc, 'A'), nullif(bin, nc), nullif(1, 1.0), nullif('a', 'A'), nullif(NULL, 1) FROM c
        SELECT max(bin, nc), min(bin, 'B') FROM c
        SELECT CASE (id, i) WHEN (1, 1) THEN 'one' WHEN (id, 2) THEN 'two' ELSE 'none' END FROM t
        SELECT CASE (SELECT id, name FROM dept WHERE id = t.i) WHEN (1, 'Sales') THEN 1 WHEN (3, s) THEN 3 END FROM t
        """#
}
