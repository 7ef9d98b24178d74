SELECT URL, count(*) AS views
FROM hits WHERE CounterID = 77 AND EventDate BETWEEN '2013-07-03' AND '2013-07-28' AND DontCountHits = 0 AND IsRefresh = 0 AND URL <> ''
GROUP BY URL ORDER BY views DESC, URL LIMIT 10
