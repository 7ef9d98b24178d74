SELECT count(*), max(c) FROM (SELECT l_comment AS c FROM lineitem UNION SELECT o_comment FROM orders UNION SELECT ps_comment FROM partsupp)
