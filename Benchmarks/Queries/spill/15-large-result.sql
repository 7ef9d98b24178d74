SELECT l_orderkey, l_comment, l_shipinstruct || l_shipmode || l_comment AS t FROM lineitem
