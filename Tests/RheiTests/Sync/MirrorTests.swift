import Foundation
import Rhei
import RheiTestSupport
import Testing

@Suite struct MirrorTests {
    private let schema = "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL, n)"

    private func total(_ engine: HtapEngine, _ freshness: Freshness = .fresh) async throws -> [[SQLValue]] {
        try await engine.query("SELECT count(*), sum(id) FROM item", hint: .forceOlap, freshness: freshness).rows()
    }

    @Test func `a fresh read covers the write just made`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            try await engine.execute("INSERT INTO item(id) VALUES (1), (2)")
            try await engine.registerTable("item")
            #expect(try await total(engine) == [[2, 3]])
            try await engine.execute("INSERT INTO item(id) VALUES (3)")
            #expect(try await total(engine) == [[3, 6]])
            try await engine.execute("UPDATE item SET id = 10 WHERE id = 1")
            #expect(try await total(engine) == [[3, 15]])
            try await engine.execute("DELETE FROM item WHERE id = 10")
            #expect(try await total(engine) == [[2, 5]])
            try await engine.execute("REPLACE INTO item(id, name) VALUES (2, 'new')")
            let names = try await engine.query("SELECT name FROM item ORDER BY id", hint: .forceOlap).rows()
            #expect(names == [["new"], [.null]])
        }
    }

    @Test func `writers that sync never meet the sync of another`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            try await engine.registerTable("item")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<6 {
                    group.addTask {
                        for round in 0..<25 {
                            // More rows than a sync takes on its caller's thread, and fewer, in turns.
                            let count = round % 2 == 0 ? 80 : 5
                            try await engine.transaction { transaction in
                                for n in 0..<count {
                                    try transaction.execute(
                                        "INSERT INTO item(n) VALUES (?)", [.integer(Int64(writer * 1_000 + n))])
                                }
                            }
                            try await engine.syncNow()
                        }
                    }
                }
                try await group.waitForAll()
            }
            let count = try await engine.query("SELECT count(*) FROM item", hint: .forceOlap, freshness: .asIs).rows()
            #expect(count == [[6_600]])
        }
    }

    @Test func `a read as is shows the columns as they are and says at which position`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            try await engine.registerTable("item")
            try await engine.execute("INSERT INTO item(id) VALUES (1)")
            #expect(try await total(engine, .asIs) == [[0, .null]])
            #expect(try await total(engine, .bounded(.seconds(3_600))) == [[0, .null]])
            #expect(try await total(engine, .bounded(.zero)) == [[1, 1]])
            let position = try await engine.query("SELECT 1 FROM item", hint: .forceOlap).info.position
            #expect(position == 1)
        }
    }

    @Test func `writes of another process are seen`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            try await engine.registerTable("item")
            let result = try Subprocess.run(
                "sqlite3", [engine.config.databasePath],
                input: "INSERT INTO item(id) VALUES (7); DELETE FROM item WHERE id = 8;")
            try #require(result.status == 0, "\(result.standardError)")
            #expect(try await total(engine) == [[1, 7]])
        }
    }

    @Test func `registrations last and tables are loaded at the next opening`() async throws {
        let folder = try TemporaryFolder()
        let config = HtapConfig(databasePath: folder.path("test.db"))
        let first = try await HtapEngine(config)
        try await first.execute(schema)
        try await first.registerTable("item")
        await first.shutdown()
        let result = try Subprocess.run("sqlite3", [config.databasePath], input: "INSERT INTO item(id) VALUES (5);")
        try #require(result.status == 0, "\(result.standardError)")
        let second = try await HtapEngine(config)
        #expect(await second.registeredTables() == ["item"])
        #expect(try await total(second, .asIs) == [[1, 5]])
        await second.shutdown()
    }

    @Test func `detaching leaves the schema as it was`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            let objects = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"
            let before = try await engine.query(objects, hint: .forceOltp).rows()
            try await engine.registerTable("item")
            #expect(try await engine.query(objects, hint: .forceOltp).rows() != before)
            try await engine.detach()
            #expect(try await engine.query(objects, hint: .forceOltp).rows() == before)
            let error = await #expect(throws: EngineError.self) { try await total(engine) }
            #expect(error?.code == .notMirrored)
        }
    }

    @Test func `registering what does not exist is an error and changes nothing`() async throws {
        try await withEngine { engine in
            let error = await #expect(throws: EngineError.self) { try await engine.registerTable("ghost") }
            #expect(error?.code == .unknownName)
            #expect(await engine.registeredTables() == [])
        }
    }

    @Test func `DDL is followed`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            try await engine.registerTable("item")
            try await engine.execute("INSERT INTO item(id) VALUES (1)")
            try await engine.execute("ALTER TABLE item ADD COLUMN stock INT DEFAULT 9")
            #expect(try await engine.query("SELECT stock FROM item", hint: .forceOlap).rows() == [[9]])
            try await engine.execute("DROP TABLE item")
            let error = await #expect(throws: EngineError.self) { try await total(engine) }
            #expect(error?.code == .unknownName)
            try await engine.execute("CREATE TABLE item(id INTEGER PRIMARY KEY, other TEXT)")
            try await engine.execute("INSERT INTO item VALUES (4, 'x')")
            #expect(try await engine.query("SELECT other FROM item", hint: .forceOlap).rows() == [["x"]])
        }
    }

    @Test func `syncs at the same time apply every change once`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            try await engine.registerTable("item")
            try await engine.executeBatch(
                (1...1_000).map { BatchStatement("INSERT INTO item(id) VALUES (?)", [.integer($0)]) })
            let changes = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await engine.syncNow().upsertedRowCount } }
                return try await group.reduce(0, +)
            }
            // Tasks that share a sync report the same one, so the sum is a multiple.
            #expect(changes.isMultiple(of: 1_000) && changes > 0)
            #expect(try await total(engine, .asIs) == [[1_000, 500_500]])
        }
    }

    @Test func `a value of another class widens its column and loses nothing`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            try await engine.registerTable("item")
            try await engine.execute("INSERT INTO item(id, n) VALUES (1, 5), (2, NULL)")
            _ = try await engine.syncNow()
            try await engine.execute("INSERT INTO item(id, n) VALUES (3, 'five'), (4, 5.5), (5, x'05')")
            let sql = "SELECT id, n, typeof(n) FROM item"
            #expect(
                try await engine.comparableRows(sql, hint: .forceOlap)
                    == engine.comparableRows(sql, hint: .forceOltp))
            let status = try await engine.syncStatus()
            #expect(status.tables.first?.widenedColumns == ["n"])
        }
    }

    @Test func `status names position, lag and rows`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            try await engine.registerTable("item")
            try await engine.execute("INSERT INTO item(id) VALUES (1), (2)")
            let behind = try await engine.syncStatus()
            #expect((behind.lag, behind.position) == (2, 0))
            _ = try await engine.syncNow()
            let current = try await engine.syncStatus()
            #expect((current.lag, current.position, current.tables.map(\.rowCount)) == (0, 1, [2]))
            #expect(current.lastSuccess != nil && current.lastError == nil)
        }
    }

    @Test func `loading anew gives the same rows`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            try await engine.execute("INSERT INTO item(id) VALUES (1), (2)")
            try await engine.registerTable("item")
            #expect(try await engine.initialSync("item") == 2)
            #expect(try await engine.initialSyncAll() == 2)
            #expect(try await total(engine) == [[2, 3]])
        }
    }

    @Test func `background sync brings changes in by itself`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            try await engine.registerTable("item")
            try await engine.startSync(interval: .milliseconds(1))
            try await engine.execute("INSERT INTO item(id) VALUES (1)")
            // Waits for the state, whenever it comes; the test's own limit ends a wait in vain.
            while try await total(engine, .asIs) != [[1, 1]] { await Task.yield() }
            await engine.stopSync()
            #expect(try await !engine.syncStatus().isRunning)
        }
    }

    @Test func `tables made through an engine that is asked to are registered`() async throws {
        try await withEngine({ $0.autoRegistration = .createdTables }) { engine in
            try await engine.execute("CREATE TABLE item(id)")
            try await engine.execute("CREATE TEMP TABLE scratch(id)")
            let session = engine.session()
            _ = try await session.query("BEGIN")
            _ = try await session.query("CREATE TABLE other(id)")
            _ = try await session.query("CREATE TABLE gone(id)")
            _ = try await session.query("DROP TABLE gone")
            _ = try await session.query("COMMIT")
            #expect(await engine.registeredTables() == ["item", "other"])
        }
    }
}
