SELECT count(*), max(p) FROM (
    SELECT lag(l_comment) OVER (PARTITION BY l_suppkey ORDER BY l_shipdate, l_orderkey, l_linenumber) AS p FROM lineitem)
