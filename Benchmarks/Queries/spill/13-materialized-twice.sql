WITH c AS MATERIALIZED (SELECT l_orderkey, l_linenumber, l_comment FROM lineitem WHERE l_linenumber < 4)
SELECT count(*), min(a.l_comment), max(b.l_comment) FROM c a JOIN c b ON a.l_orderkey = b.l_orderkey
    AND a.l_linenumber = b.l_linenumber
