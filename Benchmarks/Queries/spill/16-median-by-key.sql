SELECT count(*), sum(m) FROM (SELECT l_partkey, median(l_quantity) AS m, max(l_comment) AS t FROM lineitem GROUP BY l_partkey)
