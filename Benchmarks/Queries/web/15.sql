SELECT SearchEngineID, SearchPhrase, count(*) AS searches
FROM hits WHERE SearchPhrase <> '' GROUP BY SearchEngineID, SearchPhrase
ORDER BY searches DESC, SearchEngineID, SearchPhrase LIMIT 10
