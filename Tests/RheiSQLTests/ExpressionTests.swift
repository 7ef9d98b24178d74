import RheiTestSupport
import RheiCore
import RheiSQL
import Testing

/// Operators, literals, calls: what they mean, decided by SQLite where it can be asked.
@Suite struct ExpressionTests {
    @Test func `random chains of operators group as SQLite groups them`() throws {
        let seed: UInt64 = 14_142_135
        var writer = ExpressionWriter(seed: seed)
        let oracle = SQLiteOracle()
        var comparedCount = 0
        for _ in 0..<10_000 {
            let sql = writer.chain()
            let expression: SyntaxExpression
            do {
                expression = try SQLParser.parseExpression(sql)
            } catch {
                if case .accepted = oracle.verdict(on: "SELECT \(sql)") {
                    Issue.record("seed \(seed): \(sql): \(error)")
                }
                continue
            }
            let grouped = FullyParenthesized.text(of: expression)
            guard let row = oracle.firstRow(of: "SELECT \(sql)") else { continue }
            comparedCount += 1
            #expect(oracle.firstRow(of: "SELECT \(grouped)") == row, "seed \(seed): \(sql) => \(grouped)")
            #expect(oracle.firstRow(of: "SELECT \(SQLPrinter.text(of: expression))") == row, "seed \(seed): \(sql)")
        }
        #expect(comparedCount > 5_000)
    }

    @Test func `random real literals have SQLite's bits`() throws {
        let seed: UInt64 = 17_320_508
        var generator = SeededGenerator(seed: seed)
        let oracle = SQLiteOracle()
        for _ in 0..<20_000 {
            let sql = Self.decimal(&generator)
            let row = oracle.firstRow(of: "SELECT \(sql)")
            switch try SQLParser.parseExpression(sql).kind {
            case .literal(.real(let value)): #expect(row == ["real \(value.bitPattern)"], "seed \(seed): \(sql)")
            case .literal(.integer(let value)): #expect(row == ["1 \(value)"], "seed \(seed): \(sql)")
            default: Issue.record("seed \(seed): \(sql) is no number")
            }
        }
    }

    /// Digits with a point, an exponent, both or neither.
    private static func decimal(_ generator: inout SeededGenerator) -> String {
        func digits(_ range: ClosedRange<Int>, _ generator: inout SeededGenerator) -> String {
            (0..<Int.random(in: range, using: &generator)).map { _ in String(Int.random(in: 0...9, using: &generator)) }
                .joined()
        }
        var text = digits(1...25, &generator)
        if Bool.random(using: &generator) { text += "." + digits(0...25, &generator) }
        if Bool.random(using: &generator) { text += "e\(Int.random(in: -360...330, using: &generator))" }
        return text
    }

    @Test(arguments: [
        "1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-(9223372036854775808)",
        "- -9223372036854775808", "-09223372036854775808", "0x7fffffffffffffff", "0x8000000000000000",
        "0xFFFFFFFFFFFFFFFF", "0x0000000000000000001", "-0xFFFFFFFFFFFFFFFF", "1e999", "-1e999", ".5", "5.", "1e-999",
        "0.1", "123456789012345678901234567890", "x'616263'", "'it''s'", "''", "NULL", "TRUE", "false", "1.e1",
    ])
    func `literals have SQLite's values`(sql: String) throws {
        let oracle = SQLiteOracle()
        let printed = SQLPrinter.text(of: try SQLParser.parseExpression(sql))
        #expect(oracle.firstRow(of: "SELECT \(sql)") == oracle.firstRow(of: "SELECT \(printed)"))
    }

    @Test func `integers out of range become reals and the smallest integer stays one`() throws {
        #expect(try SQLParser.parseExpression("9223372036854775808").kind == .literal(.real(0x1p63)))
        #expect(try SQLParser.parseExpression("-9223372036854775808").kind == .literal(.integer(.min)))
        #expect(try SQLParser.parseExpression("0x8000000000000000").kind == .literal(.integer(.min)))
        #expect(try SQLParser.parseExpression("-9223372036854775809").kind == .unary(.minus, real(0x1p63)))
        #expect(try SQLParser.parseExpression("X'0aF0'").kind == .literal(.blob([0x0a, 0xf0])))
    }

    private func real(_ value: Double) -> SyntaxExpression {
        SyntaxExpression(.literal(.real(value)), range: SourceRange(0, 0))
    }

