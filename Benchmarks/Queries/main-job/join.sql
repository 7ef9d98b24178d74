SELECT d.region, count(*), sum(t.v) FROM t JOIN d ON d.g = t.g WHERE d.region <> 'north' GROUP BY d.region
