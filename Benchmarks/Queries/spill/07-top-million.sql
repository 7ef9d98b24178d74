SELECT o_orderkey, o_comment FROM orders ORDER BY o_comment DESC, o_orderkey LIMIT 1000000
