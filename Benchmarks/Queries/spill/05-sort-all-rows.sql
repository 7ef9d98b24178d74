SELECT l_comment, l_orderkey, l_linenumber, l_extendedprice FROM lineitem ORDER BY l_comment, l_orderkey, l_linenumber
