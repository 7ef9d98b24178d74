SELECT length(group_concat(l_comment ORDER BY l_comment)) FROM lineitem
