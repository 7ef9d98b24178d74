SELECT id, g, v, r, s FROM wide WHERE id = 777777
