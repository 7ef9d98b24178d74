SELECT l_returnflag, count(DISTINCT l_orderkey), count(*) FROM lineitem GROUP BY l_returnflag ORDER BY l_returnflag
