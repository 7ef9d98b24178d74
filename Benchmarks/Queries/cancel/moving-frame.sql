SELECT max(m) FROM (SELECT median(l_quantity) OVER (ORDER BY l_orderkey, l_linenumber ROWS BETWEEN 1000 PRECEDING AND 1000 FOLLOWING) AS m FROM lineitem)
