SELECT count(*) FROM lineitem a, lineitem b WHERE a.l_extendedprice < b.l_tax
