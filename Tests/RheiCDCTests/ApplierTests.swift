import RheiArrow
import RheiCDC
import RheiCore
import RheiSQLite
import RheiStore
import RheiTestSupport
import Testing

@Suite struct ApplierTests {
    private func table(_ database: MirroredDatabase, _ name: String) throws -> TableSnapshot {
        try #require(database.applier.view.snapshot.table(named: name))
    }

    @Test func `an untouched database costs no transaction of the store`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
        let first = try await database.syncAndCompare()
        #expect(first.tables.map(\.loadedRowCount) == [1])
        let snapshot = database.applier.view.snapshot
        let second = try await database.applier.sync()
        #expect(second.tables.isEmpty)
        #expect(second.changeCount == 0)
        #expect(database.applier.view.snapshot === snapshot)
    }

    @Test func `cost follows the change`() async throws {
        let database = try await MirroredDatabase(
            """
            CREATE TABLE t(id INTEGER PRIMARY KEY, a); WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
            INSERT INTO t SELECT i, i FROM n
            """)
        try await database.syncAndCompare()
        try await database.write(
            "UPDATE t SET a = 0 WHERE id IN (5, 4000); DELETE FROM t WHERE id = 7; INSERT INTO t(a) VALUES (1), (2)")
        let report = try await database.syncAndCompare()
        #expect(report.changeCount == 5)
        #expect(report.upsertedRowCount == 4)
        #expect(report.deletedRowCount == 1)
        #expect(report.loadedRowCount == 0)
        // The new rows are above all others, so that nobody logged them.
        #expect(report.positionAfter.value == report.positionBefore.value + 3)
        // Many changes of one row are read once.
        for round in 0..<10 { try await database.write("UPDATE t SET a = \(round) WHERE id = 1") }
        let folded = try await database.syncAndCompare()
        #expect(folded.changeCount == 10)
        #expect(folded.upsertedRowCount == 1)
    }

    @Test func `few changes are applied on the calling thread, everything else is left to a sync`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", pruneThreshold: 20)
        #expect(try database.applier.syncHere() == nil)
        _ = try await database.applier.sync()
        #expect(try database.applier.syncHere()?.changeCount == 0)
        try await database.write("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3); DELETE FROM t WHERE id = 2")
        let few = try #require(try database.applier.syncHere())
        #expect(few.changeCount == 3 && few.upsertedRowCount == 2 && few.deletedRowCount == 1)
        #expect(few.positionAfter.value == few.positionBefore.value + 1)
        #expect(try table(database, "t").rowCount == 2)
        // Many rows, log rows to prune, and another schema.
        let many = "WITH RECURSIVE n(i) AS (VALUES (10) UNION ALL SELECT i + 1 FROM n WHERE i < 89) "
        for script in [
            many + "INSERT INTO t SELECT i, i FROM n", "UPDATE t SET a = 0 WHERE id < 40",
            "ALTER TABLE t ADD COLUMN b DEFAULT 7",
        ] {
            try await database.write(script)
            let position = database.applier.view.snapshot.position
            #expect(try database.applier.syncHere() == nil)
            #expect(database.applier.view.snapshot.position == position)
            try await database.syncAndCompare()
        }
        database.applier.reload(["t"])
        #expect(try database.applier.syncHere() == nil)
        #expect(try await database.applier.sync().loadedRowCount == 82)
    }

    @Test func `sixty-four changes are applied on the calling thread, one more is left to a sync`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, a)", observer: KeyCapture())
        _ = try await database.applier.sync()
        func insert(_ count: Int, from first: Int) async throws {
            try await database.writer.transaction { connection in
                for id in first..<(first + count) { try connection.run("INSERT INTO t(id) VALUES (\(id))") }
            }
        }
        // Keys count, also where one row of the log has many, and not the rows of the log.
        try await insert(64, from: 1)
        #expect(try database.applier.syncHere()?.upsertedRowCount == 64)
        try await insert(65, from: 101)
        #expect(try database.applier.syncHere() == nil)
        try await database.syncAndCompare()
        for id in 201...265 { try await database.write("INSERT INTO t(id) VALUES (\(id))") }
        #expect(try database.applier.syncHere() == nil)
        try await database.syncAndCompare()
    }

    @Test func `a range of new rows and holes in it are read at once`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE TABLE h(a)")
        try await database.syncAndCompare()
        try await database.write(
            """
            WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 200000) INSERT INTO t SELECT i, i FROM n;
            INSERT INTO h SELECT a FROM t WHERE id % 3 = 0; DELETE FROM t WHERE id % 7 = 0 OR id > 199990; DELETE FROM h WHERE rowid > 60000
            """)
        let report = try await database.syncAndCompare()
        #expect(report.loadedRowCount == 0)
        try await database.write(
            "UPDATE t SET a = -a WHERE id BETWEEN 100 AND 120; DELETE FROM t WHERE id = 110; INSERT INTO t VALUES (112, 0) ON CONFLICT DO NOTHING; INSERT INTO t VALUES (105, 0)"
        )
        try await database.syncAndCompare()
    }

    @Test func `column types follow declarations and values, and widen for good`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(i INTEGER, r REAL, t TEXT, b BLOB, n NUMERIC, x)")
        try await database.syncAndCompare()
        func types() throws -> [DataType] { try table(database, "t").schema.fields.map(\.type) }
        #expect(try types() == [.int64, .float64, .utf8View, .binaryView, .int64, .binaryView])
        try await database.write("INSERT INTO t VALUES (1, 2, 'x', x'00', 1.5, 'y')")
        try await database.syncAndCompare()
        #expect(try types() == [.int64, .float64, .utf8View, .binaryView, .float64, .utf8View])
        let version = try table(database, "t").schemaVersion
        try await database.write("INSERT INTO t VALUES ('one', x'01', x'02', 'b', 3, 4)")
        try await database.syncAndCompare()
        #expect(try types() == Array(repeating: .any, count: 6))
        #expect(try table(database, "t").schemaVersion > version)
        try await database.write("DELETE FROM t WHERE i = 'one'")
        try await database.syncAndCompare()
    }

    @Test func `declarations travel with the columns`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, name VARCHAR(5) NOT NULL COLLATE NOCASE)")
        try await database.syncAndCompare()
        let fields = try table(database, "t").definition.columns
        #expect(fields[0].metadata["rhei.primary_key"] == "1")
        #expect(
            fields[1].metadata == [
                "rhei.declared_type": "VARCHAR(5)", "rhei.affinity": "text", "rhei.collation": "NOCASE",
                "rhei.not_null": "1", "rhei.primary_key": "0",
            ])
        #expect(!fields[1].isNullable)
    }

    @Test func `tables that are made, dropped and made again are followed`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE a(x); INSERT INTO a VALUES (1)")
        try await database.syncAndCompare()
        for script in [
            "CREATE TABLE b(x PRIMARY KEY) WITHOUT ROWID; INSERT INTO b VALUES (1), (2)", "DROP TABLE a",
            "CREATE TABLE a(x); INSERT INTO a VALUES (9)",
            "DROP TABLE b; CREATE TABLE b(x PRIMARY KEY) WITHOUT ROWID; INSERT INTO b VALUES (5)",
            "DROP TABLE a; CREATE TABLE a(y, x); INSERT INTO a VALUES (1, 2)", "CREATE VIEW v AS SELECT * FROM a",
            "CREATE TABLE c AS SELECT * FROM a; INSERT INTO c SELECT * FROM c",
            "DROP TABLE a; DROP VIEW v; DROP TABLE b; DROP TABLE c",
        ] {
            try database.writeElsewhere(script)
            try await database.syncAndCompare(nil, "\(script)")
        }
        #expect(database.applier.view.snapshot.tables.isEmpty)
    }

    @Test func `a unique index that comes and goes between two syncs leaves no ghost`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, u); INSERT INTO t VALUES (1, 'a'), (2, 'b')")
        try await database.syncAndCompare()
        try database.writeElsewhere("CREATE UNIQUE INDEX i ON t(u); REPLACE INTO t VALUES (3, 'a'); DROP INDEX i")
        try await database.syncAndCompare()
        try database.writeElsewhere("CREATE UNIQUE INDEX i ON t(u); REPLACE INTO t VALUES (4, 'b')")
        try await database.syncAndCompare()
        try database.writeElsewhere("DROP INDEX i; INSERT INTO t VALUES (5, 'b'), (6, 'b')")
        try await database.syncAndCompare()
    }

    @Test func `triggers that somebody dropped are put back and the table is loaded anew`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(a); CREATE TABLE u(a); INSERT INTO t VALUES (1)")
        try await database.syncAndCompare()
        let name = try await database.writer.perform {
            try $0.firstText(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 't' AND name GLOB '*_i'")
        }
        try database.writeElsewhere("DROP TRIGGER \(quotedIdentifier(try #require(name))); INSERT INTO t VALUES (2)")
        let report = try await database.syncAndCompare()
        #expect(report.tables.map(\.name) == ["t"])
        try database.writeElsewhere("INSERT INTO t VALUES (3)")
        #expect(try await database.syncAndCompare().upsertedRowCount == 1)
    }

    @Test func `one table's error stops no other table`() async throws {
        // abs() of the least integer is an error when it is read; the schema is edited to get it past the INSERT.
        let database = try await MirroredDatabase(
            """
            CREATE TABLE good(a); CREATE TABLE bad(a, g AS (+++(a))); INSERT INTO bad VALUES (1), (-9223372036854775808);
            PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '+++', 'abs'); PRAGMA writable_schema = RESET
            """)
        let report = try await database.syncAndCompare(["good"])
        #expect(report.tables.first { $0.name == "bad" }?.error?.code == .overflow)
        #expect(database.applier.view.refused["bad"] != nil)
        try await database.write("INSERT INTO good VALUES (2)")
        try await database.syncAndCompare(["good"])
        try await database.write("DELETE FROM bad WHERE a < 0")
        try await database.syncAndCompare()
        #expect(database.applier.view.refused.isEmpty)
    }

    @Test func `pruning keeps positions growing and the newest row`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(a); CREATE TABLE u(a); INSERT INTO t VALUES (0), (1), (2)", pruneThreshold: 1)
        try await database.syncAndCompare()
        var last = ChangePosition.zero
        for round in 0..<5 {
            try await database.write("UPDATE t SET a = a + 1")
            let report = try await database.syncAndCompare()
            #expect(report.prunedCount == (round == 0 ? 2 : 3))
            #expect(report.positionAfter > last)
            last = report.positionAfter
            let count = try await database.writer.perform { try $0.firstInteger("SELECT count(*) FROM _rhei_cdc_log") }
            #expect(count == 1)
        }
    }

    @Test func `a reader that stands before the pruned part loads anew and is right`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE TABLE w(a PRIMARY KEY) WITHOUT ROWID")
        try await database.syncAndCompare()
        let late = try Applier(path: database.path, writer: nil, selection: .everything)
        #expect(try await late.sync().loadedRowCount == 0)
        try await database.write(
            "INSERT INTO t VALUES (3, 3), (2, 2), (1, 1); DELETE FROM t WHERE id = 1; INSERT INTO w VALUES ('x')")
        try await database.syncAndCompare()
        #expect(try await database.applier.prune() == 3)
        let report = try await late.sync()
        #expect(report.loadedRowCount == 3)
        #expect(late.view.snapshot.table(named: "t")?.rowCount == 2)
        try await database.write("INSERT INTO t VALUES (9, 9)")
        let next = try await late.sync()
        #expect(next.loadedRowCount == 0)
        #expect(next.upsertedRowCount == 1)
    }

    @Test func `detach leaves the database as it was, and attach starts over`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE); CREATE TABLE w(a PRIMARY KEY) WITHOUT ROWID; CREATE TRIGGER mine AFTER INSERT ON t BEGIN SELECT 1; END"
        )
        let schemaSQL = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2"
        let before = try await database.writer.perform { try $0.run(schemaSQL).rows }
        try await database.syncAndCompare()
        try await database.write("INSERT INTO t VALUES (1, 1), (2, 2)")
        let attached = try await database.syncAndCompare()
        let installer = CaptureInstaller(writer: database.writer)
        await #expect(throws: EngineError.self) { try await installer.detach(["missing"]) }
        try await installer.detach(["t"])
        #expect(try await database.writer.perform { try $0.run("SELECT name FROM _rhei_tables").rows } == [["w"]])
        try await installer.detach(["W"])
        #expect(try await database.writer.perform { try $0.run(schemaSQL).rows } == before)
        try await database.write("DELETE FROM t WHERE id = 1")
        // The applier selects everything, so it attaches again; positions go on from where they were.
        let again = try await database.syncAndCompare()
        #expect(again.positionAfter >= attached.positionAfter)
        try await database.write("UPDATE t SET u = 5")
        #expect(try await database.syncAndCompare().positionAfter > again.positionAfter)
        try await installer.detachAll()
        #expect(try await database.writer.perform { try $0.run(schemaSQL).rows } == before)
    }

    @Test func `a log that starts over under one applier is noticed`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(id INTEGER PRIMARY KEY, a)")
        try await database.write("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)")
        try await database.syncAndCompare()
        try await database.write("INSERT INTO t VALUES (4, 1), (5, 2), (6, 3)")
        try await database.syncAndCompare()
        let installer = CaptureInstaller(writer: database.writer)
        try await installer.detachAll()
        try await database.write("DELETE FROM t WHERE id = 2")
        try await installer.attach(.everything)
        try await database.write("INSERT INTO t VALUES (7, 7)")
        try await database.syncAndCompare()
    }

    @Test func `only selected tables are mirrored, and the selection may change`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE a(x); CREATE TABLE b(x); CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO b VALUES (1)",
            selection: .tables(["A", "later", "f"]))
        try await database.syncAndCompare(["a"])
        #expect(database.applier.view.refused["f"]?.code == .unsupported)
        try await database.write("CREATE TABLE Later(y); INSERT INTO Later VALUES (1); INSERT INTO b VALUES (2)")
        try await database.syncAndCompare(["Later", "a"])
        database.applier.select(.tables(["b"]))
        try await database.syncAndCompare(["b"])
        database.applier.select(.everything)
        try await database.syncAndCompare(["Later", "a", "b"])
    }

    @Test func `a snapshot holds whole transactions of several tables only`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE a(x); CREATE TABLE b(x)")
        try await database.syncAndCompare()
        let writer = database.writer
        let writing = Task {
            for round in 0..<300 {
                try await writer.transaction { connection in
                    try connection.run("INSERT INTO a VALUES (?)", [.integer(Int64(round))])
                    try connection.run("INSERT INTO b VALUES (?)", [.integer(Int64(round))])
                }
            }
        }
        var seen = 0
        while seen < 300 {
            try await database.applier.sync()
            let snapshot = database.applier.view.snapshot
            let counts = [snapshot.table(named: "a")?.rowCount ?? 0, snapshot.table(named: "b")?.rowCount ?? 0]
            #expect(counts[0] == counts[1])
            seen = counts[0]
        }
        try await writing.value
        try await database.syncAndCompare()
    }

    @Test func `a second sync at the same time is refused`() async throws {
        let database = try await MirroredDatabase("CREATE TABLE t(a)")
        let applier = database.applier
        // Holds the writer that the first sync needs for its triggers.
        let codes = await withTaskGroup(of: EngineError.Code?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do { _ = try await applier.sync() } catch { return (error as? EngineError)?.code }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.contains(nil))
        #expect(codes.allSatisfy { $0 == nil || $0 == .busy })
        try await database.syncAndCompare()
    }

    @Test func `a database without tables and without log is mirrored as nothing`() async throws {
        let database = try await MirroredDatabase("CREATE VIEW v AS SELECT 1 AS one")
        try await database.syncAndCompare([])
        #expect(try await database.writer.perform { try $0.firstInteger("SELECT count(*) FROM sqlite_schema") } == 1)
        try await database.write("CREATE TABLE t(a)")
        try await database.syncAndCompare()
    }

    @Test func `a log taken in portions gives the same state`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE TABLE w(a PRIMARY KEY) WITHOUT ROWID; INSERT INTO t VALUES (10, 0)",
            logPortion: 2)
        try await database.syncAndCompare()
        try await database.write(
            """
            INSERT INTO t VALUES (1, 1), (2, 2), (3, 3); INSERT INTO w VALUES ('a'), ('b'); UPDATE t SET a = 9 WHERE id = 1;
            DELETE FROM t WHERE id = 2; DELETE FROM w WHERE a = 'a'; INSERT INTO t VALUES (2, 'again')
            """)
        let report = try await database.syncAndCompare()
        #expect(report.changeCount == 9)
        #expect(report.loadedRowCount == 0)
        #expect(report.positionAfter.value == 9)
    }

    @Test func `a database in UTF-16, whose text has another order, is refused`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("utf16.sqlite")
        try Connection(path: path, options: ConnectionOptions(.readWriteCreate)).execute(
            "PRAGMA encoding = 'UTF-16'; CREATE TABLE t(a TEXT); INSERT INTO t VALUES ('x')")
        let applier = try Applier(path: path, writer: try Writer(path: path), selection: .everything)
        try await applier.sync()
        #expect(applier.view.snapshot.tables.isEmpty)
        #expect(applier.view.refused["t"]?.code == .unsupported)
        let pool = try ReadPool(path: path, count: 1)
        let error = await #expect(throws: EngineError.self) {
            try await pool.read { connection in
                _ = try TransientLoader(connection).load([.init(try SchemaReader(connection).read().tables[0])])
            }
        }
        #expect(error?.code == .unsupported)
    }

    @Test func `a transient load leaves the file byte for byte and takes the wanted columns`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("foreign.sqlite")
        try Connection(path: path, options: ConnectionOptions(.readWriteCreate)).execute(
            """
            CREATE TABLE t(a, b TEXT, rowid, oid, _rowid_); INSERT INTO t VALUES (1, 'x', 1, 2, 3), (x'00', 'y', 1, 2, 3);
            CREATE TABLE w(k PRIMARY KEY) WITHOUT ROWID; INSERT INTO w VALUES (1), ('1'); CREATE TABLE e(a)
            """)
        let sum = try Subprocess.run("sha256sum", [path]).standardOutput
        let pool = try ReadPool(path: path, count: 1)
        let snapshot = try await pool.read { connection in
            let schema = try SchemaReader(connection).read()
            let requests = schema.tables.map { TransientLoader.Request($0, columns: $0.name == "t" ? [1] : nil) }
            let empty = TransientLoader.Request(schema.tables[1], columns: [])
            #expect(try TransientLoader(connection).load([empty]).tables[0].rowCount == 2)
            return try TransientLoader(connection).load(requests)
        }
        await pool.shutdown()
        #expect(snapshot.tables.map(\.rowCount) == [0, 2, 2])
        #expect(try RenderedRows.mirror(try #require(snapshot.table(named: "t"))) == ["T78", "T79"])
        #expect(try RenderedRows.mirror(try #require(snapshot.table(named: "w"))) == ["I1", "T31"])
        #expect(try Subprocess.run("sha256sum", [path]).standardOutput == sum)
    }
}
