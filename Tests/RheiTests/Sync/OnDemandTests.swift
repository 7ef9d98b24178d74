import Foundation
import Rhei
import RheiTestSupport
import Testing

@Suite struct OnDemandTests {
    /// A database that no engine has touched.
    private func makeDatabase(_ folder: TemporaryFolder, _ script: String) throws -> String {
        let path = folder.path("foreign.db")
        let result = try Subprocess.run("sqlite3", [path], input: script)
        try #require(result.status == 0, "\(result.standardError)")
        return path
    }

    private func open(_ path: String) async throws -> HtapEngine {
        var config = HtapConfig(databasePath: path)
        config.access = .readOnly
        config.loadsOnDemand = true
        return try await HtapEngine(config)
    }

    @Test func `a foreign file is answered from columns and stays byte for byte`() async throws {
        let folder = try TemporaryFolder()
        let path = try makeDatabase(
            folder, "CREATE TABLE t(a INTEGER PRIMARY KEY, b, c); INSERT INTO t VALUES (1, 'x', 2), (2, 'y', 3.5);")
        let before = try Data(contentsOf: URL(filePath: path))
        let engine = try await open(path)
        let result = try await engine.query("SELECT b, sum(c) FROM t GROUP BY b ORDER BY b", hint: .forceOlap)
        #expect(try result.rows() == [["x", 2], ["y", 3.5]])
        #expect(result.info.target == .olap)
        await engine.shutdown()
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["foreign.db"])
    }

    @Test func `columns that a later query names are read then`() async throws {
        let folder = try TemporaryFolder()
        let path = try makeDatabase(folder, "CREATE TABLE t(a, b, c); INSERT INTO t VALUES (1, 2, 3);")
        let engine = try await open(path)
        for (sql, expected) in [
            ("SELECT a FROM t", [[1]]), ("SELECT count(*) FROM t", [[1]]), ("SELECT b, a FROM t", [[2, 1]]),
            ("SELECT * FROM t", [[1, 2, 3]]), ("SELECT \"C\" FROM t", [[3]]),
        ] as [(String, [[SQLValue]])] {
            #expect(try await engine.query(sql, hint: .forceOlap).rows() == expected, "\(sql)")
        }
        await engine.shutdown()
    }

    @Test func `a change of the file by another process is seen by the next query`() async throws {
        let folder = try TemporaryFolder()
        let path = try makeDatabase(folder, "CREATE TABLE t(a); INSERT INTO t VALUES (1);")
        let engine = try await open(path)
        #expect(try await engine.query("SELECT sum(a) FROM t", hint: .forceOlap).rows() == [[1]])
        _ = try makeDatabase(folder, "INSERT INTO t VALUES (41); CREATE TABLE u(b);")
        #expect(try await engine.query("SELECT sum(a) FROM t", hint: .forceOlap).rows() == [[42]])
        #expect(try await engine.query("SELECT count(*) FROM u", hint: .forceOlap).rows() == [[0]])
        await engine.shutdown()
    }

    @Test func `views read the columns of their tables`() async throws {
        let folder = try TemporaryFolder()
        let path = try makeDatabase(
            folder,
            """
            CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 2), (1, 3);
            CREATE VIEW v(x, y) AS SELECT a, sum(b) FROM t GROUP BY a; CREATE VIEW w AS SELECT * FROM v;
            """)
        let engine = try await open(path)
        #expect(try await engine.query("SELECT y FROM w WHERE x = 1", hint: .forceOlap).rows() == [[5]])
        await engine.shutdown()
    }

    @Test func `the other names of an INTEGER PRIMARY KEY read it`() async throws {
        let folder = try TemporaryFolder()
        let path = try makeDatabase(folder, "CREATE TABLE t(id INTEGER PRIMARY KEY, b); INSERT INTO t VALUES (7, 1);")
        let engine = try await open(path)
        #expect(try await engine.query("SELECT rowid FROM t", hint: .forceOlap).rows() == [[7]])
        await engine.shutdown()
    }

    @Test func `an unknown table is reported with its place and the nearest name`() async throws {
        let folder = try TemporaryFolder()
        let path = try makeDatabase(folder, "CREATE TABLE track(a);")
        let engine = try await open(path)
        let error = await #expect(throws: EngineError.self) { try await engine.query("SELECT a FROM trak") }
        #expect(error?.code == .unknownName)
        #expect(error?.range == SourceRange(14, 18))
        #expect(error?.hint?.contains("track") == true)
        await engine.shutdown()
    }

    @Test func `an engine that writes reads what nobody registered on demand, beside what is mirrored`() async throws {
        try await withEngine({ $0.loadsOnDemand = true }) { engine in
            try await engine.run("CREATE TABLE a(x); CREATE TABLE b(y)")
            try await engine.run("INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (2), (3)")
            let join = "SELECT count(*) FROM a JOIN b ON x = y"
            #expect(try await engine.query(join, hint: .forceOlap).rows() == [[1]])
            try await engine.registerTable("a")
            try await engine.execute("INSERT INTO b VALUES (1)")
            #expect(try await engine.query(join, hint: .forceOlap).rows() == [[2]])
        }
    }

    @Test func `without loading on demand a table that is not registered is named`() async throws {
        try await withEngine { engine in
            try await engine.run("CREATE TABLE a(x)")
            let error = await #expect(throws: EngineError.self) {
                try await engine.query("SELECT * FROM a", hint: .forceOlap)
            }
            #expect(error?.code == .notMirrored)
            #expect(try await engine.query("SELECT count(*) FROM a").info.target == .oltp)
        }
    }
}
