import Foundation
import RheiCore
import RheiSQL
import Testing

/// What people see when a text does not parse, and that no text overflows the stack.
@Suite struct SyntaxErrorTests {
    @Test(
        arguments: [
            ("SELECT a FORM t", "syntax error near \"FORM\"", "FORM", "did you mean FROM?"),
            ("SELECT * FROM t WERE a = 1", "syntax error near \"WERE\"", "WERE", "did you mean WHERE?"),
            ("SELEC 1", "syntax error near \"SELEC\"", "SELEC", "did you mean SELECT?"),
            ("SELECT * FROM a LEFT JION b", "syntax error near \"JION\"", "JION", "did you mean JOIN?"),
            ("SELECT a FROM t ODER BY a", "syntax error near \"ODER\"", "ODER", "did you mean ORDER?"),
            ("SELECT 1 +", "the statement ends where an expression is expected", "", nil),
            ("SELECT (1;", "syntax error near \";\": expected \")\"", ";", nil),
            (
                "SELECT 1 FROM group", "syntax error near \"group\": expected a table name or \"(\"", "group",
                "GROUP is a keyword; write \"group\" to use it as a name"
            ),
            (
                "SELECT order FROM t", "syntax error near \"order\": expected an expression", "order",
                "ORDER is a keyword; write \"order\" to use it as a name"
            ),
            ("SELECT 'abc", "the string is not closed", "'abc", nil),
            ("SELECT [abc", "the quoted name is not closed", "[abc", nil),
            ("SELECT 12ab", "malformed number \"12ab\"", "12ab", nil),
            ("SELECT a ! b", "unrecognized character \"!\"", "!", "write NOT"),
            (
                "SELECT TOP 5 a FROM t", "syntax error near \"5\": expected the end of the statement", "5",
                "write LIMIT at the end of the query"
            ),
            ("SELECT a && b", "syntax error near \"&\": expected an expression", "&", "write AND"),
            ("SELECT x'abc'", "malformed blob literal", "x'abc'", "write pairs of hexadecimal digits, as in x'00ff'"),
            ("SELECT :", "malformed parameter \":\"", ":", nil),
            ("SELECT * FROM a INNER OUTER JOIN b", "unknown join type: INNER OUTER JOIN", "INNER OUTER JOIN", nil),
            ("SELECT * FROM a NATURAL JOIN b USING (x)", "a NATURAL join may not have ON or USING", "USING", nil),
            ("SELECT * FROM a ON 1", "a JOIN is required before ON", "ON", nil),
            ("SELECT 1 ORDER BY 1 UNION SELECT 2", "ORDER BY must come after UNION, not before", "UNION", nil),
            ("VALUES (1), (2, 3)", "all rows of VALUES must have the same number of values: 1 and 2", "(2, 3)", nil),
            (
                "VALUES (1) LIMIT 1", "syntax error near \"LIMIT\": expected nothing more after VALUES", "LIMIT",
                "write SELECT * FROM (VALUES …) around it"
            ),
            ("SELECT 0x12345678901234567", "the hexadecimal literal has more than 64 bits", "0x12345678901234567", nil),
            ("SELECT ?0", "the parameter number must be between ?1 and ?250000", "?0", nil),
            ("SELECT sum(a) OVER (ROWS 1 FOLLOWING)", "the frame ends before it starts", "ROWS 1 FOLLOWING", nil),
            ("SELECT 1; SELECT 2 3", "syntax error near \"3\": expected the end of the statement", "3", nil),
            ("SELECT a\0b", "unexpected zero byte", "\0", nil),
        ] as [(String, String, String, String?)])
    func `errors say what is wrong and where`(sql: String, message: String, place: String, hint: String?) throws {
        let error = try #require(syntaxError(sql))
        #expect(error.code == .syntax)
        #expect(error.message == message)
        #expect(slice(sql, try #require(error.range)) == place)
        #expect(error.hint == hint)
    }

    @Test func `an error at the end points behind the last token`() throws {
        let error = try #require(syntaxError("SELECT 1 +  \n\n-- nothing"))
        #expect(error.range == SourceRange(10, 10))
    }

