import RheiCDC
import RheiCore
import RheiSQLite
import RheiStore
import RheiTestSupport
import Testing

/// Rows that other engines that follow SQLite lose, double or bend, one way each; see docs/cdc.md.
@Suite struct CaptureDefectTests {
    @Test func `reals keep every bit`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, r REAL, x)")
        try await database.syncAndCompare()
        try await database.write(
            """
            INSERT INTO t(r, x) VALUES (0.1 + 0.2, 0.1 + 0.2), (1.0 / 3, 1.0 / 3), (5e-324, 5e-324),
                (1.7976931348623157e308, -2.2250738585072014e-308), (9007199254740993, 9007199254740993), (1e23, 1e23)
            """)
        try await database.syncAndCompare()
        try database.writeElsewhere("UPDATE t SET r = r * 1.0000000000000002, x = x / 3.0")
        try await database.syncAndCompare()
    }

    @Test func `a WITHOUT ROWID table takes writes after it is captured`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(a TEXT, b INT, v, PRIMARY KEY(b, a)) WITHOUT ROWID")
        try await database.syncAndCompare()
        for statement in [
            "INSERT INTO t VALUES ('x', 1, x'00'), ('y', 1, 2)", "UPDATE t SET v = v || 'z' WHERE a = 'y'",
            "REPLACE INTO t VALUES ('x', 1, NULL)", "INSERT INTO t VALUES ('x', 1, 5) ON CONFLICT DO UPDATE SET v = 6",
            "DELETE FROM t WHERE a = 'y'",
        ] {
            try database.writeElsewhere(statement)
            #expect(try await database.syncAndCompare(nil, "\(statement)").changeCount > 0)
        }
    }

    @Test(arguments: ["k TEXT PRIMARY KEY, v", "k, j, v, PRIMARY KEY(k, j)", "k UNIQUE, v"])
    func `rows whose key is NULL come, change and go`(_ columns: String) async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(\(columns))", observer: KeyCapture())
        try await database.syncAndCompare()
        for statement in [
            "INSERT INTO t(k, v) VALUES (NULL, 1), (NULL, 2), ('a', 3)", "UPDATE t SET v = 9 WHERE k IS NULL AND v = 1",
            "UPDATE t SET k = NULL WHERE k = 'a'", "REPLACE INTO t(k, v) VALUES (NULL, 4)",
            "UPDATE t SET k = 'b' WHERE v = 4", "DELETE FROM t WHERE k IS NULL AND v < 5", "DELETE FROM t",
        ] {
            _ = try await database.writer.execute(statement)
            try await database.syncAndCompare(nil, "\(statement)")
        }
    }

    @Test func `a column that goes with changes in the log takes no other column's values along`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b); INSERT INTO t VALUES (1, 111, 222)")
        try await database.syncAndCompare()
        try database.writeElsewhere("INSERT INTO t VALUES (2, 111, 222); ALTER TABLE t DROP COLUMN a")
        try await database.syncAndCompare()
        let found = try #require(database.applier.view.snapshot.table(named: "t"))
        #expect(try RenderedRows.mirror(found) == ["I1|I222", "I2|I222"])
    }

    @Test(arguments: [
        "DROP COLUMN c; ALTER TABLE t ADD COLUMN c REAL", "DROP COLUMN c; ALTER TABLE t ADD COLUMN c REAL DEFAULT 1.5",
        "DROP COLUMN c; ALTER TABLE t ADD COLUMN c REAL AS (b) VIRTUAL",
        "RENAME COLUMN c TO d; ALTER TABLE t DROP COLUMN d; ALTER TABLE t ADD COLUMN c REAL; CREATE TABLE more(x)",
    ])
    func `a column that goes and comes again between two syncs has its new values`(_ alterations: String) async throws {
        let database = try await MirroredDatabase(
            """
            CREATE TABLE t(id INTEGER PRIMARY KEY, b, c REAL DEFAULT 1.5);
            INSERT INTO t VALUES (1, 2, 111), (2, 3, 222); CREATE TABLE other(id INTEGER PRIMARY KEY, x TEXT)
            """)
        try await database.syncAndCompare()
        try database.writeElsewhere("ALTER TABLE t " + alterations)
        try await database.syncAndCompare()
    }

    @Test func `tables, views and indexes that come do not make others load anew`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, b); INSERT INTO t VALUES (1, 2)")
        try await database.syncAndCompare()
        try database.writeElsewhere(
            "CREATE TABLE a(x UNIQUE); CREATE TABLE b(x); CREATE INDEX i ON t(b); CREATE VIEW v AS SELECT * FROM t")
        let report = try await database.syncAndCompare()
        #expect(report.tables.filter { $0.loadedRowCount != nil }.map(\.name) == ["a", "b"])
    }

    @Test func `a column's default reaches the rows that were there`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)")
        try await database.syncAndCompare()
        try database.writeElsewhere("ALTER TABLE t ADD COLUMN c DEFAULT 'there'; INSERT INTO t VALUES (3, NULL)")
        try await database.syncAndCompare()
    }

    @Test func `a table that is dropped with changes in the log stops no other`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE a(x); CREATE TABLE b(x)")
        try await database.syncAndCompare()
        try database.writeElsewhere("INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (3); DROP TABLE a")
        try await database.syncAndCompare(["b"])
        try database.writeElsewhere("INSERT INTO b VALUES (4)")
        let report = try await database.syncAndCompare(["b"])
        #expect(report.upsertedRowCount == 1 && report.tables.allSatisfy { $0.error == nil })
    }

    @Test func `one sync applies all that waits`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, v)")
        try await database.syncAndCompare()
        try await database.writer.perform { connection in
            for id in Int64(0)..<3_000 { try connection.run("INSERT INTO t VALUES (?, 1)", [.integer(id)]) }
        }
        #expect(try await database.syncAndCompare().upsertedRowCount == 3_000)
        #expect(try await database.applier.pendingChangeCount() == 0)
    }

    @Test func `values that a declared type cannot hold stop nothing`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER); CREATE TABLE u(x)")
        try await database.syncAndCompare()
        try await database.write(
            "INSERT INTO t(n) VALUES (99999999999999999999), ('text'), (x'ff'), (1.5); INSERT INTO u VALUES (1)")
        let report = try await database.syncAndCompare()
        #expect(report.tables.allSatisfy { $0.error == nil })
    }

    @Test func `rows that break a CHECK are captured like others`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, n CHECK (n > 0))")
        try await database.syncAndCompare()
        try database.writeElsewhere(
            "PRAGMA ignore_check_constraints = ON; INSERT INTO t VALUES (1, -1), (2, 1); UPDATE t SET n = -5 WHERE id = 2"
        )
        #expect(try await database.syncAndCompare().upsertedRowCount == 2)
    }

    @Test func `writes by a connection that has attached the file are captured`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE)")
        try await database.syncAndCompare()
        let other = try Connection(path: database.folder.path("other.sqlite"), options: .writer)
        try other.execute("CREATE TABLE t(x); ATTACH '\(database.path)' AS app")
        for statement in [
            "INSERT INTO app.t VALUES (1, 'a'), (2, 'b')", "INSERT INTO main.t VALUES (1)",
            "BEGIN; UPDATE app.t SET u = 'c' WHERE id = 1; INSERT INTO main.t VALUES (2); COMMIT",
            "REPLACE INTO app.t VALUES (3, 'c')", "DELETE FROM app.t",
        ] {
            try other.execute(statement)
            try await database.syncAndCompare(["t"], "\(statement)")
        }
    }

    @Test func `a sync whose task is cancelled leaves a state that the next one goes on from`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v); CREATE TABLE u(k PRIMARY KEY)")
        try await database.syncAndCompare()
        let applier = database.applier
        for round in 0..<40 {
            try await database.write(
                """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
                INSERT OR REPLACE INTO t SELECT i + \(round * 100), \(round) FROM n;
                INSERT OR REPLACE INTO u SELECT 'k' || (id % 90) FROM t; DELETE FROM t WHERE id % 11 = \(round % 11)
                """)
            let syncing = Task { try await applier.sync() }
            for _ in 0..<(round * 3) { await Task.yield() }
            syncing.cancel()
            _ = try? await syncing.value
            try await database.syncAndCompare(nil, "round \(round)")
        }
    }
}
