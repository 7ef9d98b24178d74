SELECT date_trunc('minute', EventTime) AS minute, count(*) AS views
FROM hits WHERE CounterID = 77 AND EventDate BETWEEN '2013-07-14' AND '2013-07-15' AND IsRefresh = 0 AND DontCountHits = 0
GROUP BY date_trunc('minute', EventTime) ORDER BY date_trunc('minute', EventTime) LIMIT 10 OFFSET 200
