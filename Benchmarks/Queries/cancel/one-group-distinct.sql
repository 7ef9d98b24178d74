SELECT count(DISTINCT l_comment), median(l_extendedprice), mode(l_comment) FROM lineitem
