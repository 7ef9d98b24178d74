SELECT count(*), sum(l_quantity), max(o_comment), min(l_comment) FROM lineitem JOIN orders ON l_orderkey = o_orderkey
    AND l_shipdate > o_orderdate
