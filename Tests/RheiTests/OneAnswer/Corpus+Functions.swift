extension Corpus {
    /// Scalar functions, LIKE, GLOB, CAST and CASE.
    static let functions = #"""
        SELECT id, abs(i), abs(r), abs(s), abs(x), abs(b) FROM t WHERE id <> 4
        SELECT id, length(i), length(r), length(s), length(b), length(x) FROM t
        SELECT id, lower(s), upper(s), lower(x), upper(i) FROM t
        SELECT id, typeof(i), typeof(r), typeof(s), typeof(n), typeof(b), typeof(x) FROM t
        SELECT id, quote(i), quote(r), quote(s), quote(n), quote(b), quote(x) FROM t
        SELECT id, hex(s), hex(b), hex(i), hex(r), hex(x) FROM t
        SELECT id, substr(s, 2), substr(s, -3), substr(s, 2, 3), substr(s, -3, 2), substr(s, 0, 2), substr(s, 4,
            -2) FROM t
        SELECT id, substr(b, 2, 3), substr(i, 2, 2), substr(x, 1, 2), substr(s, 2, 0), substr(s, NULL) FROM t
        SELECT substr('hello', -9, 5), substr('hello', 0), substr('hello', 9), substring('hello', 2, 100),
            substr('hello', '2')
        SELECT id, trim(s), ltrim(s), rtrim(s), trim(s, 'a'), ltrim(s, 'ab'), rtrim(s, 'c '), trim(s, '') FROM t
        SELECT id, replace(s, 'a', 'XY'), replace(s, '', 'q'), replace(s, 'b', ''), replace(i, 7, 'seven') FROM
            t
        SELECT id, instr(s, 'b'), instr(s, ''), instr(b, x'62'), instr(i, 7), instr(x, 'e'), instr(s, '漢') FROM
            t
        SELECT id, round(r), round(r, 1), round(n), round(s), round(x, 2), round(i) FROM t
        SELECT round(2.5), round(-2.5), round(0.15, 1), round(1.005, 2), round(1e18), round(5, -1),
            round(1234.567, 2), round(NULL)
        SELECT id, sign(i), sign(r), sign(s), sign(x), sign(b) FROM t
        SELECT id, unicode(s), unicode(x), char(i, 65) FROM t WHERE id NOT IN (3, 4, 9)
        SELECT char(), char(65, 66), char(233), char(128512), char(0), char(-1), unicode(''), unicode('é')
        SELECT id, coalesce(i, r, 'none'), ifnull(s, 'null'), coalesce(x, b, s), iif(i > 0, 'pos', 'not'),
            iif(NULL, 1, 2) FROM t
        SELECT id, nullif(i, 1), nullif(s, 'abc'), nullif(x, 3), nullif(r, 3) FROM t
        SELECT min(1, 2.0), max(1, 'a'), min('a', x'00'), max(NULL, 1), min(3, 1, 2), max('b', 'a'), min(1,
            NULL, 0)
        SELECT id, min(i, 5), max(i, 5), min(r, i), max(s, 'b'), max(x, i) FROM t WHERE id < 3
        SELECT printf('%d|%5d|%-5d|%05d|%+d|%x|%X|%o', 42, 42, 42, 42, 42, 255, 255, 8)
        SELECT printf('%f|%.2f|%10.3f|%e|%g|%G', 3.14159, 3.14159, 3.14159, 31415.9, 0.0001, 1e20)
        SELECT printf('%s|%10s|%-10s|%.2s|%c|%%|%q|%Q|%w', 'abc', 'abc', 'abc', 'abc', 'xyz', 'it''s', 'it''s',
            'a"b')
        SELECT printf('%d', '12abc'), printf('%s', 1.5), printf('%s', NULL), printf('%Q', NULL), printf('%,d',
            1234567)
        SELECT id, printf('%d %s %.1f', i, s, r) FROM t
        SELECT format('%s-%s', 1, 2), printf('%d'), printf('%s', x'6162'), printf(NULL), printf('%*d', 5, 42),
            printf('%i', 7)
        SELECT sqrt(2), pow(2, 10), power(2, 0.5), exp(1), ln(10), log(100), log10(1000), log2(8), log(2, 1024)
        SELECT sin(1), cos(1), tan(1), asin(0.5), acos(0.5), atan(1), atan2(1, 2), sinh(1), cosh(1), tanh(1)
        SELECT asinh(1), acosh(2), atanh(0.5), degrees(1), radians(180), pi(), mod(7, 3), mod(-7.5, 2), mod(7,
            0)
        SELECT ceil(1.2), ceiling(-1.2), floor(1.8), floor(-1.8), trunc(1.9), trunc(-1.9), ceil(5), floor('2'),
            ceil('2.5')
        SELECT sqrt(-1), ln(0), log(-1), asin(2), acosh(0), sqrt('abc'), sqrt(NULL), pow(0, -1), exp(1000),
            log(0, 5)
        SELECT id, sqrt(i), floor(r), ceil(x), ln(n), trunc(s) FROM t
        SELECT typeof(floor('1.0')), typeof(ceil('2')), typeof(trunc(2.0)), typeof(floor(x'31')), log(10, '20 apples')
        SELECT id, soundex(s) FROM t WHERE s IS NOT NULL
        SELECT soundex('Robert'), soundex('Rupert'), soundex(''), soundex(NULL), soundex('42'),
            soundex('Pfister')
        SELECT zeroblob(3), typeof(zeroblob(0)), length(zeroblob(5)), hex(zeroblob(2)), zeroblob(-1)
        SELECT likely(i), unlikely(s), likelihood(r, 0.5) FROM t
        SELECT date('2024-02-29', '+1 year'), time('12:30', '+45 minutes'), datetime('2024-01-31', '+1 month')
        SELECT julianday('2024-01-15'), strftime('%Y-%m-%d %H:%M:%S', 1e9, 'unixepoch'), unixepoch('2024-01-15 12:00')
        SELECT date('now') = date('now'), date('garbage'), date(2460325.5), date('2024-01-15', 'weekday 0',
            'start of month')
        SELECT strftime('%j %w %W %s %f %J %%', '2024-03-10 01:02:03.456'), strftime('%Q', 'now'), date(NULL)
        SELECT 'abc' LIKE 'A%', 'abc' LIKE 'a_c', 'abc' LIKE '', '' LIKE '', '' LIKE '%', 'a%c' LIKE 'a\%c'
            ESCAPE '\'
        SELECT 'É' LIKE 'é', 'é' LIKE '_', '漢字' LIKE '漢_', '😀' LIKE '_', 'abc' LIKE 'ab%%%', NULL LIKE '%', 'a'
            LIKE NULL
        SELECT id, s LIKE 'a%', s LIKE '%c', s LIKE '%b%', s LIKE '_b_', s NOT LIKE 'A%', s LIKE 'a%b%c' FROM t
        SELECT id, i LIKE '1%', r LIKE '%.0', b LIKE 'a%', x LIKE '%', x LIKE 'Z%', n LIKE '1_' FROM t
        SELECT 'a%b' LIKE 'a%%b' ESCAPE '%', 'a_b' LIKE 'ax_b' ESCAPE 'x', 'aXb' LIKE 'axxb' ESCAPE 'x', 'x'
            LIKE 'x' ESCAPE 'x'
        SELECT 'abc' GLOB 'a*', 'abc' GLOB 'A*', 'abc' GLOB 'a?c', 'abc' GLOB '[a-c]bc', 'abc' GLOB '[^b]bc',
            'a]c' GLOB 'a[]]c'
        SELECT 'abc' GLOB '[', '[' GLOB '[[]', '-' GLOB '[a-]', 'b' GLOB '[a-c]', 'é' GLOB '?', '' GLOB '*',
            'a*' GLOB 'a[*]'
        SELECT id, s GLOB 'a*', s GLOB '*[0-9]*', s GLOB '[A-Z]*', x GLOB '*', i GLOB '?' FROM t
        SELECT like('a%', 'ABC'), glob('a*', 'abc'), like('a\%', 'a%', '\'), like(1, 1), glob(NULL, 'a')
        SELECT s LIKE s, s GLOB s, s LIKE '%' || substr(s, 2, 1) || '%' FROM t
        SELECT CAST('12abc' AS INTEGER), CAST('1e3' AS INTEGER), CAST(' 12 ' AS INTEGER), CAST(1.9 AS INTEGER),
            CAST(-1.9 AS INT)
        SELECT CAST(9e999 AS INTEGER), CAST(-9e999 AS INTEGER), CAST(9.3e18 AS INTEGER),
            CAST('99999999999999999999' AS INTEGER)
        SELECT CAST('1.5abc' AS REAL), CAST('abc' AS REAL), CAST(x'312e35' AS REAL), CAST('1e400' AS REAL),
            CAST('.5' AS REAL)
        SELECT CAST('1.0' AS NUMERIC), CAST('1.5' AS NUMERIC), CAST(1.0 AS NUMERIC), CAST('1e18' AS NUMERIC),
            CAST('a' AS NUMERIC)
        SELECT CAST(1.0 AS TEXT), CAST(1e15 AS TEXT), CAST(1e300 AS TEXT), CAST(0.1 AS TEXT), CAST(-0.0 AS
            TEXT), CAST(9e999 AS TEXT)
        SELECT CAST(12345678901234567890 AS TEXT), CAST(1.23456789012345678 AS TEXT), CAST(100.0 AS TEXT),
            CAST(1e-7 AS TEXT)
        SELECT id, CAST(i AS TEXT), CAST(r AS TEXT), CAST(s AS INTEGER), CAST(n AS TEXT), CAST(b AS TEXT),
            CAST(x AS REAL) FROM t
        SELECT id, CAST(s AS REAL), CAST(s AS NUMERIC), CAST(s AS BLOB), CAST(x AS INTEGER), CAST(x AS BLOB),
            CAST(i AS REAL) FROM t
        SELECT CAST(NULL AS INTEGER), CAST(1 AS VARCHAR(3)), CAST('5' AS DATE), CAST(5 AS BLOB), CAST('7' AS
            BOOLEAN), CAST(65 AS CHAR)
        SELECT id, CASE i WHEN 1 THEN 'one' WHEN 2.0 THEN 'two' ELSE s END, CASE WHEN i > 2 THEN i WHEN r > 0
            THEN r ELSE s END FROM t
        SELECT CASE x WHEN 1 THEN 'i' WHEN '3' THEN 't' WHEN x'31' THEN 'b' END, CASE WHEN NULL THEN 1 END, CASE
            NULL WHEN NULL THEN 1 ELSE 2 END FROM t
        """#
}
