SELECT count(*), sum(c), max(m) FROM (
    SELECT l_orderkey, l_partkey, count(*) AS c, max(l_extendedprice) AS m FROM lineitem GROUP BY l_orderkey, l_partkey)
