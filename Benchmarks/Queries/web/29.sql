SELECT regexp_replace(Referer, '^https?://(?:www\.)?([^/]+)/.*$', '\1') AS host, avg(length(Referer)) AS size, count(*) AS views, min(Referer)
FROM hits WHERE Referer <> '' GROUP BY host HAVING count(*) > 100 ORDER BY size DESC, host LIMIT 25
