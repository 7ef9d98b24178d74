SELECT l_extendedprice, l_orderkey, l_shipdate FROM lineitem ORDER BY l_extendedprice DESC, l_shipdate, l_orderkey
