SELECT count(*), sum(c), max(l_comment) FROM (SELECT l_comment, count(*) AS c FROM lineitem GROUP BY l_comment)
