SELECT count(*) FROM lineitem WHERE regexp_matches(l_comment, '([a-z]+ )+[a-z]*z$')
