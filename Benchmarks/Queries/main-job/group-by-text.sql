SELECT s, count(*), sum(v), round(avg(r), 3) FROM wide WHERE v > 100000 GROUP BY s
