import RheiCore
import RheiSQL
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: Corpus.queries)
    func `SQLite accepts the corpus`(sql: String) {
        let oracle = SQLiteOracle()
        oracle.run(Corpus.schema)
        #expect(oracle.verdict(on: sql) == .accepted)
    }

    @Test(arguments: Corpus.queries + ExtensionCorpus.queries)
    func `a printed query parses to an equal tree`(sql: String) throws {
        guard case .select(let select) = try SQLParser.parseStatement(sql) else {
            Issue.record("not a query: \(sql)")
            return
        }
        let printed = SQLPrinter.text(of: select)
        guard case .select(let again) = try SQLParser.parseStatement(printed) else {
            Issue.record("not a query: \(printed)")
            return
        }
        let isEqual = again == select
        #expect(isEqual, "\(printed)")
        #expect(SQLPrinter.text(of: again) == printed)
    }
}
