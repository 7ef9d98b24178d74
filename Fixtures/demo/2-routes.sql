-- On which busy routes do passengers lose most time?
SELECT
    f.origin,
    p.name AS destination,
    count(*) AS arrived,
    round(avg(f.arr_delay), 1) AS arrival_delay,
    max(f.arr_delay) AS worst
FROM flights AS f
JOIN airports AS p ON p.faa = f.dest
WHERE f.arr_delay IS NOT NULL
GROUP BY f.origin, p.name
HAVING count(*) >= 1000
ORDER BY avg(f.arr_delay) DESC, f.origin, destination
LIMIT 8;
