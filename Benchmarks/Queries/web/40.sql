SELECT TraficSourceID, SearchEngineID, AdvEngineID,
    CASE WHEN SearchEngineID = 0 AND AdvEngineID = 0 THEN Referer ELSE '' END AS came_from, URL AS went_to, count(*) AS views
FROM hits WHERE CounterID = 77 AND EventDate BETWEEN '2013-07-03' AND '2013-07-28' AND IsRefresh = 0
GROUP BY TraficSourceID, SearchEngineID, AdvEngineID, came_from, went_to
ORDER BY views DESC, TraficSourceID, SearchEngineID, AdvEngineID, came_from, went_to LIMIT 10 OFFSET 1000
