import RheiCore
import RheiSQLite
import RheiTestSupport
import Testing

@Suite struct ConnectionTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path("a database.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ script: String = "CREATE TABLE t(a); INSERT INTO t VALUES (1)") throws -> Connection {
        let connection = try Connection(path: path, options: .writer)
        try connection.execute(script)
        return connection
    }

    @Test func `a missing file is an error that names it`() {
        let error = #expect(throws: EngineError.self) {
            try Connection(path: folder.path("missing"), options: ConnectionOptions(.readOnly))
        }
        #expect(error?.code == .io)
        #expect(error?.message.contains("missing") == true)
    }

    @Test func `a file that is no database is corrupt`() throws {
        let result = try Subprocess.run("sh", ["-c", "seq 1 1000 > '\(path)'"])
        #expect(result.status == 0)
        let error = #expect(throws: EngineError.self) {
            try Connection(path: path, options: ConnectionOptions(.readOnly)).run("SELECT * FROM sqlite_schema")
        }
        #expect(error?.code == .corrupt)
    }

    @Test func `a URI is a plain file name`() throws {
        let uri = folder.path("file:x?mode=memory")
        _ = try Connection(path: uri, options: ConnectionOptions(.readWriteCreate)).execute("CREATE TABLE t(a)")
        let reader = try Connection(path: uri, options: ConnectionOptions(.readOnly))
        #expect(try reader.firstInteger("SELECT count(*) FROM t") == 0)
    }

    @Test func `the writer's options are in force`() throws {
        let connection = try write()
        #expect(try connection.firstText("PRAGMA journal_mode") == "wal")
        #expect(try connection.firstInteger("PRAGMA synchronous") == 1)
        #expect(try connection.firstInteger("PRAGMA secure_delete") == 0)
        #expect(try connection.firstInteger("PRAGMA busy_timeout") == 5_000)
        #expect(!connection.enforcesForeignKeys)
        #expect(!connection.isReadOnly)
        var options = ConnectionOptions(.readWrite)
        options.foreignKeys = true
        options.cacheKibibytes = 123
        options.mappedByteCount = 1 << 20
        let other = try Connection(path: path, options: options)
        #expect(other.enforcesForeignKeys)
        #expect(try other.firstInteger("PRAGMA cache_size") == -123)
        #expect(try other.firstInteger("PRAGMA mmap_size") == 1 << 20)
    }

    @Test func `a rollback-journal database is left in its mode by a reader and by a plain writer`() throws {
        do {
            let connection = try Connection(path: path, options: ConnectionOptions(.readWriteCreate))
            try connection.execute("CREATE TABLE t(a)")
            #expect(try connection.firstText("PRAGMA journal_mode") == "delete")
            #expect(try connection.firstInteger("PRAGMA synchronous") == 2)
        }
        let reader = try Connection(path: path, options: .reader)
        #expect(try reader.firstText("PRAGMA journal_mode") == "delete")
    }

    @Test(arguments: [
        "INSERT INTO t VALUES (1)", "CREATE TABLE u(a)", "DROP TABLE t", "ATTACH ':memory:' AS m", "DETACH main",
        "VACUUM INTO 'x'", "VACUUM", "PRAGMA user_version = 4", "PRAGMA journal_mode = DELETE", "PRAGMA query_only(0)",
        "PRAGMA writable_schema", "WITH x AS (SELECT 1) DELETE FROM t", "CREATE TEMP TABLE u(a)", "ANALYZE",
        "SELECT load_extension('x')", "PRAGMA wal_checkpoint", "ALTER TABLE t ADD COLUMN b", "UPDATE t SET a = 1",
    ])
    func `a query-only connection refuses whatever is not a query`(_ sql: String) throws {
        _ = try write()
        let reader = try Connection(path: path, options: .reader)
        let error = #expect(throws: EngineError.self) { try reader.run(sql) }
        #expect(error?.code == .readOnly)
    }

    @Test func `a query-only connection answers queries and reporting pragmas`() throws {
        _ = try write()
        let reader = try Connection(path: path, options: .reader)
        #expect(
            try reader.run("WITH RECURSIVE r(i) AS (VALUES (1) UNION SELECT i+1 FROM r WHERE i<3) SELECT max(i) FROM r")
                .rows == [[3]])
        #expect(try reader.run("SELECT upper(name) FROM pragma_table_info('t')").rows == [["A"]])
        #expect(try reader.run("PRAGMA user_version").rows == [[0]])
        try reader.execute("BEGIN; SELECT * FROM t; COMMIT")
    }

    @Test func `data version tells of other connections' commits, schema version of DDL`() throws {
        let writer = try write()
        let reader = try Connection(path: path, options: .reader)
        let data = try reader.dataVersion()
        let schema = try reader.schemaVersion()
        #expect(try reader.dataVersion() == data)
        try writer.run("INSERT INTO t VALUES (2)")
        #expect(try reader.dataVersion() != data)
        #expect(try reader.schemaVersion() == schema)
        try writer.run("CREATE INDEX i ON t(a)")
        #expect(try reader.schemaVersion() != schema)
        try writer.run("VACUUM")
        #expect(try reader.schemaVersion() > schema + 1)
    }

    @Test func `a lock held by another connection is busy and can be retried`() throws {
        let first = try write()
        var options = ConnectionOptions(.readWrite)
        options.busyTimeoutMilliseconds = 0
        let second = try Connection(path: path, options: options)
        try first.transaction { first in
            try first.run("INSERT INTO t VALUES (2)")
            let error = #expect(throws: EngineError.self) { try second.run("INSERT INTO t VALUES (3)") }
            #expect(error?.code == .busy)
            #expect(error?.isRetryable == true)
        }
        #expect(try second.run("INSERT INTO t VALUES (3)").changes == 1)
    }

    @Test func `interrupt from another thread stops a running statement`() async throws {
        let pool = try ReadPool(path: write().path, count: 1)
        let handle = try await pool.read { $0.interruptHandle }
        let done = Counter()
        // Interrupts until the statement has ended, because one that comes before its start has no effect.
        async let interrupting: Void = {
            while done.value == 0 {
                handle.interrupt()
                await Task.yield()
            }
        }()
        let endless = "WITH RECURSIVE r(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM r) SELECT count(*) FROM r"
        let error = await #expect(throws: EngineError.self) { try await pool.read { try $0.run(endless) } }
        done.increment()
        await interrupting
        #expect(error?.code == .cancelled)
        await pool.shutdown()
        handle.interrupt()
    }

    @Test func `a transaction commits on return and rolls back on error`() throws {
        let connection = try write()
        try connection.transaction { _ = try $0.run("INSERT INTO t VALUES (2)") }
        #expect(throws: EngineError.self) {
            try connection.transaction { connection in
                try connection.run("INSERT INTO t VALUES (3)")
                try connection.run("INSERT INTO missing VALUES (3)")
            }
        }
        #expect(connection.isAutocommit)
        #expect(try connection.run("SELECT a FROM t").rows == [[1], [2]])
    }

    @Test func `a scope inside a scope is undone alone`() throws {
        let connection = try write("CREATE TABLE t(a)")
        try connection.transaction { connection in
            try connection.run("INSERT INTO t VALUES (1)")
            _ = try? connection.transaction { connection in
                try connection.run("INSERT INTO t VALUES (2)")
                throw EngineError(.cancelled, "inner")
            }
            try connection.transaction { _ = try $0.run("INSERT INTO t VALUES (3)") }
        }
        #expect(try connection.run("SELECT a FROM t").rows == [[1], [3]])
    }

    @Test(arguments: [
        ["COMMIT"], ["ROLLBACK"], ["COMMIT", "INSERT INTO t VALUES (9)"], ["ROLLBACK", "INSERT INTO t VALUES (9)"],
        ["ROLLBACK", "BEGIN", "INSERT INTO t VALUES (9)"], ["ROLLBACK", "BEGIN", "COMMIT"],
        ["INSERT OR ROLLBACK INTO t VALUES (1)", "INSERT INTO t VALUES (9)"],
    ])
    func `a body that ends the transaction itself fails and nothing stays`(_ statements: [String]) throws {
        let connection = try write("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (1)")
        #expect(throws: EngineError.self) {
            try connection.transaction { connection in
                try connection.run("INSERT INTO t VALUES (2)")
                for statement in statements { _ = try? connection.run(statement) }
            }
        }
        #expect(connection.isAutocommit)
        #expect(try connection.run("SELECT a FROM t").rows == [[1]])
        try connection.transaction { _ = try $0.run("INSERT INTO t VALUES (3)") }
        #expect(try connection.run("SELECT a FROM t").rows == [[1], [3]])
    }

    @Test func `a snapshot sees one state`() throws {
        let writer = try write()
        let reader = try Connection(path: path, options: .reader)
        try reader.snapshot { reader in
            try writer.run("INSERT INTO t VALUES (2)")
            #expect(try reader.firstInteger("SELECT count(*) FROM t") == 1)
        }
        #expect(try reader.firstInteger("SELECT count(*) FROM t") == 2)
    }

    @Test func `changes and last rowid speak of the statement, not of its triggers`() throws {
        let connection = try write(
            """
            CREATE TABLE t(a); CREATE TABLE log(id INTEGER PRIMARY KEY, a);
            CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.a + 100, 1), (NEW.a + 200, 2); END
            """)
        let result = try connection.run("INSERT INTO t VALUES (1), (2)")
        #expect(result.changes == 2)
        #expect(result.lastInsertRowID == 2)
        #expect(connection.totalChanges == 6)
    }
}
