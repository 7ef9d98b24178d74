SELECT g, count(*), sum(v) FROM t GROUP BY g
