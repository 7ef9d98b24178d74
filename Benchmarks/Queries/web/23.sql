SELECT SearchPhrase, min(URL), min(Title), count(*) AS views, count(DISTINCT UserID)
FROM hits WHERE Title GLOB '*Google*' AND URL NOT GLOB '*.google*' AND SearchPhrase <> ''
GROUP BY SearchPhrase ORDER BY views DESC, SearchPhrase LIMIT 10
