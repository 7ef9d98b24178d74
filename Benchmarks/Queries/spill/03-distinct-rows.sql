SELECT count(*), min(l_comment) FROM (SELECT DISTINCT l_suppkey, l_shipdate, l_comment FROM lineitem)
