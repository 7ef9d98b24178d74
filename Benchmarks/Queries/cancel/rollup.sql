SELECT l_orderkey, l_partkey, l_suppkey, sum(l_quantity) FROM lineitem GROUP BY CUBE (l_orderkey, l_partkey, l_suppkey)