    /// Constructs to nest and how deeply SQLite's own parser follows.
    private static let nesting: [(String, String, Int)] = [
        ("(", ")", 92), ("f(", ")", 30), ("f(1,", ")", 18), ("NOT ", "", 93), ("~ + - ", "", 31), ("(SELECT ", ")", 17),
        ("(SELECT 1 WHERE ", ")", 15), ("CASE WHEN ", " THEN 1 END", 30), ("CASE ", " WHEN 1 THEN 1 END", 89),
        ("CASE WHEN 1 THEN ", " END", 18), ("1 IN (", ")", 30), ("1 IN (SELECT ", ")", 12),
        ("EXISTS (SELECT ", ")", 14),
        ("EXISTS (SELECT 1 FROM (SELECT ", "))", 7), ("(WITH x AS (SELECT ", ") SELECT 1)", 8),
        ("sum(1) OVER (ORDER BY ", ")", 10), ("count(1) FILTER (WHERE ", ")", 11), ("(1 LIKE ", " ESCAPE 2)", 30),
        ("(1 BETWEEN ", " AND 2)", 30), ("CAST(", " AS int)", 45), ("(1, ", ")", 30), ("1 + (2, ", ")", 18),
        ("(VALUES (", "))", 30), ("(1 UNION SELECT ", ")", 0),
    ]

    @Test(arguments: nesting)
    func `nesting is followed as deeply as by SQLite and then is an error`(
        opening: String, closing: String, depth: Int
    ) async {
        func nested(_ depth: Int) -> String {
            "SELECT " + String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
        }
        #expect(await outcome(of: nested(depth)) == .tree)
        for depth in [101, 2_000, 100_000] { #expect(await outcome(of: nested(depth)) == .error) }
    }

    @Test func `nested tables and grouping sets are limited too`() async {
        for (opening, closing) in [("(", ")"), ("(SELECT * FROM ", ")"), ("(a JOIN ", ")")] {
            let sql =
                "SELECT * FROM " + String(repeating: opening, count: 5_000) + "t"
                + String(repeating: closing, count: 5_000)
            #expect(await outcome(of: sql) == .error)
        }
        let sets =
            "SELECT 1 GROUP BY " + String(repeating: "ROLLUP (", count: 5_000) + "a"
            + String(repeating: ")", count: 5_000)
        #expect(await outcome(of: sets) == .error)
    }

    @Test(arguments: [
        ("SELECT 1", " + 1", 998, 1_100), ("SELECT a", " AND a", 998, 1_100),
        ("SELECT 'a'", " COLLATE nocase", 998, 1_100),
        ("SELECT 1", " ISNULL", 998, 1_100), ("SELECT 1", " UNION SELECT 1", 499, 500),
        ("SELECT * FROM t", ", t", 199, 200),
        ("SELECT 1", "::int", 45, 1_100),
    ])
    func `long chains parse up to SQLite's limits`(start: String, step: String, most: Int, tooMany: Int) async {
        let longest = start + String(repeating: step, count: most)
        #expect(await outcome(of: longest) == .tree)
        let longer = start + String(repeating: step, count: tooMany)
        #expect(await outcome(of: longer) == .error)
    }

    @Test func `long lists have no limit`() throws {
        let list = (0..<20_000).map(String.init).joined(separator: ", ")
        #expect(try resultExpressions("SELECT \(list)").count == 20_000)
        guard case .values(let rows) = try parseSelect("VALUES (1)" + String(repeating: ", (1)", count: 20_000)).body
        else {
            Issue.record("no rows")
            return
        }
        #expect(rows.count == 20_001)
        #expect(try SQLParser.parseScript(String(repeating: "SELECT 1;", count: 20_000)).count == 20_000)
    }

    /// What secondary threads have on Apple's systems. Frames of debug builds are several times as large.
    #if DEBUG
    private static let smallStackKilobytes = 2048
    #else
    private static let smallStackKilobytes = 512
    #endif

    private enum Outcome {
        case tree, error, different
    }

    /// Parses a query and frees its tree on a small stack, then prints, parses again and compares on an ample one.
    private func outcome(of sql: String) async -> Outcome {
        let isQuery = await on(stackKilobytes: Self.smallStackKilobytes) { (try? parseSelect(sql)) != nil }
        guard isQuery else { return .error }
        return await on(stackKilobytes: 64 * 1024) {
            guard let select = try? parseSelect(sql), let again = try? parseSelect(SQLPrinter.text(of: select)) else {
                return .different
            }
            return again == select && select.tablesRead.count <= 1 ? .tree : .different
        }
    }

    private func on<Result: Sendable>(
        stackKilobytes: Int, _ work: @escaping @Sendable () -> Result
    ) async -> Result {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: work()) }
            thread.stackSize = stackKilobytes * 1024
            thread.start()
        }
    }
}