    @Test(arguments: ["SELECT ?, ?5, :n, @n, $n, :n, ?", "SELECT ?3, ?, :a, ?1, :a, $a::b(c)", "SELECT #x, ?, ?2, ?"])
    func `parameters are numbered as SQLite numbers them`(sql: String) throws {
        let expected = try #require(SQLiteOracle().parameters(of: sql))
        var highest = 0
        for column in try resultExpressions(sql) {
            guard case .parameter(let parameter) = column.expression.kind else { continue }
            highest = max(highest, parameter.number)
            if case .named(let name) = parameter.name { #expect(expected.numbers[name] == parameter.number) }
        }
        #expect(highest == expected.highest)
    }

    @Test func `a bare question mark takes one more than the highest number before it`() throws {
        let numbers = try resultExpressions("SELECT ?, ?5, ?, :a, ?, :a, ?2").map { column in
            if case .parameter(let parameter) = column.expression.kind { parameter.number } else { -1 }
        }
        #expect(numbers == [1, 5, 6, 7, 8, 7, 2])
    }

    @Test func `quotes decide what a name may be`() throws {
        let kinds = try resultExpressions("SELECT a, \"a\", [a], `a`, 'a', 'a'.b, \"a\".b").map(\.expression.kind)
        let references = kinds.map { kind in
            if case .column(let reference) = kind { reference } else { nil as ColumnReference? }
        }
        #expect(references.map { $0?.column.quoteStyle } == [nil, .double, .bracket, .backtick, nil, nil, nil])
        #expect(references.map { $0?.mayBeString } == [false, true, false, false, nil, false, false])
        #expect(kinds[4] == .literal(.string("a")))
        #expect(references[5]?.table?.quoteStyle == .single)
    }

    @Test func `quotes inside quotes are undone`() throws {
        let columns = try resultExpressions("SELECT \"a\"\"b\", `a``b`, [a\"b], 'a''b', \"\", ''''")
        let names = columns.map { column in
            switch column.expression.kind {
            case .column(let reference): reference.column.name
            case .literal(.string(let text)): text
            default: "?"
            }
        }
        #expect(names == ["a\"b", "a`b", "a\"b", "a'b", "", "'"])
    }

    @Test func `ranges cover operators with the parentheses of their operands`() throws {
        let sql = "SELECT (a + b) * -c, f( x ) OVER w, NOT (a) IS NULL, (a), x.y . z"
        let texts = try resultExpressions(sql).map { slice(sql, $0.expression.range) }
        #expect(texts == ["(a + b) * -c", "f( x ) OVER w", "NOT (a) IS NULL", "a", "x.y . z"])
    }

    @Test func `IS with NULL is a null test and with TRUE stays IS`() throws {
        #expect(try SQLParser.parseExpression("a IS NULL") == SQLParser.parseExpression("a ISNULL"))
        #expect(try SQLParser.parseExpression("a IS (NULL)") == SQLParser.parseExpression("a ISNULL"))
        #expect(try SQLParser.parseExpression("a IS NOT NULL") == SQLParser.parseExpression("a NOTNULL"))
        #expect(try SQLParser.parseExpression("a IS NOT NULL") == SQLParser.parseExpression("a NOT NULL"))
        guard case .binary(.isNot, _, let right) = try SQLParser.parseExpression("a IS NOT TRUE").kind else {
            Issue.record("not a comparison")
            return
        }
        #expect(right.kind == .literal(.boolean(true)))
    }

    @Test func `calls keep all their clauses`() throws {
        let sql = """
            string_agg(DISTINCT a, b ORDER BY c DESC NULLS LAST) FILTER (WHERE d) OVER (w PARTITION BY e, f ORDER BY g
            GROUPS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES)
            """
        guard case .function(let call) = try SQLParser.parseExpression(sql).kind,
            case .specification(let window)? = call.over
        else {
            Issue.record("not a window function")
            return
        }
        #expect(call.name.name == "string_agg" && call.isDistinct && !call.isStar && !call.isPlain)
        #expect(call.arguments.count == 2 && call.orderBy.count == 1 && call.filter != nil)
        #expect(call.orderBy[0].isDescending && call.orderBy[0].nulls == .last)
        #expect(window.base?.name == "w" && window.partitionBy.count == 2 && window.orderBy.count == 1)
        #expect(window.frame?.unit == .groups && window.frame?.exclusion == .ties)
        #expect(window.frame?.end == .unboundedFollowing)
        guard case .preceding? = window.frame?.start else {
            Issue.record("the frame starts elsewhere")
            return
        }
    }

    @Test func `a frame without an end ends at the current row`() throws {
        let short = try SQLParser.parseExpression("sum(a) OVER (ROWS 2 PRECEDING)")
        #expect(try short == SQLParser.parseExpression("sum(a) OVER (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)"))
    }

    @Test func `a chain gives its operands in order`() throws {
        func names(_ sql: String, _ operation: BinaryOperator) throws -> [String] {
            try SQLParser.parseExpression(sql).chainOperands(of: operation).map { SQLPrinter.text(of: $0) }
        }
        #expect(try names("a OR b AND c OR d", .or) == ["a", "b AND c", "d"])
        #expect(try names("a OR (b OR c)", .or) == ["a", "b OR c"])
        #expect(try names("a AND b", .or) == ["a AND b"])
        #expect(try names("a", .or) == ["a"])
    }
}
