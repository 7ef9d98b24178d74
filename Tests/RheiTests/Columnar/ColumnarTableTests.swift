import Rhei
import RheiTestSupport
import Testing

@Suite struct ColumnarTableTests {
    private func withOrders(_ body: (HtapEngine) async throws -> Void) async throws {
        try await withEngine { engine in
            try await engine.run(
                """
                CREATE TABLE orders(id INTEGER PRIMARY KEY, customer TEXT, amount REAL);
                INSERT INTO orders VALUES (1, 'ann', 10.5), (2, 'bob', 20), (3, 'ann', NULL)
                """)
            try await engine.registerTable("orders")
            try await body(engine)
        }
    }

    @Test func `a columnar table holds a query's rows and joins with mirrored tables`() async throws {
        try await withOrders { engine in
            let made = try await engine.execute(
                "CREATE TABLE totals USING columnar AS SELECT customer, sum(amount) AS total FROM orders GROUP BY 1")
            #expect(made == 2)
            try await engine.execute("INSERT INTO orders VALUES (4, 'bob', 1)")
            let result = try await engine.query(
                """
                SELECT o.id, t.total FROM orders o JOIN Totals t ON t.customer = o.customer ORDER BY o.id
                """)
            #expect(result.info.target == .olap)
            #expect(try result.rows() == [[1, 10.5], [2, 20.0], [3, 10.5], [4, 20.0]])
        }
    }

    @Test func `columns of every class keep their values`() async throws {
        try await withEngine { engine in
            try await engine.run(
                """
                CREATE TABLE odd(a, b);
                INSERT INTO odd VALUES (1, x'00ff'), ('text', NULL), (2.5, x''), (NULL, 'x')
                """)
            try await engine.registerTable("odd")
            try await engine.execute("CREATE TABLE kept USING columnar AS SELECT a, b, a AS a FROM odd")
            let expected = try await engine.comparableRows("SELECT a, b, a FROM odd", hint: .forceOltp)
            #expect(try await engine.comparableRows("SELECT * FROM kept", hint: .auto) == expected)
            #expect(try await engine.query("SELECT * FROM kept").columnNames == ["a", "b", "a:1"])
        }
    }

    @Test func `a query that columns refuse is stored as SQLite answers it`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE made USING columnar AS SELECT sqlite_version() AS version")
            let version = try await engine.query("SELECT sqlite_version()").rows()
            #expect(try await engine.query("SELECT version FROM made").rows() == version)
        }
    }

    @Test func `names are taken once, whoever has them`() async throws {
        try await withOrders { engine in
            let create = "TABLE kept USING columnar AS SELECT id FROM orders"
            try await engine.execute("CREATE " + create)
            await expectError(engine, "CREATE " + create, "table 'kept' already exists")
            await expectError(engine, "CREATE TABLE Kept(a)", "table 'Kept' already exists")
            await expectError(engine, "CREATE VIEW kept AS SELECT 1", "table 'kept' already exists")
            await expectError(
                engine, "CREATE TABLE ORDERS USING columnar AS SELECT 1", "table 'ORDERS' already exists")
            #expect(try await engine.execute("CREATE TABLE IF NOT EXISTS kept USING columnar AS SELECT 1") == 0)
            #expect(try await engine.query("SELECT count(*) FROM kept").rows() == [[3]])
            try await engine.execute("CREATE OR REPLACE TABLE kept USING columnar AS SELECT 7 AS seven")
            #expect(try await engine.query("SELECT seven FROM kept").rows() == [[7]])
            try await engine.execute("DROP TABLE kept")
            await expectError(engine, "SELECT * FROM kept", "no such table: kept")
            try await engine.execute("CREATE TABLE kept(a)")
        }
    }

    @Test func `writes to a columnar table are refused by name`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE kept USING columnar AS SELECT 1 AS a")
            for write in ["INSERT INTO kept VALUES (2)", "UPDATE kept SET a = 2", "DELETE FROM kept"] {
                await expectError(engine, write, "unsupported: writes to the columnar table 'kept'")
            }
            #expect(try await engine.query("SELECT a FROM kept").rows() == [[1]])
            await expectError(
                engine, "CREATE TABLE more USING columnar AS SELECT total_changes() FROM kept",
                "unsupported: function total_changes()")
        }
    }

    @Test func `a failing query makes no table and says where`() async throws {
        try await withOrders { engine in
            let sql = "CREATE TABLE kept USING columnar AS\nSELECT absent FROM orders"
            let error = await #expect(throws: EngineError.self) { try await engine.execute(sql) }
            #expect(error?.message == "no such column: absent")
            #expect(error?.range?.lowerBound == 43)
            await expectError(engine, "SELECT * FROM kept", "no such table: kept")
        }
    }

    @Test func `an engine that only reads may keep columnar tables`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("shop.db")
        _ = try Subprocess.run("sqlite3", [path], input: "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2);")
        var config = HtapConfig(databasePath: path)
        config.access = .readOnly
        config.loadsOnDemand = true
        let engine = try await HtapEngine(config)
        try await engine.execute("CREATE TABLE doubled USING columnar AS SELECT a, a * 2 AS b FROM t")
        let rows = try await engine.query("SELECT sum(t.a), sum(b) FROM t JOIN doubled USING (a)").rows()
        #expect(rows == [[3, 6]])
        await engine.shutdown()
    }

    private func expectError(_ engine: HtapEngine, _ sql: String, _ message: String) async {
        let error = await #expect(throws: EngineError.self, "\(sql)") { _ = try await engine.query(sql) }
        #expect(error?.message == message, "\(sql)")
    }
}
