import RheiCore
import RheiSQLite
import RheiTestSupport
import Testing

@Suite struct WriterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func makeWriter(_ script: String, foreignKeys: Bool = false) async throws -> Writer {
        var options = ConnectionOptions.writer
        options.foreignKeys = foreignKeys
        let writer = try Writer(path: folder.path("db"), options: options)
        try await writer.perform { try $0.execute(script) }
        return writer
    }

    /// Holds the writer's thread, queues `statements` in order behind it, lets go, and returns what became of each.
    private func runAsGroup(_ statements: [String], on writer: Writer) async throws -> [Result<
        WriteResult, EngineError
    >] {
        let gate = Counter()
        let held = Counter()
        async let holding: Void = writer.perform { _ in
            held.increment()
            while gate.value == 0 {}
        }
        while held.value == 0 { await Task.yield() }
        var tasks: [Task<Result<WriteResult, EngineError>, Never>] = []
        for (index, sql) in statements.enumerated() {
            tasks.append(
                Task {
                    do { return .success(try await writer.execute(sql)) } catch {
                        return .failure(error as? EngineError ?? EngineError(.invariant, "\(error)"))
                    }
                })
            while writer.waitingCount < index + 1 { await Task.yield() }
        }
        gate.increment()
        try await holding
        var results: [Result<WriteResult, EngineError>] = []
        for task in tasks { results.append(await task.value) }
        return results
    }

    private func codes(_ results: [Result<WriteResult, EngineError>]) -> [EngineError.Code?] {
        results.map { result in
            if case .failure(let error) = result { return error.code }
            return nil
        }
    }

    private func values(_ writer: Writer, _ sql: String = "SELECT a FROM t ORDER BY a") async throws -> [[SQLValue]] {
        try await writer.perform { try $0.run(sql).rows }
    }

    @Test func `statements that wait together share one commit`() async throws {
        let writer = try await makeWriter("CREATE TABLE t(a)")
        _ = try await writer.perform { try $0.run("PRAGMA wal_checkpoint(TRUNCATE)") }
        let results = try await runAsGroup((1...20).map { "INSERT INTO t VALUES (\($0))" }, on: writer)
        #expect(results.allSatisfy { if case .success(let result) = $0 { result.changes == 1 } else { false } })
        #expect(results.compactMap { try? $0.get().lastInsertRowID } == Array(1...20))
        #expect(try await values(writer).count == 20)
        // Each commit would have written the table's page to the log once more.
        #expect(try await writer.perform { try $0.run("PRAGMA wal_checkpoint(PASSIVE)").rows[0][1] } == 1)
        await writer.shutdown()
    }

    private static let keyed = """
        CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 10), (2, 20), (3, 30);
        CREATE TABLE u(k TEXT PRIMARY KEY, a); INSERT INTO u VALUES ('x', 1);
        """

    @Test(arguments: [
        "UPDATE t SET a = 11 WHERE id = 1", "update t set a = ?1 where rowid = ?1",
        "DELETE FROM t WHERE id = 1 AND a = 10",
        "UPDATE t SET id = 9 WHERE id IN (1)", "INSERT INTO t(a) VALUES (1)",
    ])
    func `a caller changes rows itself that it names by rowid`(_ sql: String) async throws {
        let writer = try await makeWriter(Self.keyed)
        var result: WriteResult?
        // The thread lets go of the connection a moment after it has answered.
        for _ in 0..<20_000 where result == nil {
            result = try writer.executeHere(sql, sql.contains("?1") ? [1] : [])
            await Task.yield()
        }
        #expect(result?.changes == 1)
        await writer.shutdown()
    }

    @Test(arguments: [
        "UPDATE t SET a = 11", "UPDATE t SET a = 11 WHERE id > 1", "DELETE FROM t WHERE a = 10",
        "UPDATE missing SET a = 1",
        "UPDATE t SET a = (SELECT max(a) FROM t) WHERE id = 1", "DELETE FROM t WHERE id IN (SELECT a FROM u)",
        "UPDATE u SET a = 2 WHERE k = 'x'", "UPDATE t SET a = 1 WHERE id = 1 OR a = 20", "DROP TABLE t",
    ])
    func `other changes wait their turn`(_ sql: String) async throws {
        let writer = try await makeWriter(Self.keyed)
        for _ in 0..<100 {
            #expect(try writer.executeHere(sql, []) == nil)
            await Task.yield()
        }
        #expect(try await values(writer) == [[10], [20], [30]])
        await writer.shutdown()
    }

    @Test func `where foreign keys are enforced no caller changes rows itself`() async throws {
        let writer = try await makeWriter(Self.keyed, foreignKeys: true)
        for _ in 0..<100 {
            #expect(try writer.executeHere("DELETE FROM t WHERE id = 1", []) == nil)
            await Task.yield()
        }
        #expect(try await writer.execute("DELETE FROM t WHERE id = 1").changes == 1)
        await writer.shutdown()
    }

    @Test func `a failing statement of a group fails alone`() async throws {
        let writer = try await makeWriter("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (2)")
        let results = try await runAsGroup(
            [
                "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (10), (2)", "INSERT INTO missing VALUES (1)",
                "INSERT INTO t VALUES (3)",
            ], on: writer)
        #expect(codes(results) == [nil, .constraint, .unknownName, nil])
        #expect(try await values(writer) == [[1], [2], [3]])
    }

    @Test func `a statement that rolls back the transaction takes no other with it`() async throws {
        let writer = try await makeWriter("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (2)")
        let results = try await runAsGroup(
            ["INSERT INTO t VALUES (1)", "INSERT OR ROLLBACK INTO t VALUES (2)", "INSERT INTO t VALUES (3)"], on: writer
        )
        #expect(codes(results) == [nil, .constraint, nil])
        #expect(try await values(writer) == [[1], [2], [3]])
    }

    @Test func `OR FAIL keeps the rows before the failing one, as it does alone`() async throws {
        let writer = try await makeWriter("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (2)", foreignKeys: true)
        let results = try await runAsGroup(
            ["INSERT INTO t VALUES (1)", "INSERT OR FAIL INTO t VALUES (5), (2), (6)", "INSERT INTO t VALUES (3)"],
            on: writer)
        #expect(codes(results) == [nil, .constraint, nil])
        #expect(try await values(writer) == [[1], [2], [3], [5]])
    }

    @Test func `a deferred foreign key fails its own statement only`() async throws {
        let writer = try await makeWriter(
            """
            CREATE TABLE p(id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1);
            CREATE TABLE t(a REFERENCES p DEFERRABLE INITIALLY DEFERRED)
            """, foreignKeys: true)
        let results = try await runAsGroup(
            ["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (77)", "INSERT INTO t VALUES (NULL)"], on: writer)
        #expect(codes(results) == [nil, .constraint, nil])
        #expect(try await values(writer) == [[nil], [1]])
    }

    @Test func `a transaction left open is rolled back and reported`() async throws {
        let writer = try await makeWriter("CREATE TABLE t(a)")
        let error = await #expect(throws: EngineError.self) {
            try await writer.perform { try $0.execute("BEGIN; INSERT INTO t VALUES (1)") }
        }
        #expect(error?.code == .invalidArgument)
        await #expect(throws: EngineError.self) { try await writer.execute("BEGIN") }
        #expect(try await values(writer).isEmpty)
    }

    @Test func `transactions of many tasks do not mix`() async throws {
        let writer = try await makeWriter("CREATE TABLE t(a); INSERT INTO t VALUES (0)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await writer.transaction { connection in
                        let value = try connection.firstInteger("SELECT a FROM t") ?? -1
                        try connection.run("UPDATE t SET a = ?", [.integer(value + 1)])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await values(writer) == [[50]])
    }

    @Test func `a task cancelled while it waits is resumed and its work never runs`() async throws {
        let writer = try await makeWriter("CREATE TABLE t(a)")
        let gate = Counter()
        let held = Counter()
        async let holding: Void = writer.perform { _ in
            held.increment()
            while gate.value == 0 {}
        }
        while held.value == 0 { await Task.yield() }
        let waiting = Task { try await writer.execute("INSERT INTO t VALUES (1)") }
        let body = Task { try await writer.perform { try $0.run("INSERT INTO t VALUES (2)") } }
        waiting.cancel()
        body.cancel()
        // Both end although the writer's thread is still held.
        for task in [waiting, body] {
            let error = await #expect(throws: EngineError.self) { try await task.value }
            #expect(error?.code == .cancelled)
        }
        gate.increment()
        try await holding
        #expect(try await values(writer).isEmpty)
    }

    @Test func `shutdown finishes what is queued and refuses what comes later`() async throws {
        let writer = try await makeWriter("CREATE TABLE t(a)")
        let results = try await runAsGroup((0..<10).map { "INSERT INTO t VALUES (\($0))" }, on: writer)
        await writer.shutdown()
        await writer.shutdown()
        #expect(results.count == 10)
        for attempt in 0..<2 {
            let error = await #expect(throws: EngineError.self) {
                _ =
                    attempt == 0
                    ? try await writer.execute("INSERT INTO t VALUES (1)")
                    : try await writer.perform { try $0.run("SELECT 1") }
            }
            #expect(error?.code == .closed)
        }
        let reader = try Connection(path: writer.path, options: .reader)
        #expect(try reader.firstInteger("SELECT count(*) FROM t") == 10)
    }
}

