SELECT CounterID, avg(length(URL)) AS size, count(*) AS views
FROM hits WHERE URL <> '' GROUP BY CounterID HAVING count(*) > 1000 ORDER BY size DESC, CounterID LIMIT 25
