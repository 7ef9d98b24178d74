SELECT URLHash, EventDate, count(*) AS views
FROM hits WHERE CounterID = 77 AND EventDate BETWEEN '2013-07-03' AND '2013-07-28' AND IsRefresh = 0 AND TraficSourceID IN (-1, 6)
GROUP BY URLHash, EventDate ORDER BY views DESC, URLHash, EventDate LIMIT 10 OFFSET 100
