extension Corpus {
    /// The tables that the corpus asks about. One statement per line.
    static let schema = #"""
        CREATE TABLE t(id INTEGER PRIMARY KEY, i INT, r REAL, s TEXT, n NUMERIC, b BLOB, x);
        INSERT INTO t VALUES (1, 1, 0.5, 'abc', 1, x'61', 1);
        INSERT INTO t VALUES (2, -7, -2.25, 'ABC', 2.5, x'', 2.0);
        INSERT INTO t VALUES (3, 9223372036854775807, 1e300, '12abc', '12', x'00ff', '3');
        INSERT INTO t VALUES (4, -9223372036854775807 - 1, -1e300, '', 'word', x'616263', x'31');
        INSERT INTO t VALUES (5, 0, 0.0, ' 7 ', -3, NULL, 'Zed');
        INSERT INTO t VALUES (6, NULL, NULL, NULL, NULL, NULL, NULL);
        INSERT INTO t VALUES (7, 3, 9e999, '1e2', 0.1, x'31', -1.5);
        INSERT INTO t VALUES (8, 2, -9e999, 'a%b_c', 9007199254740993, x'41', 9223372036854775807);
        INSERT INTO t VALUES (9, 4503599627370497, 3.0, 'the quick brown fox', 1e18,
            x'7a7a7a7a7a7a7a7a7a7a7a7a7a7a', 'abc');
        INSERT INTO t VALUES (10, 10, 100.0, 'Äpfel 漢字 😀', '-0', x'2d31', '');
        CREATE TABLE c(id INTEGER PRIMARY KEY, bin TEXT, nc TEXT COLLATE NOCASE, rt TEXT COLLATE RTRIM);
        INSERT INTO c VALUES (1, 'a', 'a', 'a'), (2, 'A', 'A', 'a '), (3, 'b', 'B', 'b  '), (4, 'B', 'b', 'B');
        INSERT INTO c VALUES (5, NULL, NULL, NULL), (6, 'a ', 'Z', ' a'), (7, '', '', ''), (8, 'é', 'É', 'é ');
        CREATE TABLE f(ai INTEGER, at TEXT, ar REAL, an NUMERIC, ab BLOB, ax);
        INSERT INTO f VALUES ('1', '1', '1', '1', '1', '1'), (1, 1, 1, 1, 1, 1), (1.0, 1.0, 1.0, 1.0, 1.0, 1.0);
        INSERT INTO f VALUES ('1.5', '1.5', '1.5', '1.5', '1.5', '1.5'), (x'31', x'31', x'31', x'31', x'31',
            x'31');
        INSERT INTO f VALUES ('a', 'a', 'a', 'a', 'a', 'a'), (NULL, NULL, NULL, NULL, NULL, NULL), (2, '10', 2,
            10, 2, '10');
        CREATE TABLE dept(id INTEGER PRIMARY KEY, name TEXT, city TEXT);
        INSERT INTO dept VALUES (1, 'Sales', 'Bern'), (2, 'Lab', 'Chur'), (3, 'Legal', NULL), (4, 'Idle',
            'Bern');
        CREATE TABLE emp(id INTEGER PRIMARY KEY, name TEXT NOT NULL, dept INT, boss INT, pay NUMERIC, rate
            REAL);
        INSERT INTO emp VALUES (1, 'Ann', 1, NULL, 900, 1.5), (2, 'Bob', 1, 1, 500, 0.25), (3, 'Cid', 2, 1, 700,
            2.0);
        INSERT INTO emp VALUES (4, 'Dee', 2, 3, 500, NULL), (5, 'Eve', NULL, 1, NULL, 0.75), (6, 'Fay', 9, 2,
            300, 1.0);
        INSERT INTO emp VALUES (7, 'Gus', 1, 2, 500, 0.5), (8, 'Hal', 3, 3, 800, 4.0);
        CREATE TABLE hollow(a INT, b TEXT, c REAL);
        CREATE TABLE w(a INT, b TEXT, v REAL, PRIMARY KEY (a, b)) WITHOUT ROWID;
        INSERT INTO w VALUES (1, 'x', 1.0), (1, 'y', 2.5), (2, 'x', NULL), (2, 'z', -1.0), (3, 'y', 0.25);
        CREATE TABLE g(k INT, a INT, b INT, d AS (a * 2), e TEXT AS (k || '-' || b) STORED);
        INSERT INTO g(k, a, b) VALUES (1, 10, NULL), (1, 20, 5), (2, NULL, NULL), (2, 30, 1), (NULL, 5, 5), (3,
            0, 0);
        CREATE VIEW staff AS SELECT e.id, e.name AS who, d.name AS dept, pay FROM emp e LEFT JOIN dept d ON d.id
            = e.dept;
        CREATE VIEW mixedview(a) AS SELECT nc FROM c UNION ALL SELECT 'x' FROM c GROUP BY id;
        CREATE VIEW totals(dept, people, pay) AS SELECT dept, count(*), sum(pay) FROM emp GROUP BY dept;
        CREATE TABLE doc(id INTEGER PRIMARY KEY, j TEXT);
        INSERT INTO doc VALUES (1, '{"a":[1,2,{"b":3}],"c d":null,"s":"x\u0041"}'), (2, '[]'), (3, '[10,"x",[1.50,true],{"k":2}, 2]'), (4, NULL), (5, '{"a":{"b":{"c":1}},"":0}'), (6, '"text"'), (7, ' 17 '), (8, '{"a":"1","b":2}');
        CREATE TABLE jt(id INTEGER PRIMARY KEY, x, j TEXT);
        INSERT INTO jt VALUES (1, 1, '[1'), (2, 2.5, ''), (3, 'it''s "q"', '{}'), (4, NULL, NULL), (5, x'00ff', 'null'), (6, -9223372036854775808, '1e5'), (7, 1e300, '-'), (8, '[1]', '{"a":1}');
        """#
}
