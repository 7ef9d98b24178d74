-- What do the newest days of the database look like?
SELECT
    date(time_hour, '-4 hours') AS local_date,
    count(*) AS scheduled,
    sum(dep_time IS NULL) AS cancelled,
    count(DISTINCT carrier) AS airlines,
    round(avg(arr_delay), 1) AS arrival_delay,
    max(arr_delay) AS worst
FROM flights
GROUP BY local_date
ORDER BY local_date DESC
LIMIT 3;
