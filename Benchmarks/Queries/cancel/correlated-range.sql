SELECT count(*) FROM orders WHERE o_totalprice > (SELECT avg(l_extendedprice) FROM lineitem WHERE l_orderkey < o_orderkey)
