SELECT UserID, extract(minute FROM EventTime) AS minute, SearchPhrase, count(*) AS views
FROM hits GROUP BY UserID, minute, SearchPhrase ORDER BY views DESC, UserID, minute, SearchPhrase LIMIT 10
