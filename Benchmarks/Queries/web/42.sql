SELECT WindowClientWidth, WindowClientHeight, count(*) AS views
FROM hits WHERE CounterID = 77 AND EventDate BETWEEN '2013-07-03' AND '2013-07-28' AND IsRefresh = 0 AND DontCountHits = 0
GROUP BY WindowClientWidth, WindowClientHeight
ORDER BY views DESC, WindowClientWidth, WindowClientHeight LIMIT 10 OFFSET 20
