-- What does rain or snow, with and without poor visibility, cost in departure delay?
SELECT
    f.origin,
    CASE
        WHEN w.precip > 0 AND w.visib < 3 THEN 'heavy'
        WHEN w.precip > 0 THEN 'wet'
        WHEN w.visib < 3 THEN 'fog'
        ELSE 'fair'
    END AS weather,
    count(*) AS flights,
    round(avg(f.dep_delay), 1) AS departure_delay,
    round(100.0 * sum(f.dep_delay > 60) / count(f.dep_delay), 1) AS over_an_hour_percent
FROM flights AS f
JOIN weather AS w ON w.origin = f.origin AND w.time_hour = f.time_hour
GROUP BY f.origin, weather
ORDER BY f.origin, departure_delay DESC;
