import Rhei
import RheiTestSupport
import Testing

/// The same SQL gives the same rows from columns as from SQLite.
@Suite struct CorpusTests {
    /// How columnar queries run; no answer may depend on it.
    struct Execution: CustomTestStringConvertible {
        var vectorSize: Int
        var threadCount: Int
        var optimizes: Bool
        var testDescription: String { "vectors of \(vectorSize), threads \(threadCount), optimizer \(optimizes)" }
    }

    static let executions = [
        Execution(vectorSize: 2_048, threadCount: 2, optimizes: true),
        Execution(vectorSize: 2_048, threadCount: 1, optimizes: false),
        Execution(vectorSize: 1, threadCount: 1, optimizes: true),
        Execution(vectorSize: 1, threadCount: 2, optimizes: false),
        Execution(vectorSize: 3, threadCount: 2, optimizes: true),
        Execution(vectorSize: 3, threadCount: 1, optimizes: false),
    ]

    func withCorpus(_ execution: Execution, _ body: (HtapEngine) async throws -> Void) async throws {
        try await withEngine { config in
            config.vectorSize = execution.vectorSize
            config.threadCount = execution.threadCount
            config.optimizes = execution.optimizes
        } _: { engine in
            for statement in Corpus.lines(Corpus.schema) { try await engine.execute(statement) }
            try await engine.registerAll()
            try await engine.syncNow()
            try await body(engine)
        }
    }

    @Test(arguments: executions)
    func `columns give SQLite's rows`(_ execution: Execution) async throws {
        try await withCorpus(execution) { engine in
            for sql in Corpus.answered {
                var expected = await engine.answer(sql, .forceOltp)
                var actual = await engine.answer(sql, .forceOlap)
                if !Corpus.isOrdered(sql) { (expected, actual) = (expected.unordered, actual.unordered) }
                #expect(actual == expected, "\(sql)")
            }
        }
    }

    /// All values of the column are texts, and its affinity that of the first part.
    @Test func `values of a recursive table that SQLite converts in a join are refused`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, c NUMERIC)")
            try await engine.execute("INSERT INTO t VALUES (40, '2024-01-31')")
            try await engine.registerTable("t")
            let parts = """
                WITH RECURSIVE part(n, x) AS (SELECT 1, c FROM t
                    UNION SELECT n + 1, substr(t.c, 3, 2) FROM part JOIN t ON 1 WHERE n < 3)
                """
            let alone = parts + " SELECT n, x, typeof(x) FROM part"
            #expect(await engine.answer(alone, .forceOlap) == engine.answer(alone, .forceOltp))
            let joined = parts + " SELECT n, x, typeof(x) FROM t LEFT JOIN part ON 1"
            guard case .refusal(.leavesStaticType, _) = await engine.answer(joined, .forceOlap) else {
                Issue.record("SQLite makes an integer of '24' here")
                return
            }
        }
    }

    @Test(arguments: executions)
    func `what cannot be answered alike is refused`(_ execution: Execution) async throws {
        try await withCorpus(execution) { engine in
            for refusal in Corpus.refusals(Corpus.refusals) {
                guard case .rows = await engine.answer(refusal.sql, .forceOltp) else {
                    Issue.record("SQLite refuses: \(refusal.sql)")
                    continue
                }
                guard case .refusal(let code, let message) = await engine.answer(refusal.sql, .forceOlap) else {
                    Issue.record("answered by now, so it belongs to the other list: \(refusal.sql)")
                    continue
                }
                #expect(refusalCodes.contains(code), "\(refusal.sql): \(message)")
                #expect(message == refusal.reason, "\(refusal.sql)")
            }
        }
    }

    @Test func `what SQLite refuses is refused`() async throws {
        try await withCorpus(Self.executions[0]) { engine in
            for mistake in Corpus.refusals(Corpus.mistakes) {
                if case .rows = await engine.answer(mistake.sql, .forceOltp) {
                    Issue.record("SQLite answers: \(mistake.sql)")
                }
                guard case .refusal(_, let message) = await engine.answer(mistake.sql, .forceOlap) else {
                    Issue.record("answered from columns: \(mistake.sql)")
                    continue
                }
                #expect(message == mistake.reason, "\(mistake.sql)")
            }
        }
    }

    @Test func `automatic routing answers whatever SQLite answers`() async throws {
        try await withCorpus(Self.executions[0]) { engine in
            for sql in Corpus.answered + Corpus.refusals(Corpus.refusals).map(\.sql) {
                let expected = await engine.answer(sql, .forceOltp).unordered
                #expect(await engine.answer(sql, .auto).unordered == expected, "\(sql)")
            }
        }
    }
}
