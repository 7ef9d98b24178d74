SELECT count(*), sum(a.o_orderkey), min(b.o_clerk) FROM orders a JOIN orders b ON a.o_comment = b.o_comment