extension WriterTests {
    @Test func `an insert waits its turn while another connection writes`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("db")
        var options = ConnectionOptions.writer
        options.busyTimeoutMilliseconds = 600_000
        let writer = try Writer(path: path, options: options)
        _ = try await writer.execute("CREATE TABLE t(a)")
        let other = try Connection(path: path, options: ConnectionOptions(.readWrite))
        try other.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)")
        let insert = Task { try await writer.execute("INSERT INTO t VALUES (2)") }
        for _ in 0..<100 { await Task.yield() }
        try other.execute("COMMIT")
        #expect(try await insert.value.changes == 1)
        #expect(try await writer.execute("INSERT INTO t VALUES (3)").lastInsertRowID == 3)
        #expect(try other.run("SELECT a FROM t ORDER BY rowid").rows == [[1], [2], [3]])
        await writer.shutdown()
        await #expect(throws: EngineError.self) { try await writer.execute("INSERT INTO t VALUES (4)") }
    }

    @Test func `inserts of many tasks all arrive, each with its own result`() async throws {
        let folder = try TemporaryFolder()
        let writer = try Writer(path: folder.path("db"))
        _ = try await writer.execute("CREATE TABLE t(a UNIQUE)")
        let failures = await withTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var failures = 0
                    for number in 0..<100 {
                        let value = number % 10 == 9 ? number : task * 1_000 + number
                        let result = try? await writer.execute("INSERT INTO t VALUES (?)", [.integer(Int64(value))])
                        failures += result?.changes == 1 ? 0 : 1
                    }
                    return failures
                }
            }
            return await group.reduce(0, +)
        }
        // Of the ten values that all tasks insert, one succeeds each.
        #expect(failures == 70)
        #expect(try await writer.perform { try $0.firstInteger("SELECT count(*) FROM t") } == 730)
        await writer.shutdown()
    }
}
