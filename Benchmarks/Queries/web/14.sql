SELECT SearchPhrase, count(DISTINCT UserID) AS people
FROM hits WHERE SearchPhrase <> '' GROUP BY SearchPhrase ORDER BY people DESC, SearchPhrase LIMIT 10
