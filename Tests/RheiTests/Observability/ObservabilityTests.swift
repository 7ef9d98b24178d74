import Rhei
import RheiTestSupport
import Testing

@Suite struct ObservabilityTests {
    private let metrics = CapturedMetrics()
    private let log = CapturedLog()

    private func withObservedEngine(
        _ configure: (inout HtapConfig) -> Void = { _ in }, _ body: (HtapEngine) async throws -> Void
    ) async throws {
        try await withEngine({ config in
            config.metricsFactory = metrics
            config.logger = log.logger
            configure(&config)
        }) { engine in
            try await engine.execute("CREATE TABLE item(id INTEGER PRIMARY KEY, n INTEGER)")
            try await engine.registerTable("item")
            try await body(engine)
        }
    }

    @Test func `rows are counted by what happened to them`() async throws {
        try await withObservedEngine { engine in
            try await engine.execute("INSERT INTO item VALUES (1, 1), (2, 2), (3, 3)")
            try await engine.syncNow()
            try await engine.executeBatch([
                BatchStatement("UPDATE item SET n = 0 WHERE id < 3"), BatchStatement("DELETE FROM item WHERE id = 3"),
                BatchStatement("INSERT INTO item VALUES (4, 4)"),
            ])
            try await engine.syncNow()
            try await engine.syncNow()
            #expect(metrics.sum("rhei.sync.rows_inserted") == 4)
            #expect(metrics.sum("rhei.sync.rows_updated") == 2)
            #expect(metrics.sum("rhei.sync.rows_deleted") == 1)
            #expect(metrics.sum("rhei.sync.events_processed") == 7)
            #expect(metrics.sum("rhei.sync.skipped") >= 1)
            #expect(metrics.all("rhei.sync.freshness").count == 3)
            #expect(metrics.all("rhei.sync.duration").count >= 2)
            #expect(metrics.all("rhei.sync.duration").allSatisfy { $0 > 0 })
            #expect(metrics.all("rhei.write.duration").count == 3)
            #expect(try await engine.initialSync("item") == 3)
            #expect(metrics.sum("rhei.sync.rows_loaded") == 3)
            #expect(metrics.sum("rhei.sync.tables_reloaded") == 1)
        }
        #expect(metrics.givenBackCount == metrics.madeCount)
    }

    @Test func `queries are counted by the engine that answered, whoever chose it`() async throws {
        try await withObservedEngine { engine in
            _ = try await engine.query("SELECT count(*) FROM item", hint: .forceOlap)
            _ = try await engine.query("SELECT sum(n) FROM item")
            _ = try await engine.query("SELECT * FROM item WHERE id = 1", hint: .forceOltp)
            await #expect(throws: EngineError.self) { try await engine.query("SELECT nothing FROM item") }
            #expect(metrics.sum("rhei.query.routed_olap") == 2)
            #expect(metrics.sum("rhei.query.routed_oltp") == 1)
            #expect(metrics.all("rhei.query.duration[engine=olap]").count == 2)
            #expect(metrics.all("rhei.query.duration[engine=oltp]").count == 1)
            #expect(metrics.sum("rhei.query.errors") == 1)
        }
    }

