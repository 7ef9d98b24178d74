import Foundation
import Rhei
import RheiTestSupport
import Testing

/// Columnar tables in segment files: what a later engine finds, and what damage does.
@Suite struct ColumnarTableFilesTests {
    private struct Place {
        let folder: TemporaryFolder
        var database: String { folder.path("app.db") }
        var segments: String { folder.path("app.db-rhei") }
        var columnar: String { segments + "/columnar" }

        init() throws { folder = try TemporaryFolder() }

        func withEngine(
            _ change: (inout HtapConfig) -> Void = { _ in }, _ body: (HtapEngine) async throws -> Void
        ) async throws {
            var config = HtapConfig(databasePath: database)
            config.storageMode = .beside(database: database)
            change(&config)
            let engine = try await HtapEngine(config)
            try await body(engine)
            await engine.shutdown()
        }

        func files() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: columnar).filter { $0.hasSuffix(".rhs") }.sorted()
        }
    }

    private static let create = """
        CREATE TABLE kept USING columnar AS
            SELECT value AS id, 'text ' || (value % 10) AS t, value / 4.0 AS r, date '2024-01-01' AS d,
                CAST(value AS DECIMAL(10, 2)) AS n, iif(value % 3 = 0, NULL, value) AS v
            FROM generate_series(1, 300000)
        """
    private static let question = "SELECT count(*), sum(id), min(t), max(r), min(d), sum(n), count(v) FROM kept"

    @Test func `tables are there again, with their types and rows, for engines that write and that read`() async throws
    {
        let place = try Place()
        var expected: [[SQLValue]] = []
        var names: [String] = []
        try await place.withEngine { engine in
            #expect(try await engine.execute(Self.create) == 300_000)
            expected = try await engine.query(Self.question).rows()
            names = try await engine.query("SELECT * FROM kept LIMIT 1").schema.fields.map { "\($0.name) \($0.type)" }
        }
        #expect(try place.files().count == 3)
        for access in [HtapConfig.Access.readWrite, .readOnly] {
            try await place.withEngine({ $0.access = access }) { engine in
                #expect(try await engine.query(Self.question, hint: .forceOlap).rows() == expected)
                let found = try await engine.query("SELECT * FROM kept LIMIT 1").schema.fields
                #expect(found.map { "\($0.name) \($0.type)" } == names)
                #expect(try await engine.verifyFiles().isEmpty)
            }
        }
    }

    @Test func `a table that is dropped or made anew takes its files along`() async throws {
        let place = try Place()
        try await place.withEngine { engine in
            try await engine.execute("CREATE TABLE kept USING columnar AS SELECT 1 AS a")
            try await engine.execute("CREATE TABLE other USING columnar AS SELECT 2 AS a")
            try await engine.execute("CREATE OR REPLACE TABLE kept USING columnar AS SELECT 3 AS b")
            try await engine.execute("DROP TABLE other")
            #expect(try place.files().count == 1)
        }
        try await place.withEngine { engine in
            let rows = try await engine.query("SELECT b FROM kept").rows()
            #expect(rows == [[3]])
            await expectError(engine, "SELECT * FROM other", "no such table: other")
            try await engine.execute("DROP TABLE kept")
        }
        #expect(try place.files().isEmpty)
    }

    @Test func `a table whose making fails leaves no file`() async throws {
        let place = try Place()
        try await place.withEngine { engine in
            await #expect(throws: EngineError.self) {
                try await engine.execute(
                    """
                    CREATE TABLE kept USING columnar AS
                        SELECT sum(9223372036854775807) OVER (ORDER BY value) FROM generate_series(1, 400000)
                    """)
            }
            try await engine.execute("CREATE TABLE other USING columnar AS SELECT 2 AS a")
            #expect(try place.files().count == 1)
        }
    }

    @Test func `damage is named and stays until the table is dropped; other tables serve`() async throws {
        let place = try Place()
        try await place.withEngine { engine in
            try await engine.execute("CREATE TABLE kept USING columnar AS SELECT value FROM generate_series(1, 5000)")
        }
        let path = place.columnar + "/" + (try #require(place.files().first))
        let whole = try Data(contentsOf: URL(filePath: path))
        try await place.withEngine { engine in
            try await engine.execute("CREATE TABLE other USING columnar AS SELECT 7 AS a")
        }
        for position in [3, 40, whole.count - 40, whole.count - 3] {
            var bytes = whole
            bytes[position] ^= 4
            try bytes.write(to: URL(filePath: path))
            try await place.withEngine { engine in
                let error = await #expect(throws: EngineError.self) { try await engine.query("SELECT * FROM kept") }
                #expect(error?.code == .corrupt && error?.message.contains(path) == true, "byte \(position)")
                await #expect(throws: EngineError.self) {
                    try await engine.execute("CREATE TABLE kept USING columnar AS SELECT 1")
                }
                let rows = try await engine.query("SELECT a FROM other").rows()
                #expect(rows == [[7]])
                #expect(try await !engine.verifyFiles().isEmpty)
                try await engine.execute("CREATE OR REPLACE TABLE other USING columnar AS SELECT 7 AS a")
            }
        }
        try whole.write(to: URL(filePath: path))
        try await place.withEngine { engine in
            let rows = try await engine.query("SELECT count(*) FROM kept").rows()
            #expect(rows == [[5000]])
        }
        try Data().write(to: URL(filePath: path))
        try await place.withEngine { engine in
            try await engine.execute("DROP TABLE kept")
            try await engine.execute("CREATE TABLE kept USING columnar AS SELECT 1 AS a")
            let rows = try await engine.query("SELECT a FROM kept").rows()
            #expect(rows == [[1]])
        }
    }

    @Test func `only one engine at a time makes tables in a folder`() async throws {
        let place = try Place()
        try await place.withEngine { first in
            try await first.execute("CREATE TABLE kept USING columnar AS SELECT 1 AS a")
            try await place.withEngine { second in
                let rows = try await second.query("SELECT a FROM kept").rows()
                #expect(rows == [[1]])
                await expectError(
                    second, "CREATE TABLE other USING columnar AS SELECT 1",
                    "another process writes to '\(place.columnar)'")
            }
        }
    }

    @Test func `detaching leaves columnar tables, and no folder where there are none`() async throws {
        let place = try Place()
        try await place.withEngine { engine in
            try await engine.run("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
            try await engine.registerTable("t")
            try await engine.execute("CREATE TABLE kept USING columnar AS SELECT 1 AS a")
            try await engine.detach()
        }
        #expect(try place.files().count == 1)
        #expect(StorageMode.found(besideDatabase: place.database) != .inMemory)
        try await place.withEngine { engine in
            let rows = try await engine.query("SELECT a FROM kept").rows()
            #expect(rows == [[1]])
            try await engine.execute("DROP TABLE kept")
            try await engine.detach()
        }
        #expect(!FileManager.default.fileExists(atPath: place.segments))
    }

    @Test func `tables larger than the memory limit are made, read and joined within it`() async throws {
        let place = try Place()
        let limit = 8 << 20
        try await place.withEngine({
            $0.memoryLimit = limit
            $0.threadCount = 2
        }) { engine in
            try await engine.execute(
                """
                CREATE TABLE large USING columnar AS
                    SELECT value AS id, (value * 7919) % 300007 AS x, value * 1.5 AS r, value % 77 AS g,
                        'some text that is long enough, number ' || value AS t
                    FROM generate_series(1, 300000)
                """)
            let sums = "SELECT count(*), sum(id), sum(x), sum(r), max(t) FROM large"
            let first = try await engine.query(sums).rows()
            #expect(try await engine.query(sums).rows() == first)
            #expect(first[0][0] == 300_000 && first[0][1] == 45_000_150_000)
            let joined = try await engine.query(
                "SELECT count(*), sum(b.g) FROM large a JOIN large b ON b.id = a.x"
            ).rows()
            #expect(joined[0][0] != 0)
            let use = engine.memoryUse
            #expect(use.peakByteCount <= limit)
            #expect(use.columnByteCount <= limit)
        }
    }

    private func expectError(_ engine: HtapEngine, _ sql: String, _ message: String) async {
        let error = await #expect(throws: EngineError.self, "\(sql)") { _ = try await engine.query(sql) }
        #expect(error?.message == message, "\(sql)")
    }
}
