extension Corpus {
    /// JSON functions, operators and table functions over the tables `doc` and `jt`.
    static let json = #"""
        SELECT id, json(j) FROM doc
        SELECT id, json_valid(j), json_valid(x) FROM jt
        SELECT id, json_type(j), json_type(j, '$.a'), json_type(j, '$[0]'), json_type(j, '$.a[#-1]') FROM doc
        SELECT id, json_array_length(j), json_array_length(j, '$.a'), json_array_length(j, '$.zz') FROM doc
        SELECT id, json_extract(j, '$'), json_extract(j, '$.a'), json_extract(j, '$[1]') FROM doc
        SELECT id, typeof(json_extract(j, '$.a')), typeof(json_extract(j, '$[0]')) FROM doc
        SELECT id, json_extract(j, '$.a', '$[0]', '$.zz') FROM doc
        SELECT id, j -> '$.a', j ->> '$.a', j -> 'a', j ->> 'a', j -> 0, j ->> 0, j -> '[1]', j -> '$' FROM doc
        SELECT id, j -> '1', j ->> '0', j -> 'c d', j ->> '"c d"', j -> NULL, NULL -> 'a' FROM doc
        SELECT id, j ->> '' FROM doc WHERE id < 0
        SELECT id, json_extract(j, '$."c d"'), json_extract(j, '$.c d'), json_extract(j, '$.""') FROM doc
        SELECT id, json_extract(j, NULL), json_extract(j, '$.a', NULL), json_extract(j) FROM doc
        SELECT id, json_remove(j, '$.a'), json_remove(j, '$[0]'), json_remove(j, '$[0]', '$[0]'), json_remove(j, NULL)
            FROM doc
        SELECT id, json_remove(j), json_remove(j, '$'), json_remove(j, '$.a[1]'), json_remove(j, '$[#-1]') FROM doc
        SELECT id, json_set(j, '$.a', 1), json_insert(j, '$.a', 1), json_replace(j, '$.a', 1) FROM doc
        SELECT id, json_set(j, '$[0]', 'x'), json_insert(j, '$[#]', 2.5), json_replace(j, '$[1]', NULL) FROM doc
        SELECT id, json_set(j, '$.n', json('[1, 2]')), json_set(j, '$.n', '[1,2]'), json_set(j, '$.n.m', 1) FROM doc
        SELECT id, json_set(j, '$.n.m[0].o', 1), json_set(j, '$.n.m[1].o', 1), json_set(j, '$.a.b.c', 7) FROM doc
        SELECT id, json_set(j, '$.a', 1, '$.a.b', 2), json_set(j, '$.p', 1, '$.q', 2, '$.p', 3) FROM doc
        SELECT id, json_set(j, NULL, 1), json_set(j), json_set(NULL, '$.a', 1) FROM doc
        SELECT id, json_set(j, '$."new key"', j), json_set(j, '$.k"k', 5), json_insert(j, '$.é', 'ü') FROM doc
        SELECT id, json_patch(j, '{"a":null,"z":{"y":null,"x":1}}') FROM doc
        SELECT id, json_patch('{"a":{"b":1,"c":[1,2]},"d":"e"}', j), json_patch(j, j), json_patch(j, NULL) FROM doc
        SELECT json_patch('{"a":1,"b":2}', '{"c":3,"c":4,"b":null}'), json_patch('{"a":[1,2],"c":{"x":null}}',
            '{"a":9,"c":{"x":null,"y":null,"w":1}}'), json_patch('[1,2]', '{"a":null,"b":1}'), json_patch('{}', '[null]')
        SELECT id, json_quote(x), json_quote(j) FROM jt WHERE typeof(x) <> 'blob'
        SELECT id, json_array(x, id, j), json_object('x', x, 'id', id) FROM jt WHERE typeof(x) <> 'blob'
        SELECT json_array(), json_object(), json_array(NULL, 1, 2.5, 'a"b', 9223372036854775807, -0.0, 1e100)
        SELECT json_array(json('[1, {"a" : 2}]'), json_array(1, 2), json_object('k', json_array())), json_array('[1]')
        SELECT json_array(json_extract('{"a":[1,2],"b":"x"}', '$.a'), json_extract('{"a":[1,2],"b":"x"}', '$.b'))
        SELECT json_array(json_extract('{"b":"\u00e9\n"}', '$.b'), '{"b":"\u00e9"}' -> 'b', '{"b":"\u00e9"}' ->> 'b')
        SELECT json_array(json_extract('{"a":1.50}', '$.a'), '{"a":1.50}' -> 'a', '[1,[2]]' ->> 1, '[1,[2]]' -> 1)
        SELECT json_array(json_extract('{}', '$.a'), '{}' -> 'a', json(NULL), json_extract('[null]', '$[0]'))
        SELECT json_array(CASE WHEN id > 1 THEN json('[1]') ELSE '[1]' END) FROM doc
        SELECT json_array(iif(id = 1, json_array(id), id), coalesce(json_extract(j, '$.zz'), json('{}'))) FROM doc
        SELECT json_quote(json('[1, 2]')), json_quote('[1, 2]'), json_quote(3.0), json_quote(NULL), json_quote('')
        SELECT json_object('a', 1, 'a', 2), json_object('', json('null'), 'x"y', 'z\w')
        SELECT json_array('a' || char(1, 8, 9, 10, 12, 13, 31, 127) || '/é😀')
        SELECT json('  [ 1 , 2.50 , -0 , 1e5 , "a\u0041\/" , true , false , null , { "a" : [ ] } ]  ')
        SELECT json_extract('["\u0041\u00e9\u20ac\ud83d\ude00\\\"\/\b\f\n\r\t"]', '$[0]')
        SELECT json_extract('["\ud83dx"]', '$[0]') IS NULL, hex(json_extract('["\ud83d\u0041"]', '$[0]'))
        SELECT json_extract('["a\u0000b"]', '$[0]'), json_extract('["\udc00"]', '$[0]') IS NULL
        SELECT json_extract('[9223372036854775807,9223372036854775808,-9223372036854775808,-9223372036854775809]', '$[0]',
            '$[1]', '$[2]', '$[3]')
        SELECT json_extract('[9223372036854775807]', '$[0]'), json_extract('[9223372036854775808]', '$[0]'),
            json_extract('[-9223372036854775808]', '$[0]'), json_extract('[-9223372036854775809]', '$[0]')
        SELECT json_extract('[1e400,-1e400,1e-400,0.1,-0,-0.0,1E+2]', '$[2]'), json_extract('[-0]', '$[0]'),
            json_extract('[-0.0]', '$[0]'), json_extract('[1E+2]', '$[0]'), typeof(json_extract('[1e400]', '$[0]'))
        SELECT json_valid(''), json_valid(' '), json_valid('[1,]'), json_valid('{"a":1,}'), json_valid('[,1]')
        SELECT json_valid('01'), json_valid('-01'), json_valid('-'), json_valid('1.'), json_valid('.1'), json_valid('1e')
        SELECT json_valid('1e+'), json_valid('+1'), json_valid('0'), json_valid('-0'), json_valid('1.5.2'), json_valid('1e5e5')
        SELECT json_valid('nul'), json_valid('nullx'), json_valid('null '), json_valid('True'), json_valid('null1')
        SELECT json_valid('"a'), json_valid('"\x"'), json_valid('"\u12g4"'), json_valid('"' || char(9) || '"')
        SELECT json_valid('{a:1}'), json_valid('{"a"}'), json_valid('{"a":}'), json_valid('{1:2}'), json_valid('{} {}')
        SELECT json_valid('[1 2]'), json_valid('[1}'), json_valid('{"a":1]'), json_valid('[') , json_valid(']')
        SELECT json_valid(NULL), json_valid(5), json_valid(2.5), json_valid(x'5b5d'), json_valid('{}' || char(0) || 'x')
        SELECT json_valid(printf('%.2000c', '[') || printf('%.2000c', ']'))
        SELECT json_valid(printf('%.2001c', '[') || printf('%.2001c', ']'))
        SELECT json(x'5b312c20325d'), json_type(5), json_type('"x"'), json_extract(5, '$'), json_extract('"x"', '$')
        SELECT json_extract('{"a":{"b":[1,{"c":2}]}}', '$.a.b[1].c'), json_extract('[[1,2],[3,4]]', '$[1][0]')
        SELECT json_extract('{"a":1,"a":2}', '$.a'), json_remove('{"a":1,"a":2}', '$.a', '$.a')
        SELECT json_extract('[1,2,3]', '$[#-1]'), json_extract('[1,2,3]', '$[#-4]'), json_extract('[1,2,3]', '$[#]')
        SELECT json_extract('{"a\u0062":1}', '$.ab'), json_extract('{"a\u0062":1}', '$.a\u0062')
        SELECT json_extract('{"a.b":1,"a":{"b":2}}', '$.a.b'), json_extract('{"a.b":1,"a":{"b":2}}', '$."a.b"')
        SELECT json_set('[1,2,3]', '$[#]', 4, '$[#]', 5, '$[#-1]', 6), json_set('[1,2]', '$[3]', 1)
        SELECT json_remove('[0,1,2,3,4]', '$[#-1]', '$[0]', '$[1]'), json_remove('{"a":{"b":1}}', '$.a', '$.a.b')
        SELECT json_insert('{"a":1}', '$.b.c', 2), json_insert('[]', '$[0][0]', 1), json_replace('{}', '$.a', 1)
        SELECT json_set('{"a":[]}', '$.a[0]', json('{"b":1}')), json_set('5', '$.a', 1), json_set('5', '$[0]', 1)
        SELECT id, length(json_group_array(id)) FROM doc GROUP BY id
        SELECT json_group_array(id) FROM doc WHERE id = 3
        SELECT json_group_array(x) FROM jt WHERE id = 2
        SELECT json_group_array(x), json_group_object('k', x) FROM jt WHERE 0
        SELECT json_group_array(json(j)), json_group_object('k', json(j)) FROM doc WHERE id = 1
        SELECT id, json_group_object(id, x) FROM jt WHERE typeof(x) <> 'blob' GROUP BY id
        SELECT json_group_array(DISTINCT id % 1) FROM doc
        SELECT json_group_array(x) FILTER (WHERE id = 2), json_group_array(x) FILTER (WHERE id = 99) FROM jt
        SELECT json_object('all', json_group_array(id)) FROM doc WHERE id = 2
        SELECT json_group_object(NULL, 1) FROM doc WHERE id = 1
        SELECT * FROM doc, json_each(doc.j)
        SELECT * FROM doc, json_tree(doc.j)
        SELECT e.*, e.json, e.root FROM doc d JOIN json_each(d.j) AS e ON e.type <> 'null'
        SELECT * FROM doc LEFT JOIN json_each(j)
        SELECT doc.id, value FROM doc LEFT JOIN json_each(j) e ON e.type = 'integer' AND e.value > 1
        SELECT doc.id, e.fullkey, e.path FROM doc, json_each(j, '$.a') AS e
        SELECT doc.id, e.* FROM doc, json_tree(j, '$.a') AS e
        SELECT doc.id, e.* FROM doc, json_tree(j, '$[2]') AS e
        SELECT * FROM json_each('[1,[2,3],{"a":null}]') a, json_each('{"x":1}') b
        SELECT * FROM json_tree('{"a b":{"c":[true,false]},"d1":[],"1d":{},"":5,"é":6,"a_b":7}')
        SELECT * FROM json_each('{"a b":{"c":[true,false]},"d1":[],"1d":{},"":5,"é":6,"a_b":7}')
        SELECT * FROM json_each('5'), json_tree('"x"')
        SELECT * FROM json_each(NULL)
        SELECT * FROM json_each('[1,2]', NULL)
        SELECT * FROM json_each('[1,2]', '$.zz')
        SELECT * FROM json_each('{"a":[4,5]}', '$.a') ORDER BY key DESC
        SELECT sum(value), count(*) FROM doc, json_each(doc.j) WHERE type = 'integer'
        SELECT doc.id, count(*), sum(e.value) FROM doc, json_each(j) e WHERE e.atom IS NOT NULL GROUP BY doc.id
        SELECT id, (SELECT count(*) FROM json_each(doc.j)) FROM doc
        SELECT id, (SELECT max(id) FROM json_tree(doc.j) WHERE type = 'integer') FROM doc
        SELECT id FROM doc WHERE EXISTS (SELECT 1 FROM json_each(doc.j) WHERE value = 2)
        SELECT id FROM doc WHERE 2 IN (SELECT value FROM json_each(doc.j))
        SELECT d.id, a.key, b.value FROM doc d, json_each(d.j) a, json_each(d.j) b WHERE a.id = b.id
        SELECT d.id, b.value FROM doc d, json_each(d.j) a, json_each(CASE WHEN a.type IN ('array', 'object') THEN a.value END) b
        SELECT d.id, e.value FROM doc d JOIN jt ON jt.id = d.id, json_each(d.j) e WHERE jt.id < 4
        SELECT json_group_array(value) FROM json_each('[1,2,"x",null]')
        SELECT value ->> 'a' FROM json_each('[{"a":1},{"a":"b"},{}]')
        SELECT json_each.value, json_each.key FROM doc, json_each(doc.j) WHERE doc.id = 3
        """#
}