    @Test func `loads, widened columns, quarantined values and refused tables are told of once`() async throws {
        try await withObservedEngine { engine in
            #expect(log.take() == ["debug: table loaded rows=0 table=item"])
            try await engine.execute("INSERT INTO item VALUES (1, 1)")
            try await engine.syncNow()
            #expect(log.take() == [])
            try await engine.execute("INSERT INTO item VALUES (2, 'two')")
            try await engine.syncNow()
            #expect(log.take() == ["notice: column widened to values of any type column=n from=int64 table=item"])
            #expect(metrics.sum("rhei.sync.columns_widened") == 1)
            #expect(try await engine.initialSync("item") == 2)
            #expect(log.take() == ["notice: table loaded anew rows=2 table=item"])

            try await engine.execute("CREATE TABLE day(id INTEGER PRIMARY KEY, d TEXT)")
            try await engine.registerTable("day", schema: TableSchema(["d": .date32]))
            try await engine.execute("INSERT INTO day VALUES (1, '2026-01-31'), (2, 'soon')")
            _ = log.take()
            try await engine.syncNow()
            try await engine.syncNow()
            #expect(
                log.take() == ["warning: values do not convert to the type of their column column=d table=day values=1"]
            )
            #expect(metrics.sum("rhei.sync.values_quarantined") == 1)
            #expect(try await engine.syncStatus().tables.first { $0.name == "day" }?.quarantinedValues == ["d": 1])
        }
    }

    @Test func `status says how far each table is`() async throws {
        try await withObservedEngine { engine in
            try await engine.execute("CREATE TABLE other(id INTEGER PRIMARY KEY)")
            try await engine.registerTable("other")
            try await engine.execute("INSERT INTO item VALUES (1, 1)")
            try await engine.syncNow()
            var status = try await engine.syncStatus()
            #expect(status.lag == 0 && status.age == .zero && status.tables.map(\.lag) == [0, 0])
            #expect(status.tables.allSatisfy { $0.position == status.position && $0.lastSuccess == status.lastSuccess })
            try await engine.executeBatch([
                BatchStatement("INSERT INTO item VALUES (2, 2), (3, 3)"),
                BatchStatement("DELETE FROM item WHERE id = 1"),
                BatchStatement("INSERT INTO other VALUES (1)"),
            ])
            status = try await engine.syncStatus()
            #expect(status.lag == 4)
            #expect(status.tables.map(\.name) == ["item", "other"])
            #expect(status.tables.map(\.lag) == [3, 1])
            #expect(status.tables.allSatisfy { $0.age.map { $0 > .zero } == true })
            #expect(status.logRowCount >= 3)
            #expect(metrics.all("rhei.sync.cdc_lag").last == 4)
            #expect(status.lastError == nil)
        }
    }

    @Test func `a writer with too many changes before it waits for columns`() async throws {
        try await withObservedEngine({ $0.backlogLimit = 10 }) { engine in
            let insert =
                "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20) INSERT INTO item SELECT i + ?, 0 FROM n"
            try await engine.execute(insert, [0])
            for round in 1...5 { try await engine.execute(insert, [.integer(Int64(round) * 100)]) }
            // The last one, the one before, and one that a running sync has taken over.
            #expect(try await engine.syncStatus().lag <= 60)
            let count = try await engine.query("SELECT count(*) FROM item", hint: .forceOlap).rows()
            #expect(count == [[120]])
        }
    }

    @Test func `a writer with too many changes before it is refused where that is asked for`() async throws {
        try await withObservedEngine({
            $0.backlogLimit = 10
            $0.backlogPolicy = .fail
        }) { engine in
            // A sync that runs when half of the limit is passed finds this table's database in use by nobody, so it may
            // be faster than the next write; the writes go on until one is refused, or each found columns up to date.
            var refusals = 0
            for round in 0..<50 {
                do {
                    try await engine.transaction { transaction in
                        for id in 0..<20 {
                            try transaction.execute(
                                "INSERT INTO item VALUES (?, 0)", [.integer(Int64(round * 20 + id))])
                        }
                    }
                } catch let error as EngineError where error.code == .busy {
                    refusals += 1
                }
            }
            #expect(metrics.sum("rhei.write.held_back") == Int64(refusals))
            try await engine.syncNow()
            let sum = try await engine.query("SELECT count(*) FROM item", hint: .forceOlap).rows()
            let written = Int64((50 - refusals) * 20)
            let expected: [[SQLValue]] = [[.integer(written)]]
            #expect(sum == expected)
        }
    }

    @Test func `background sync follows commits of this engine and of others`() async throws {
        try await withObservedEngine({ $0.followsCommits = true }) { engine in
            func waitForColumns(_ count: Int64) async throws {
                let answer: [[SQLValue]] = [[.integer(count)]]
                while try await engine.query(
                    "SELECT count(*) FROM item", hint: .forceOlap, freshness: .asIs
                ).rows() != answer { await Task.yield() }
            }
            #expect(try await engine.syncStatus().isRunning)
            try await engine.execute("INSERT INTO item VALUES (1, 1)")
            try await waitForColumns(1)
            let result = try Subprocess.run(
                "sqlite3", [engine.config.databasePath], input: "INSERT INTO item VALUES (2, 2);")
            try #require(result.status == 0, "\(result.standardError)")
            try await waitForColumns(2)
            await engine.stopSync()
            #expect(try await engine.syncStatus().isRunning == false)
        }
    }
}
