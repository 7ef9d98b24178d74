SELECT o_orderkey, o_comment, s FROM orders JOIN (
    SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS s FROM lineitem GROUP BY l_orderkey) ON o_orderkey = l_orderkey
ORDER BY s DESC, o_orderkey
