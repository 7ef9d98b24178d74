SELECT AdvEngineID, count(*) AS clicks FROM hits WHERE AdvEngineID <> 0 GROUP BY AdvEngineID ORDER BY clicks DESC, AdvEngineID
