SELECT count(*), sum(r), max(s) FROM (
    SELECT row_number() OVER (PARTITION BY l_partkey ORDER BY l_shipdate, l_orderkey) AS r,
        sum(l_quantity) OVER (PARTITION BY l_partkey ORDER BY l_shipdate, l_orderkey) AS s
    FROM lineitem)
