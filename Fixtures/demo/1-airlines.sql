-- Which airlines fly from New York most, how late do they arrive, and what share do they cancel?
SELECT
    a.name AS airline,
    count(*) AS flights,
    round(avg(f.arr_delay), 1) AS arrival_delay,
    round(100.0 * sum(f.dep_time IS NULL) / count(*), 1) AS cancelled_percent,
    count(DISTINCT f.dest) AS destinations
FROM flights AS f
JOIN airlines AS a ON a.carrier = f.carrier
GROUP BY a.name
ORDER BY flights DESC, airline
LIMIT 8;
