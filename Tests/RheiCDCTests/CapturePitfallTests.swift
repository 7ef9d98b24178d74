import RheiCDC
import RheiCore
import RheiSQLite
import RheiStore
import RheiTestSupport
import Testing

/// What goes wrong in trigger capture elsewhere, one test each.
@Suite struct CapturePitfallTests {
    /// Tables over which REPLACE removes a row of another key, each filled with rows that will conflict.
    static let replaceScripts: [(String, [String])] = [
        (
            "CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE, v); INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)",
            [
                "INSERT OR REPLACE INTO t VALUES (2, 'z', 9)", "REPLACE INTO t VALUES (9, 'a', 9)",
                "REPLACE INTO t VALUES (1, 'c', 8)", "UPDATE OR REPLACE t SET u = 'z' WHERE u = 'c'",
                "UPDATE OR REPLACE t SET id = 9 WHERE id = 1", "UPDATE OR REPLACE t SET rowid = 1, u = 'q'",
            ]
        ),
        (
            "CREATE TABLE t(u TEXT PRIMARY KEY COLLATE NOCASE, v UNIQUE); INSERT INTO t VALUES ('a', 1), ('b', 2), ('c', 3)",
            [
                "REPLACE INTO t VALUES ('A', 2)", "UPDATE OR REPLACE t SET u = 'A' WHERE u = 'c'",
                "UPDATE OR REPLACE t SET rowid = 1 WHERE rowid = (SELECT max(rowid) FROM t)",
            ]
        ),
        (
            "CREATE TABLE t(a, b, c UNIQUE, PRIMARY KEY(a, b)) WITHOUT ROWID; INSERT INTO t VALUES (1, 1, 'x'), (1, 2, 'y'), (2, 1, 'z')",
            [
                "REPLACE INTO t VALUES (1, 1.0, 'y')", "UPDATE OR REPLACE t SET b = 1",
                "REPLACE INTO t VALUES ('1', 1, 'z')",
                "UPDATE OR REPLACE t SET a = 5, b = 5, c = 'z'",
            ]
        ),
        (
            "CREATE TABLE t(a TEXT COLLATE RTRIM, b COLLATE NOCASE, PRIMARY KEY(b, a COLLATE NOCASE)) WITHOUT ROWID; INSERT INTO t VALUES ('x', 'k'), ('y ', 'k'), ('x ', 'k')",
            [
                "REPLACE INTO t VALUES ('X', 'K')", "UPDATE t SET a = 'Y ' WHERE a = 'y'",
                "UPDATE OR REPLACE t SET a = 'n'",
            ]
        ),
        (
            "CREATE TABLE t(id INTEGER PRIMARY KEY, u NOT NULL DEFAULT 'dflt' UNIQUE ON CONFLICT REPLACE); INSERT INTO t VALUES (1, 'dflt'), (2, 'b')",
            [
                "INSERT INTO t VALUES (3, 'b')", "REPLACE INTO t VALUES (4, NULL)",
                "UPDATE OR REPLACE t SET u = NULL WHERE id = 3",
            ]
        ),
        (
            "CREATE TABLE t(id INTEGER PRIMARY KEY, u NOT NULL DEFAULT bare, w NOT NULL DEFAULT \"qu\"\"oted\", UNIQUE(u, w)); INSERT INTO t(id) VALUES (1); INSERT INTO t VALUES (2, 'x', 'y')",
            ["REPLACE INTO t VALUES (3, NULL, NULL)", "UPDATE OR REPLACE t SET u = NULL, w = NULL WHERE id = 2"]
        ),
        (
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b); CREATE UNIQUE INDEX p ON t(a) WHERE b > 0; INSERT INTO t VALUES (1, 1, 1), (2, 1, 0), (3, 2, 1)",
            ["REPLACE INTO t VALUES (4, 1, 5)", "UPDATE OR REPLACE t SET b = 1", "UPDATE OR REPLACE t SET a = 2"]
        ),
        (
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE UNIQUE INDEX p ON t(lower(a)); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z')",
            ["REPLACE INTO t VALUES (4, 'X')", "UPDATE OR REPLACE t SET a = 'Y' WHERE a = 'z'"]
        ),
        (
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a, g AS (a % 10) UNIQUE, s AS (a / 10) STORED); CREATE UNIQUE INDEX x ON t(s); INSERT INTO t(id, a) VALUES (1, 11), (2, 22), (3, 33)",
            [
                "REPLACE INTO t(id, a) VALUES (4, 41)", "UPDATE OR REPLACE t SET a = 52 WHERE id = 3",
                "UPDATE OR REPLACE t SET a = a + 10",
            ]
        ),
        // SQLite shows BEFORE UPDATE triggers generated columns that lack the values of columns that stay as they are.
        (
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b, c AS (a || b) STORED, d AS (a + b)); CREATE UNIQUE INDEX x ON t(c); CREATE UNIQUE INDEX y ON t(lower(d)); INSERT INTO t(id, a, b) VALUES (1, 23, 1), (2, 2, 5), (3, 40, 60)",
            ["UPDATE OR REPLACE t SET b = 31 WHERE id = 2", "UPDATE OR REPLACE t SET a = 69 WHERE id = 2"]
        ),
        (
            "CREATE TABLE t(id INTEGER PRIMARY KEY, u COLLATE NOCASE); CREATE UNIQUE INDEX x ON t(u COLLATE RTRIM); INSERT INTO t VALUES (1, 'a'), (2, 'A'), (3, NULL), (4, NULL)",
            [
                "REPLACE INTO t VALUES (5, 'a  ')", "REPLACE INTO t VALUES (6, NULL)",
                "UPDATE OR REPLACE t SET u = 'A ' WHERE id = 5",
            ]
        ),
    ]

    @Test(arguments: replaceScripts.indices, [false, true])
    func `REPLACE leaves no ghost rows, whatever index it conflicts over`(_ index: Int, _ isRecursive: Bool)
        async throws
    {
        let (script, statements) = Self.replaceScripts[index]
        let database = try await MirroredDatabase(script, recursiveTriggers: isRecursive)
        try await database.syncAndCompare()
        for statement in statements {
            try await database.write(statement)
            try await database.syncAndCompare(nil, "\(statement)")
        }
        // The same statements between two syncs, by another connection.
        try await database.write("DELETE FROM t")
        let inserts = script.split(separator: "; INSERT ", maxSplits: 1)[1]
        try database.writeElsewhere("INSERT \(inserts); " + statements.joined(separator: "; "))
        try await database.syncAndCompare(nil, "all at once")
    }

    @Test func `blobs, infinities, negative zero and odd text are written and mirrored`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(a INTEGER, b REAL, c TEXT, d NUMERIC, e)")
        try await database.syncAndCompare()
        let values = [
            "1", "-9223372036854775808", "1e400", "-1e400", "-0.0", "0.1", "x'00ff'", "x''", "'text'", "''",
            "CAST(x'6100ff62' AS TEXT)", "char(0)", "NULL", "'12'", "9223372036854775808",
        ]
        for value in values {
            try await database.write("INSERT INTO t VALUES (\(value), \(value), \(value), \(value), \(value))")
        }
        try await database.syncAndCompare()
        for value in values.reversed() {
            try await database.write("UPDATE t SET e = \(value), a = \(value) WHERE rowid % 3 = 1")
            try await database.syncAndCompare()
        }
    }

    @Test(arguments: ["RAISE(IGNORE)", "RAISE(FAIL, 'no')"])
    func `a newer trigger that ends the statement hides no change`(_ raise: String) async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, v)")
        try await database.syncAndCompare()
        try await database.write("CREATE TRIGGER ends AFTER INSERT ON t WHEN NEW.v = 1 BEGIN SELECT \(raise); END")
        for id in 0..<3 {
            _ = try? database.writeElsewhere("INSERT INTO t VALUES (\(id), 1)")
            try await database.syncAndCompare(["t"], "\(id)")
        }
        #expect(database.applier.view.snapshot.table(named: "t")?.rowCount == 3)
        await database.applier.shutdown()
        await database.writer.shutdown()
    }

    @Test func `a user's trigger that fires before ours changes nothing`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE TABLE log(a)")
        try await database.syncAndCompare()
        try await database.write(
            """
            CREATE TRIGGER user1 AFTER INSERT ON t BEGIN UPDATE t SET a = a * 10 WHERE id = NEW.id; INSERT INTO log VALUES (NEW.a); END;
            CREATE TRIGGER user2 AFTER UPDATE ON t WHEN NEW.a > 90 BEGIN DELETE FROM t WHERE id = NEW.id; END;
            CREATE TRIGGER user3 BEFORE DELETE ON t BEGIN INSERT INTO log VALUES (-OLD.a); END;
            INSERT INTO t VALUES (1, 5), (2, 10), (3, 3)
            """)
        try await database.syncAndCompare()
        try await database.write("DELETE FROM t WHERE id = 1; UPDATE t SET a = 95")
        try await database.syncAndCompare()
    }

    @Test(arguments: ["IGNORE", "REPLACE", "FAIL", "ABORT", "ROLLBACK"])
    func `an outer conflict clause loses no log row`(_ clause: String) async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE, n NOT NULL)")
        try await database.syncAndCompare()
        try await database.write("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1)")
        let statements = [
            "INSERT OR \(clause) INTO t VALUES (3, 'c', 1), (1, 'd', 1), (4, 'b', 1), (5, 'e', 1)",
            "UPDATE OR \(clause) t SET u = 'a' WHERE id > 1",
            "INSERT OR \(clause) INTO t VALUES (6, 'f', NULL), (7, 'g', 1)",
            "INSERT INTO t VALUES (2, 'h', 1) ON CONFLICT DO UPDATE SET u = 'upserted', n = 2",
            "INSERT INTO t VALUES (8, 'a', 1) ON CONFLICT DO NOTHING",
        ]
        for statement in statements {
            // Whether it fails is SQLite's decision; the mirror follows either way.
            _ = try? await database.write(statement)
            try await database.syncAndCompare(nil, "\(statement)")
        }
    }

    @Test func `cascades of foreign keys reach the mirror`() async throws {
        let database = try await MirroredDatabase(
            """
            CREATE TABLE p(id INTEGER PRIMARY KEY, u UNIQUE);
            CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE, u UNIQUE);
            CREATE TABLE n(p DEFAULT 1 REFERENCES p(u) ON DELETE SET NULL ON UPDATE SET DEFAULT);
            INSERT INTO p VALUES (1, 1), (2, 20), (3, 30), (4, 40);
            INSERT INTO c VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c'), (4, NULL, 'd');
            INSERT INTO n VALUES (1), (20), (30), (40)
            """, foreignKeys: true)
        try await database.syncAndCompare()
        for statement in [
            "UPDATE p SET id = 33 WHERE id = 3", "DELETE FROM p WHERE id = 2", "REPLACE INTO p VALUES (33, 31)",
            "UPDATE p SET u = 41 WHERE id = 4", "REPLACE INTO p VALUES (5, 1)",
        ] {
            try await database.write(statement)
            try await database.syncAndCompare(nil, "\(statement)")
        }
    }

    @Test(arguments: ["id INTEGER PRIMARY KEY, v)", "id, v, PRIMARY KEY(id)) WITHOUT ROWID", "id PRIMARY KEY, v)"])
    func `changed keys follow, also when they trade places`(_ columns: String) async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(\(columns); INSERT INTO t(id, v) VALUES (1, 'a'), (2, 'b'), (3, 'c'), (10, 'd')")
        try await database.syncAndCompare()
        try await database.write("UPDATE t SET id = -id; UPDATE t SET id = 3 + id WHERE id < 0")
        try await database.syncAndCompare()
        try await database.write("UPDATE t SET id = id + 100 WHERE id = 2; INSERT INTO t(id, v) VALUES (2, 'again')")
        try await database.syncAndCompare()
        try await database.write("BEGIN; DELETE FROM t WHERE id = 2; INSERT INTO t(id, v) VALUES (2, 'reborn'); COMMIT")
        try await database.syncAndCompare()
    }

    @Test func `VACUUM renumbers hidden rowids and the mirror follows`() async throws {
        let database = try await MirroredDatabase(
            """
            CREATE TABLE hidden(a); CREATE TABLE named(id INTEGER PRIMARY KEY, a); CREATE TABLE keyed(a PRIMARY KEY);
            INSERT INTO hidden VALUES (1), (2), (3), (4), (5); INSERT INTO named SELECT rowid * 10, a FROM hidden;
            INSERT INTO keyed SELECT a FROM hidden
            """)
        try await database.syncAndCompare()
        for round in 0..<3 {
            try await database.write("DELETE FROM hidden WHERE rowid = 2; DELETE FROM keyed WHERE a = \(round + 1)")
            let rowIDs = try await database.writer.perform { try $0.run("SELECT rowid FROM hidden").rows }
            try database.writeElsewhere("VACUUM")
            #expect(try await database.writer.perform { try $0.run("SELECT rowid FROM hidden").rows } != rowIDs)
            try await database.write(
                "UPDATE hidden SET a = a + 100 WHERE rowid = 1; INSERT INTO hidden VALUES (\(round + 50))")
            let report = try await database.syncAndCompare()
            #expect(report.tables.first { $0.name == "named" }?.loadedRowCount == nil)
            #expect(report.tables.first { $0.name == "hidden" }?.loadedRowCount != nil)
            try await database.write("UPDATE hidden SET a = a + 1000; DELETE FROM keyed WHERE rowid = 3")
            try await database.syncAndCompare()
        }
    }

    @Test func `a rowid used again is another row`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(a); INSERT INTO t VALUES ('first'), ('second')")
        try await database.syncAndCompare()
        try await database.write("DELETE FROM t WHERE a = 'second'; INSERT INTO t VALUES ('third')")
        try await database.syncAndCompare()
    }

    @Test func `ALTER TABLE is accepted and followed`() async throws {
        let database = try await MirroredDatabase(
            """
            CREATE TABLE t(id INTEGER PRIMARY KEY, a, b, u UNIQUE); CREATE TABLE other(x);
            INSERT INTO t VALUES (1, 2, 3, 4); INSERT INTO other VALUES (1)
            """)
        try await database.syncAndCompare()
        for statement in [
            "ALTER TABLE t ADD COLUMN c DEFAULT 'dflt'", "INSERT INTO t VALUES (2, 3, 4, 5, 6)",
            "ALTER TABLE t DROP COLUMN b",
            "UPDATE t SET a = 7", "ALTER TABLE t RENAME COLUMN a TO \"re\"\"named\"",
            "ALTER TABLE t RENAME COLUMN u TO v",
            "INSERT OR REPLACE INTO t VALUES (3, 3, 4, 5)", "ALTER TABLE t RENAME COLUMN id TO key",
            "UPDATE t SET key = key + 10", "ALTER TABLE t RENAME TO moved", "UPDATE moved SET c = 1",
            "ALTER TABLE moved ADD COLUMN rowid", "UPDATE moved SET rowid = 5", "DELETE FROM moved WHERE key = 11",
        ] {
            try database.writeElsewhere(statement)
            try await database.syncAndCompare(nil, "\(statement)")
        }
        // Several at once, with changes between them that were logged under the old names.
        try database.writeElsewhere(
            """
            INSERT INTO moved(c) VALUES (8); ALTER TABLE moved RENAME TO t; INSERT INTO t(c) VALUES (9); CREATE TABLE moved(z);
            INSERT INTO moved VALUES (1); ALTER TABLE t DROP COLUMN rowid; UPDATE t SET c = c || 'x'
            """)
        try await database.syncAndCompare()
    }

    @Test func `rolled back savepoints leave nothing`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, a)")
        try await database.syncAndCompare()
        try await database.write(
            """
            BEGIN; INSERT INTO t VALUES (1, 'kept'); SAVEPOINT s; INSERT INTO t VALUES (2, 'gone'); UPDATE t SET a = 'gone';
            ROLLBACK TO s; INSERT INTO t VALUES (3, 'kept'); RELEASE s; COMMIT;
            BEGIN; DELETE FROM t; ROLLBACK
            """)
        let report = try await database.syncAndCompare()
        #expect(report.changeCount == 2)
        #expect(report.upsertedRowCount == 2)
    }

    @Test func `writers keep changes, last rowid and RETURNING`() async throws {
        let script = "CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE); CREATE TABLE w(k PRIMARY KEY) WITHOUT ROWID"
        let database = try await MirroredDatabase(script)
        try await database.syncAndCompare()
        let statements = [
            "INSERT INTO t(u) VALUES (1), (2), (3)", "UPDATE t SET u = u + 10",
            "INSERT OR REPLACE INTO t VALUES (7, 11), (8, 12)",
            "INSERT INTO w VALUES ('x'), ('y')", "DELETE FROM t WHERE id > 7",
            "INSERT INTO t(u) VALUES (99) RETURNING id, u",
            "INSERT INTO t VALUES (7, 1) ON CONFLICT DO UPDATE SET u = 5 RETURNING u", "DELETE FROM w", "DELETE FROM t",
        ]
        let plain = try Connection(path: ":memory:", options: ConnectionOptions(.readWriteCreate))
        try plain.execute(script)
        for statement in statements {
            let wanted = try plain.run(statement)
            let found = try await database.writer.execute(statement)
            #expect(found == wanted, "\(statement)")
        }
        try await database.syncAndCompare()
    }

    @Test func `DELETE without WHERE is captured row by row`() async throws {
        let database = try await MirroredDatabase(
            """
            CREATE TABLE t(a); WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
            INSERT INTO t SELECT i FROM n
            """)
        #expect(try await database.syncAndCompare().loadedRowCount == 1_000)
        try await database.write("DELETE FROM t")
        let report = try await database.syncAndCompare()
        #expect(report.changeCount == 1_000)
        #expect(report.deletedRowCount == 1_000)
    }

    @Test func `commits of another process are seen`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, a)")
        try await database.syncAndCompare()
        let result = try Subprocess.run(
            "sqlite3", [database.path],
            input: "INSERT INTO t VALUES (1, x'ff'), (2, 1e999); REPLACE INTO t VALUES (1, 'r');")
        #expect(result.status == 0, "\(result.standardError)")
        let report = try await database.syncAndCompare()
        #expect(report.changeCount == 2)
        #expect(report.upsertedRowCount == 2)
    }

    @Test func `names with quotes, keywords, blanks and other scripts are captured`() async throws {
        let names = [
            "select", "a\"b", "with space", "naïve 🐟", "x.y", "'q'", "[b]", "`t`", "NEW", "_rhe", "1", "k0", "tbl",
        ]
        let script = names.map { name in
            let quoted = quotedIdentifier(name)
            return """
                CREATE TABLE \(quoted)(\(quoted) INTEGER PRIMARY KEY, "OLD" COLLATE NOCASE UNIQUE, "order by" DEFAULT 'd''q');
                CREATE TABLE \(quotedIdentifier(name + "/w"))(\(quoted), "old", PRIMARY KEY(\(quoted), "old")) WITHOUT ROWID;
                """
        }
        let database = try await MirroredDatabase(script.joined())
        try await database.syncAndCompare()
        for name in names {
            let quoted = quotedIdentifier(name)
            try await database.write(
                """
                INSERT INTO \(quoted)("OLD") VALUES ('a'), ('b'); REPLACE INTO \(quoted)("OLD") VALUES ('A');
                INSERT INTO \(quotedIdentifier(name + "/w")) VALUES (1, 2), (3, 4);
                UPDATE \(quotedIdentifier(name + "/w")) SET "old" = 5 WHERE \(quoted) = 1
                """)
        }
        try await database.syncAndCompare()
    }

    @Test func `hidden names of the rowid are worked around or refused by name`() async throws {
        let database = try await MirroredDatabase(
            """
            CREATE TABLE one(rowid, a); CREATE TABLE two(rowid, oid); CREATE TABLE three(rowid, oid, _rowid_);
            CREATE TABLE key(rowid INTEGER PRIMARY KEY, oid, _rowid_ UNIQUE); CREATE TABLE nokey(a)
            """)
        let mirrored = ["key", "nokey", "one", "two"]
        try await database.syncAndCompare(mirrored)
        #expect(database.applier.view.refused["three"]?.message.contains("'three'") == true)
        try await database.write(
            """
            INSERT INTO one VALUES (7, 'x'), (7, 'y'); INSERT INTO two VALUES (1, 2); INSERT INTO three VALUES (1, 2, 3);
            INSERT INTO key VALUES (5, 6, 7), (6, 6, 8); REPLACE INTO key VALUES (9, 9, 8); INSERT INTO nokey VALUES (1), (1)
            """)
        try await database.syncAndCompare(mirrored)
        try await database.write("UPDATE one SET rowid = 8; DELETE FROM nokey WHERE rowid = 1; UPDATE key SET oid = 1")
        try await database.syncAndCompare(mirrored)
    }

    @Test func `two thousand columns and long keys are captured`() async throws {
        let columns = (0..<1_999).map { "c\($0)" }.joined(separator: ", ")
        let key = (0..<40).map { "k\($0)" }.joined(separator: ", ")
        let database = try await MirroredDatabase(
            """
            CREATE TABLE wide(id INTEGER PRIMARY KEY, \(columns)); CREATE TABLE long(v, \(key), PRIMARY KEY(\(key))) WITHOUT ROWID;
            CREATE TABLE narrow(a); CREATE TABLE full(\(columns), c1999)
            """)
        let mirrored = ["long", "narrow", "wide"]
        try await database.syncAndCompare(mirrored)
        // The rowid would be column 2 001 of the query that reads the table.
        #expect(database.applier.view.refused["full"]?.message.contains("'full'") == true)
        let values = (0..<40).map { $0 % 2 == 0 ? "\($0)" : "'t\($0)'" }.joined(separator: ", ")
        try await database.write(
            """
            INSERT INTO wide(id, c0, c1998) VALUES (1, 'first', 'last'), (2, NULL, 2); INSERT INTO long VALUES ('a', \(values));
            INSERT INTO narrow VALUES (1); UPDATE long SET k39 = 1; UPDATE wide SET c1000 = 1.5 WHERE id = 2
            """)
        try await database.syncAndCompare(mirrored)
    }

    @Test func `an unknown collation in a key is refused, elsewhere it is mirrored`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("db")
        // The schema is edited, since no connection here knows the collation.
        try Connection(path: path, options: .writer).execute(
            """
            CREATE TABLE bad(a PRIMARY KEY COLLATE RTRIM) WITHOUT ROWID; CREATE TABLE good(a COLLATE RTRIM); INSERT INTO good VALUES ('x');
            PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'RTRIM', 'custom')
            """)
        let writer = try Writer(path: path)
        let applier = try Applier(path: path, writer: writer, selection: .everything)
        try await applier.sync()
        #expect(applier.view.snapshot.tables.map(\.name) == ["good"])
        #expect(applier.view.refused["bad"]?.message.contains("custom") == true)
        _ = try await writer.execute("INSERT INTO good VALUES ('y')")
        #expect(try await applier.sync().upsertedRowCount == 1)
    }
}
