SELECT ClientIP, ClientIP - 1, ClientIP - 2, ClientIP - 3, count(*) AS views
FROM hits GROUP BY ClientIP, ClientIP - 1, ClientIP - 2, ClientIP - 3 ORDER BY views DESC, ClientIP LIMIT 10
