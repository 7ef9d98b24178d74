SELECT count(*) FROM lineitem WHERE l_comment IN (SELECT o_comment FROM orders) OR l_orderkey NOT IN (SELECT ps_partkey FROM partsupp)
