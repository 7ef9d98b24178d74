import Rhei
import RheiSQLite
import RheiTestSupport
import Testing

/// The versions of rows: what begins and ends them, and tables as they were.
@Suite struct HistoryTests {
    /// An engine whose tables keep their history.
    private func withHistories(
        _ script: String, _ tables: [String], _ body: (HtapEngine) async throws -> Void
    ) async throws {
        try await withEngine { engine in
            try await engine.run(script)
            for table in tables { try await engine.registerTable(table, mode: .temporal) }
            try await body(engine)
        }
    }

    private func rows(_ engine: HtapEngine, _ sql: String) async throws -> [[SQLValue]] {
        try await engine.query(sql).rows()
    }

    @Test func `a row has versions with intervals that meet and leave a gap where it was gone`() async throws {
        try await withHistories("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", ["t"]) { engine in
            let start = try await engine.syncNow().position
            try await engine.run("INSERT INTO t VALUES (1, 'a')")
            let inserted = try await engine.syncNow().position
            try await engine.run("UPDATE t SET v = 'b'; UPDATE t SET v = 'c'")
            let updated = try await engine.syncNow().position
            try await engine.run("DELETE FROM t")
            let deleted = try await engine.syncNow().position
            try await engine.run("INSERT INTO t VALUES (1, 'd')")
            let again = try await engine.syncNow().position
            let versions = try await rows(
                engine,
                """
                SELECT v, _rhei_operation, _rhei_from_position, _rhei_to_position FROM history('t')
                ORDER BY _rhei_from_position
                """)
            #expect(
                versions.map { Array($0.prefix(2)) } == [["a", "I"], ["b", "U"], ["c", "U"], ["d", "I"]])
            #expect(
                versions.map { $0[2] } == [
                    .integer(inserted), .integer(inserted + 1), .integer(updated), .integer(again),
                ])
            #expect(versions.map { $0[3] } == [.integer(inserted + 1), .integer(updated), .integer(deleted), .null])
            for (position, expected) in [
                (start, []), (inserted, [["a"]]), (updated, [["c"]]), (deleted, []), (again, [["d"]]),
            ] as [(Int64, [[SQLValue]])] {
                #expect(try await rows(engine, "SELECT v FROM t AS OF \(position)") == expected)
            }
            #expect(try await rows(engine, "SELECT v FROM t") == [["d"]])
        }
    }

    @Test func `REPLACE over another unique index ends the version of the row that it removes`() async throws {
        try await withHistories(
            """
            CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE, v COLLATE NOCASE);
            CREATE UNIQUE INDEX e ON t(lower(v)) WHERE id > 2;
            CREATE TABLE k(k TEXT PRIMARY KEY, v);
            """, ["t", "k"]
        ) { engine in
            try await engine.run("INSERT INTO t VALUES (1, 'a', 'x'), (2, 'b', 'x'), (3, 'c', 'x'), (4, 'd', 'y')")
            try await engine.run("INSERT INTO k(rowid, k, v) VALUES (7, 'a', 1)")
            let first = try await engine.syncNow().position
            try await engine.run("INSERT OR REPLACE INTO t VALUES (5, 'a', 'X')")
            let second = try await engine.syncNow().position
            // The rows in doubt stay.
            try await engine.run(
                """
                INSERT OR IGNORE INTO t VALUES (6, 'b', 'z'); INSERT INTO t VALUES (7, 'b', 'w') ON CONFLICT (u) DO NOTHING;
                INSERT INTO t VALUES (8, 'b', 'w') ON CONFLICT (u) DO UPDATE SET v = 'upsert';
                UPDATE OR IGNORE t SET u = 'b' WHERE id = 4
                """)
            let third = try await engine.syncNow().position
            try await engine.run("REPLACE INTO t VALUES (2, 'n', 'q'); UPDATE OR REPLACE t SET u = 'n' WHERE id = 4")
            try await engine.run("REPLACE INTO k VALUES ('a', 2)")
            let fourth = try await engine.syncNow().position
            let expected: [(Int64, [[SQLValue]])] = [
                (first, [[1, "a", "x"], [2, "b", "x"], [3, "c", "x"], [4, "d", "y"]]),
                (second, [[2, "b", "x"], [4, "d", "y"], [5, "a", "X"]]),
                (third, [[2, "b", "upsert"], [4, "d", "y"], [5, "a", "X"]]),
                (fourth, [[4, "n", "y"], [5, "a", "X"]]),
            ]
            for (position, wanted) in expected {
                #expect(try await rows(engine, "SELECT * FROM t AS OF \(position) ORDER BY id") == wanted)
            }
            #expect(try await rows(engine, "SELECT * FROM k AS OF \(third)") == [["a", 1]])
            #expect(try await rows(engine, "SELECT * FROM k AS OF \(fourth)") == [["a", 2]])
        }
    }

    @Test func `a unique index whose conflicts cannot be found is refused by name`() async throws {
        try await withEngine { engine in
            try await engine.run(
                """
                CREATE TABLE t(id INTEGER PRIMARY KEY, u NOT NULL DEFAULT (random() % 5));
                CREATE UNIQUE INDEX odd ON t(u);
                CREATE TABLE g(id INTEGER PRIMARY KEY, a NOT NULL DEFAULT 'x', b AS (a || 'y') UNIQUE);
                CREATE TABLE fine(id TEXT PRIMARY KEY NOT NULL DEFAULT (lower(hex(randomblob(16)))), at UNIQUE DEFAULT (datetime('now')))
                """)
            for (table, index) in [("t", "'odd'"), ("g", "generated")] {
                do {
                    try await engine.registerTable(table, mode: .temporal)
                    Issue.record("\(table) is taken")
                } catch { #expect("\(error)".contains(index), "\(error)") }
            }
            try await engine.registerTable("fine", mode: .temporal)
        }
    }

    @Test func `a changed key ends the version of one key and begins one of another`() async throws {
        try await withHistories("CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'a')", ["t"]) {
            engine in
            let before = try await engine.syncNow().position
            try await engine.run("UPDATE t SET id = 2")
            let after = try await engine.syncNow().position
            #expect(try await rows(engine, "SELECT id, v FROM t AS OF \(before)") == [[1, "a"]])
            #expect(try await rows(engine, "SELECT id, v FROM t AS OF \(after)") == [[2, "a"]])
            let versions = "SELECT id, _rhei_to_position IS NULL FROM history('t') ORDER BY id"
            #expect(try await rows(engine, versions) == [[1, 0], [2, 1]])
        }
    }

    @Test func `times in UTC read the table as it was`() async throws {
        try await withHistories("CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'a')", ["t"]) {
            engine in
            try await engine.syncNow()
            let status = try await #require(engine.syncStatus().tables.first?.history)
            try await engine.run("UPDATE t SET v = 'b'")
            let ends = try await rows(
                engine, "SELECT v, _rhei_valid_from, _rhei_valid_to FROM history('t') WHERE v = 'a'")
            #expect(ends.count == 1)
            let begin = try await rows(engine, "SELECT cast(min(_rhei_valid_from) AS TEXT) FROM history('t')")
            guard case .text(let text)? = begin.first?.first else { throw EngineError(.invariant, "\(begin)") }
            #expect(status.startTime > 0)
            #expect(try await rows(engine, "SELECT v FROM t AS OF '\(text)'") == [["a"]])
            #expect(try await rows(engine, "SELECT v FROM t AS OF timestamp '\(text)'") == [["a"]])
            await #expect(throws: EngineError.self) { try await rows(engine, "SELECT v FROM t AS OF '1999-01-01'") }
        }
    }

    @Test func `moments that are not told of are refused, and tables without a history`() async throws {
        try await withHistories(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v); CREATE TABLE u(a); CREATE VIEW w AS SELECT * FROM t", ["t"]
        ) {
            engine in
            try await engine.registerTable("u")
            for sql in [
                "SELECT * FROM t AS OF 1000000", "SELECT * FROM t AS OF -1", "SELECT * FROM u AS OF 1",
                "SELECT * FROM w AS OF 1", "SELECT * FROM t AS OF 'yesterday'", "SELECT * FROM t AS OF NULL",
                "SELECT * FROM t AS OF v", "SELECT * FROM history('u')", "SELECT * FROM missing AS OF 1",
            ] {
                await #expect(throws: EngineError.self, "\(sql)") { try await engine.query(sql) }
            }
        }
    }

    @Test func `a table's earlier columns come back with its earlier rows`() async throws {
        try await withHistories("CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'a')", ["t"]) {
            engine in
            try await engine.run("UPDATE t SET v = 'b'")
            let before = try await engine.syncNow().position
            try await engine.run("UPDATE t SET v = 'c'; ALTER TABLE t ADD COLUMN w DEFAULT 7; UPDATE t SET v = 'd'")
            let after = try await engine.syncNow().position
            try await engine.run("UPDATE t SET w = 8")
            let now = try await engine.syncNow().position
            #expect(try await rows(engine, "SELECT * FROM t AS OF \(before)") == [[1, "b"]])
            #expect(try await rows(engine, "SELECT * FROM t AS OF \(before + 1)") == [[1, "c"]])
            #expect(try await rows(engine, "SELECT * FROM t AS OF \(after)") == [[1, "d", 7]])
            #expect(try await rows(engine, "SELECT * FROM t AS OF \(now)") == [[1, "d", 8]])
        }
    }

    @Test func `columns come and go by the engine, and earlier versions keep theirs`() async throws {
        try await withHistories("CREATE TABLE t(id INTEGER PRIMARY KEY, v, w); INSERT INTO t VALUES (1, 'a', 5)", ["t"])
        {
            engine in
            let before = try await engine.syncNow().position
            try await engine.run("UPDATE t SET v = 'b'")
            try await engine.dropColumn("w", ofTable: "t")
            try await engine.addColumn("x DEFAULT 3", toTable: "t")
            try await engine.run("UPDATE t SET v = 'c'")
            let after = try await engine.syncNow().position
            #expect(try await rows(engine, "SELECT * FROM t AS OF \(before)") == [[1, "a", 5]])
            #expect(try await rows(engine, "SELECT * FROM t AS OF \(before + 1)") == [[1, "b", 3]])
            #expect(try await rows(engine, "SELECT * FROM t AS OF \(after)") == [[1, "c", 3]])
            #expect(try await rows(engine, "SELECT * FROM t") == [[1, "c", 3]])
        }
    }

    @Test func `a session reads all its tables as of one moment, and writes nothing meanwhile`() async throws {
        try await withHistories(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v); CREATE TABLE u(id INTEGER PRIMARY KEY, w); CREATE VIEW b AS SELECT v FROM t",
            ["t", "u"]
        ) { engine in
            try await engine.run("INSERT INTO t VALUES (1, 'a'); INSERT INTO u VALUES (1, 'x')")
            let then = try await engine.syncNow().position
            try await engine.run("UPDATE t SET v = 'b'; UPDATE u SET w = 'y'; INSERT INTO t VALUES (2, 'c')")
            let session = engine.session()
            try await session.setAsOf(.position(then))
            let join = "SELECT v, w, (SELECT count(*) FROM t) FROM t JOIN u USING (id)"
            #expect(try await session.query(join).rows() == [["a", "x", 1]])
            await #expect(throws: EngineError.self) { try await session.query("DELETE FROM t") }
            await #expect(throws: EngineError.self) { try await session.query("SELECT * FROM b") }
            try await session.setAsOf(nil)
            #expect(try await session.query(join).rows() == [["b", "y", 2]])
        }
    }

    @Test func `what is forgotten of a history is refused, the rest is as before`() async throws {
        try await withHistories("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", ["t"]) { engine in
            var positions: [Int64] = []
            for value in 0..<10 {
                try await engine.run(
                    "INSERT OR REPLACE INTO t VALUES (1, \(value)); INSERT INTO t VALUES (\(value + 2), 0)")
                positions.append(try await engine.syncNow().position)
            }
            #expect(try await engine.forgetHistory(ofTable: "T", before: .position(positions[5])) == 5)
            await #expect(throws: EngineError.self) { try await rows(engine, "SELECT * FROM t AS OF \(positions[4])") }
            for value in 5..<10 {
                let sql =
                    "SELECT v, (SELECT count(*) FROM t AS OF \(positions[value])) FROM t AS OF \(positions[value]) WHERE id = 1"
                #expect(try await rows(engine, sql) == [[.integer(Int64(value)), .integer(Int64(value + 2))]])
            }
            let status = try #require(await engine.syncStatus().tables.first?.history)
            #expect(status.startPosition == positions[5])
            #expect(try await engine.forgetHistory(ofTable: "t", before: .time(status.startTime)) == 0)
            await #expect(throws: EngineError.self) {
                try await engine.forgetHistory(ofTable: "t", before: .position(0))
            }
        }
    }

    @Test func `histories forget by themselves what the configuration does not keep`() async throws {
        let folder = try TemporaryFolder()
        var config = HtapConfig(databasePath: folder.path("test.db"))
        config.syncMode = .temporal
        for period in [Duration.seconds(3_600), .zero] {
            config.historyRetention = period
            let engine = try await HtapEngine(config)
            defer { withExtendedLifetime(engine) {} }
            if period != .zero {
                try await engine.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 0), (2, 0)")
                try await engine.registerTable("t")
            }
            let start = try await engine.syncNow().position
            for value in 1...5 {
                try await engine.run("UPDATE t SET v = \(value) WHERE id = 1")
                _ = try await engine.syncNow()
            }
            let end = try await engine.syncNow().position
            let history = try #require(await engine.syncStatus().tables.first?.history)
            #expect(history.openVersionCount == 2)
            #expect(try await rows(engine, "SELECT v FROM t AS OF \(end) ORDER BY id") == [[5], [0]])
            if period == .zero {
                #expect(history.closedVersionCount < 5)
                await #expect(throws: EngineError.self) { try await rows(engine, "SELECT * FROM t AS OF \(start)") }
            } else {
                #expect(history.closedVersionCount == 5)
                #expect(try await rows(engine, "SELECT count(*) FROM t AS OF \(start)") == [[2]])
            }
            await engine.shutdown()
        }
    }

    @Test func `loading a table anew leaves its history as it is`() async throws {
        try await withHistories("CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 0), (2, 0)", ["t"])
        {
            engine in
            let first = try await engine.syncNow().position
            try await engine.run("UPDATE t SET v = 1 WHERE id = 1; DELETE FROM t WHERE id = 2")
            #expect(try await engine.initialSync("t") == 1)
            try await engine.run("INSERT INTO t VALUES (2, 7)")
            #expect(try await engine.initialSyncAll() == 2)
            #expect(try await engine.initialSync("t") == 2)
            let versions = "SELECT id, v, _rhei_operation FROM history('t') ORDER BY _rhei_from_position, id"
            #expect(
                try await rows(engine, versions) == [
                    [1, 0, "I"], [2, 0, "I"], [1, 1, "U"], [2, 7, "I"],
                ])
            #expect(try await rows(engine, "SELECT id, v FROM t AS OF \(first) ORDER BY id") == [[1, 0], [2, 0]])
            #expect(try await rows(engine, "SELECT id, v FROM t ORDER BY id") == [[1, 1], [2, 7]])
        }
    }

    @Test func `a dropped table can be read as it was`() async throws {
        try await withHistories("CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'a')", ["t"]) {
            engine in
            let before = try await engine.syncNow().position
            try await engine.run("UPDATE t SET v = 'b'; DROP TABLE t; CREATE TABLE o(a)")
            try await engine.registerTable("o")
            try await engine.run("INSERT INTO o VALUES (1)")
            let after = try await engine.syncNow().position
            #expect(try await rows(engine, "SELECT * FROM t AS OF \(before)") == [[1, "a"]])
            #expect(try await rows(engine, "SELECT * FROM t AS OF \(before + 1)") == [[1, "b"]])
            await #expect(throws: EngineError.self) { try await rows(engine, "SELECT * FROM t AS OF \(after)") }
        }
    }

    @Test func `histories in files go on after a restart, with what was written meanwhile`() async throws {
        let folder = try TemporaryFolder()
        var config = HtapConfig(databasePath: folder.path("test.db"))
        config.storageMode = .segments(path: folder.path("columns"))
        config.syncMode = .temporal
        var engine = try await HtapEngine(config)
        try await engine.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'a')")
        try await engine.registerTable("t")
        let first = try await engine.syncNow().position
        try await engine.run("UPDATE t SET v = 'b'")
        let second = try await engine.syncNow().position
        await engine.shutdown()
        let other = try Connection(path: folder.path("test.db"), options: ConnectionOptions(.readWrite))
        try other.execute("UPDATE t SET v = 'c'; INSERT INTO t VALUES (2, 'x'); DELETE FROM t WHERE id = 1")
        engine = try await HtapEngine(config)
        let last = try await engine.syncNow().position
        #expect(try await rows(engine, "SELECT * FROM t AS OF \(first)") == [[1, "a"]])
        #expect(try await rows(engine, "SELECT * FROM t AS OF \(second)") == [[1, "b"]])
        #expect(try await rows(engine, "SELECT * FROM t AS OF \(second + 1)") == [[1, "c"]])
        #expect(try await rows(engine, "SELECT * FROM t AS OF \(last)") == [[2, "x"]])
        await engine.shutdown()
    }

    @Test func `a VACUUM of hidden rowids begins the history anew and tells nothing wrong`() async throws {
        try await withHistories("CREATE TABLE t(v); INSERT INTO t VALUES ('a'), ('b'), ('c')", ["t"]) { engine in
            let before = try await engine.syncNow().position
            try await engine.run("DELETE FROM t WHERE v = 'a'")
            try await engine.execute("VACUUM")
            try await engine.run("UPDATE t SET v = 'd' WHERE v = 'b'")
            let after = try await engine.syncNow().position
            #expect(try await rows(engine, "SELECT v FROM t AS OF \(before) ORDER BY v") == [["a"], ["b"], ["c"]])
            #expect(try await rows(engine, "SELECT v FROM t AS OF \(after) ORDER BY v") == [["c"], ["d"]])
        }
    }
}
