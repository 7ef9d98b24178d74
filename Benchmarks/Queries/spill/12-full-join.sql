SELECT count(*), count(o_orderkey), count(l_orderkey), max(l_comment)
FROM (SELECT * FROM orders WHERE o_orderkey % 3 > 0) FULL JOIN (SELECT * FROM lineitem WHERE l_linenumber < 4) ON o_orderkey = l_orderkey
