SELECT count(*), max(length(t)) FROM (SELECT o_custkey, string_agg(o_comment, ',') AS t FROM orders GROUP BY o_custkey)
