-- Who built the planes, how old are they, and how many seats did they offer?
SELECT
    coalesce(p.manufacturer, '(not registered)') AS manufacturer,
    count(DISTINCT f.tailnum) AS planes,
    count(*) AS flights,
    round(avg(f.year - p.year), 1) AS age,
    sum(p.seats) AS seats_offered
FROM flights AS f
LEFT JOIN planes AS p ON p.tailnum = f.tailnum
WHERE f.dep_time IS NOT NULL
GROUP BY p.manufacturer
HAVING count(*) > 1000
ORDER BY flights DESC;
