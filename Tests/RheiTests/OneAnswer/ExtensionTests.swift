import Rhei
import RheiTestSupport
import Testing

/// What SQLite lacks gives the rows of what SQLite knows and what means the same.
@Suite struct ExtensionTests {
    fileprivate func compare(_ text: String, _ execution: CorpusTests.Execution) async throws {
        let queries = Corpus.lines(text)
        #expect(queries.count.isMultiple(of: 2))
        try await withEngine { config in
            config.vectorSize = execution.vectorSize
            config.threadCount = execution.threadCount
            config.optimizes = execution.optimizes
        } _: { engine in
            for statement in Corpus.lines(Corpus.schema) { try await engine.execute(statement) }
            try await engine.registerAll()
            try await engine.syncNow()
            for index in stride(from: 0, to: queries.count - 1, by: 2) {
                let actual = await engine.answer(queries[index], .forceOlap).unordered.withoutNames
                let expected = await engine.answer(queries[index + 1], .forceOltp).unordered.withoutNames
                #expect(actual == expected, "\(queries[index])")
                if case .refusal = expected { Issue.record("SQLite refuses: \(queries[index + 1])") }
            }
        }
    }

    @Test(arguments: CorpusTests.executions)
    func `grouping sets, QUALIFY and DISTINCT ON mean what plain SQL says longer`(
        _ execution: CorpusTests.Execution
    ) async throws {
        try await compare(Corpus.groupingExtensions, execution)
    }
}

extension ExtensionTests {
    @Test(arguments: CorpusTests.executions)
    func `aggregates that SQLite lacks give what is known of them`(_ execution: CorpusTests.Execution) async throws {
        try await compare(Corpus.analystAggregates, execution)
    }
}

extension Answer {
    /// The rows alone.
    fileprivate var withoutNames: Answer {
        guard case .rows(_, let rows) = self else { return self }
        return .rows(names: [], rows)
    }
}
