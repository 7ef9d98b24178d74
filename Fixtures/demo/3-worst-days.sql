-- On which days of the winter were most flights cancelled?
SELECT
    date(time_hour, '-5 hours') AS local_date,
    count(*) AS scheduled,
    sum(dep_time IS NULL) AS cancelled,
    round(100.0 * sum(dep_time IS NULL) / count(*), 1) AS cancelled_percent,
    round(avg(dep_delay), 1) AS departure_delay
FROM flights
WHERE time_hour < '2013-04-01'
GROUP BY local_date
HAVING cancelled >= 80
ORDER BY cancelled DESC, local_date;
