import RheiCore
import RheiSQLite
import RheiTestSupport
import Testing

@Suite struct ReadPoolTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("db") }

    init() throws {
        folder = try TemporaryFolder()
        try Connection(path: folder.path("db"), options: .writer).execute("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
    }

    @Test func `reads run side by side, one per connection`() async throws {
        let pool = try ReadPool(path: path, count: 3)
        let arrived = Counter()
        // Each read waits until all three are inside, so fewer than three threads would never end.
        let total = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    try await pool.read { connection in
                        arrived.increment()
                        while arrived.value < 3 {}
                        return try connection.firstInteger("SELECT a FROM t") ?? 0
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(total == 3)
        await pool.shutdown()
    }

    @Test func `cancelling a running read interrupts it`() async throws {
        let pool = try ReadPool(path: path, count: 1)
        let running = Counter()
        let task = Task {
            try await pool.read { connection in
                running.increment()
                // Counts without end; ends only by the interrupt, which may come between two statements.
                while true { try connection.run(Self.long) }
            }
        }
        while running.value == 0 { await Task.yield() }
        task.cancel()
        let error = await #expect(throws: EngineError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(try await pool.read { try $0.firstInteger("SELECT a FROM t") } == 1)
    }

    private static let long = "WITH RECURSIVE r(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM r) SELECT count(*) FROM r"

    @Test func `a snapshot is one state and leaves no transaction behind`() async throws {
        let pool = try ReadPool(path: path, count: 1)
        let path = path
        try await pool.snapshot { connection in
            try Connection(path: path, options: .writer).execute("INSERT INTO t VALUES (2)")
            #expect(try connection.firstInteger("SELECT count(*) FROM t") == 1)
        }
        #expect(try await pool.read { $0.isAutocommit })
        try await pool.read { try $0.execute("BEGIN; SELECT * FROM t") }
        #expect(try await pool.read { $0.isAutocommit })
        #expect(try await pool.snapshot { try $0.firstInteger("SELECT count(*) FROM t") } == 2)
    }

    @Test func `a pool that is shut down refuses reads`() async throws {
        let pool = try ReadPool(path: path, count: 2)
        await pool.shutdown()
        let error = await #expect(throws: EngineError.self) { try await pool.read { try $0.run("SELECT 1") } }
        #expect(error?.code == .closed)
    }

    @Test func `a pool cannot open a missing file`() {
        #expect(throws: EngineError.self) { try ReadPool(path: folder.path("missing"), count: 2) }
    }
}
