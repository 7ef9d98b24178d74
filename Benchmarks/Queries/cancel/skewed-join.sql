SELECT count(*) FROM lineitem a JOIN lineitem b ON a.l_linenumber = b.l_linenumber AND a.l_comment < b.l_comment
