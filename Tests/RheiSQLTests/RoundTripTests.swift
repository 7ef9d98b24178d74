import RheiTestSupport
import RheiCore
import RheiSQL
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: Corpus.queries + ExtensionCorpus.queries)
    func `a printed query parses to an equal tree`(sql: String) throws {
        let select = try parseSelect(sql)
        let printed = SQLPrinter.text(of: select)
        let again = try parseSelect(printed)
        let isEqual = again == select
        #expect(isEqual, "\(printed)")
        #expect(SQLPrinter.text(of: again) == printed)
    }

    @Test(arguments: Corpus.queries)
    func `SQLite accepts what is printed`(sql: String) throws {
        let oracle = SQLiteOracle(schema: Corpus.schema)
        let printed = SQLPrinter.text(of: try parseSelect(sql))
        #expect(oracle.verdict(on: printed) == .accepted(end: printed.utf8.count))
    }

    @Test func `equality ignores ranges and nothing else`() throws {
        #expect(try parseSelect("SELECT a, 1") == parseSelect("  select\n a ,/**/ 1 ;"))
        #expect(try parseSelect("SELECT a") != parseSelect("SELECT A"))
        #expect(try parseSelect("SELECT a") != parseSelect("SELECT \"a\""))
        #expect(try parseSelect("SELECT 1") != parseSelect("SELECT 1.0"))
        #expect(try parseSelect("SELECT DISTINCT 1") != parseSelect("SELECT 1"))
    }

    @Test(arguments: [
        ("a != b", "a <> b"), ("a == b", "a = b"), ("a ISNULL", "a IS NULL"), ("a NOT NULL", "a IS NOT NULL"),
        ("a NOTNULL", "a IS NOT NULL"), ("a IS NOT DISTINCT FROM b", "a IS b"), ("a IS DISTINCT FROM b", "a IS NOT b"),
        ("((a)) + (b * c)", "a + b * c"), ("(a + b) * c", "(a + b) * c"), ("a - (b - c)", "a - (b - c)"),
        ("(a - b) - c", "a - b - c"), ("- - a", "- -a"), ("-(-a)", "- -a"),
        ("- 9223372036854775808", "-9223372036854775808"),
        ("-(9223372036854775807)", "-9223372036854775807"), ("0xFFFFFFFFFFFFFFFF", "0xffffffffffffffff"),
        ("not (a = b)", "NOT a = b"), ("(not a) = b", "(NOT a) = b"), ("a = (not b)", "a = (NOT b)"),
        ("(a collate nocase) || b", "a COLLATE nocase || b"), ("(a || b) collate nocase", "(a || b) COLLATE nocase"),
        ("-(a collate x)", "-(a COLLATE x)"), ("-a collate x", "-a COLLATE x"), ("x'AB'", "x'ab'"),
        ("a::text", "CAST(a AS text)"), ("1e20", "1e+20"), ("1e400", "9e999"), ("count( * )", "count(*)"),
        ("a in ((select 1))", "a IN ((SELECT 1))"), ("a between (b and c) and d", "a BETWEEN (b AND c) AND d"),
        ("a is (not b)", "a IS (NOT b)"), ("a is not (not b)", "a IS NOT (NOT b)"),
    ])
    func `expressions print canonically with the parentheses they need`(sql: String, expected: String) throws {
        #expect(SQLPrinter.text(of: try SQLParser.parseExpression(sql)) == expected)
    }

    @Test func `doubles print as digits that parse to the same bits`() throws {
        let seed: UInt64 = 20_240_229
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next()).magnitude
            guard value.isFinite, value > 1e-290 else { continue }
            let printed = SQLPrinter.text(of: SyntaxExpression(.literal(.real(value)), range: SourceRange(0, 0)))
            #expect(try SQLParser.parseExpression(printed).kind == .literal(.real(value)), "seed \(seed): \(printed)")
        }
    }
}
