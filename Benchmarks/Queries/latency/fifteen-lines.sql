WITH busy AS (
    SELECT g, count(*) AS n, sum(v) AS total
    FROM t
    WHERE v > 100
    GROUP BY g
    HAVING count(*) > 3
)
SELECT d.region, w.s AS city, count(*) AS n, sum(b.total) AS total,
    avg(CASE WHEN w.r > 5000 THEN w.r ELSE 0 END) AS large
FROM wide AS w
JOIN d ON d.g = w.g
JOIN busy AS b ON b.g = w.g
WHERE w.at >= '2024-11-01' AND (d.region = 'north' OR w.s LIKE 'K%') AND w.v IS NOT NULL
GROUP BY d.region, w.s
ORDER BY total DESC, city LIMIT 10
