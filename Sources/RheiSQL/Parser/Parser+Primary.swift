import RheiCore

/// Operands: literals, names, calls, subqueries and what has a keyword of its own.
extension Parser {
    mutating func parsePrimary() throws(EngineError) -> SyntaxExpression {
        let start = self.start
        height = 1
        switch kind {
        case .integer, .hexInteger, .real, .blob, .null, .currentDate, .currentTime, .currentTimestamp:
            return SyntaxExpression(.literal(try parseLiteral()), range: range(from: start))
        case .string where peek() != .dot:
            let value = unquoted(current)
            advance()
            return SyntaxExpression(.literal(.string(value)), range: range(from: start))
        case .variable:
            return SyntaxExpression(.parameter(try parseParameter()), range: range(from: start))
        case .leftParenthesis: return try parseParenthesized()
        case .case: return try parseCase()
        case .cast: return try parseCast()
        case .exists:
            advance()
            try expect(.leftParenthesis, "\"(\"")
            guard kind.beginsSelect else { throw unexpected("SELECT") }
            let select = try parseSubselect()
            try setHeight(above: height)
            try expect(.rightParenthesis, "\")\"")
            return SyntaxExpression(.exists(select), range: range(from: start))
        case .raise: return try parseRaise()
        case .leftBracket, .leftBrace: return try parseNestedValue()
        case .illegal where bytes[start] == UInt8(ascii: "{") && openNested(): return try parseNestedValue()
        default:
            if let list = parseBracketedList() { return list }
            guard kind.isName else { throw unexpected("an expression") }
            return try parseNamed()
        }
    }

    // MARK: Names

    /// Parses what begins with a name: a column, a call, a typed literal, TRUE or FALSE, EXTRACT.
    private mutating func parseNamed() throws(EngineError) -> SyntaxExpression {
        let start = self.start
        if let interval = try parseIntervalOfNumber() { return interval }
        switch peek() {
        case .leftParenthesis where kind.isIdentifier || kind == .indexed || kind == .left || kind == .right:
            if isWord("extract"), peek(2).isName, peek(3) == .from { return try parseExtract() }
            return try parseFunctionCall()
        case .string:
            if let literal = parseTypedLiteral() {
                return SyntaxExpression(.literal(.typed(literal)), range: range(from: start))
            }
        case .dot:
            return try parseQualifiedColumn()
        default:
            break
        }
        if isWord("true") || isWord("false") {
            let value = isWord("true")
            advance()
            return SyntaxExpression(.literal(.boolean(value)), range: range(from: start))
        }
        guard kind != .string else { throw unexpected("an expression") }
        return SyntaxExpression(.column(ColumnReference(column: takeIdentifier())), range: range(from: start))
    }

    private mutating func parseQualifiedColumn() throws(EngineError) -> SyntaxExpression {
        let start = self.start
        let first = takeIdentifier()
        try expect(.dot, "\".\"")
        let second = try parseName("a column name")
        var reference = ColumnReference(table: first, column: second)
        if accept(.dot) {
            reference = ColumnReference(schema: first, table: second, column: try parseName("a column name"))
        }
        return SyntaxExpression(.column(reference), range: range(from: start))
    }

    // MARK: Parentheses

    /// Parses a scalar subquery, an expression in parentheses or a row value.
    private mutating func parseParenthesized() throws(EngineError) -> SyntaxExpression {
        let start = self.start
        advance()
        if kind.beginsSelect {
            let select = try parseSubselect()
            try setHeight(above: height)
            try expect(.rightParenthesis, "\")\"")
            return SyntaxExpression(.subquery(select), range: range(from: start))
        }
        let first = try parseExpression()
        guard kind == .comma else {
            try expect(.rightParenthesis, "\")\"")
            return first
        }
        var elements = [first]
        var tallest = height
        try enter(cost: 2)
        while accept(.comma) {
            elements.append(try parseExpression())
            tallest = max(tallest, height)
        }
        depth -= 2
        try setHeight(above: tallest)
        try expect(.rightParenthesis, "\",\" or \")\"")
        return SyntaxExpression(.row(elements), range: range(from: start))
    }

    // MARK: CASE, CAST, RAISE, EXTRACT

    private mutating func parseCase() throws(EngineError) -> SyntaxExpression {
        let start = self.start
        advance()
        var tallest = 0
        var operand: SyntaxExpression?
        if kind != .when {
            operand = try parseExpression()
            tallest = height
        }
        try enter(cost: 2)
        var branches: [CaseExpression.Branch] = []
        repeat {
            try expect(.when, "WHEN")
            let condition = try parseExpression()
            tallest = max(tallest, height)
            try expect(.then, "THEN")
            branches.append(CaseExpression.Branch(condition: condition, result: try parseExpression()))
            tallest = max(tallest, height)
        } while kind == .when
        var otherwise: SyntaxExpression?
        if accept(.else) {
            otherwise = try parseExpression()
            tallest = max(tallest, height)
        }
        try expect(.end, otherwise == nil ? "WHEN, ELSE or END" : "END")
        try setHeight(above: tallest)
        depth -= 2
        let expression = CaseExpression(operand: operand, branches: branches, otherwise: otherwise)
        return SyntaxExpression(.searchedCase(expression), range: range(from: start))
    }

    private mutating func parseCast() throws(EngineError) -> SyntaxExpression {
        let start = self.start
        advance()
        try expect(.leftParenthesis, "\"(\"")
        try enter()
        let operand = try parseExpression()
        depth -= 1
        try setHeight(above: height)
        try expect(.as, "AS")
        let type = try parseTypeName()
        try expect(.rightParenthesis, "\")\"")
        return SyntaxExpression(.cast(operand, type), range: range(from: start))
    }

    private mutating func parseRaise() throws(EngineError) -> SyntaxExpression {
        let start = self.start
        advance()
        try expect(.leftParenthesis, "\"(\"")
        let action: RaiseAction
        switch kind {
        case .ignore: action = .ignore
        case .rollback: action = .rollback
        case .abort: action = .abort
        case .fail: action = .fail
        default: throw unexpected("IGNORE, ROLLBACK, ABORT or FAIL")
        }
        advance()
        var message: String?
        if action != .ignore {
            try expect(.comma, "\",\"")
            message = try parseName("a message").name
        }
        try expect(.rightParenthesis, "\")\"")
        return SyntaxExpression(.raise(action, message: message), range: range(from: start))
    }

    private mutating func parseExtract() throws(EngineError) -> SyntaxExpression {
        let start = self.start
        advance()
        try expect(.leftParenthesis, "\"(\"")
        let field = try parseName("a field such as YEAR")
        try expect(.from, "FROM")
        let operand = try parseExpression()
        try setHeight(above: height)
        try expect(.rightParenthesis, "\")\"")
        return SyntaxExpression(.extract(field: field, from: operand), range: range(from: start))
    }

    // MARK: Type names

    /// Parses the type of `CAST`: any number of words, then perhaps one or two numbers in parentheses.
    private mutating func parseTypeName() throws(EngineError) -> TypeName {
        let start = self.start
        var words: [String] = []
        while kind.isIdentifierOrString, !beginsListSuffix { words.append(takeIdentifier().name) }
        let arguments = words.isEmpty ? [] : try parseTypeArguments()
        let suffix = words.isEmpty ? "" : parseListSuffixes()
        return TypeName(name: words.joined(separator: " ") + suffix, arguments: arguments, range: range(from: start))
    }

    /// Parses the type after `::`: one word, or `double precision`, since more words could be an alias.
    mutating func parseShortTypeName() throws(EngineError) -> TypeName {
        let start = self.start
        let isDoublePrecision = isWord("double") && isWord("precision", at: 1)
        var name = try parseIdentifierOrString("a type").name
        if isDoublePrecision { name += " " + takeIdentifier().name }
        let arguments = try parseTypeArguments()
        return TypeName(name: name + parseListSuffixes(), arguments: arguments, range: range(from: start))
    }

    private mutating func parseTypeArguments() throws(EngineError) -> [String] {
        guard accept(.leftParenthesis) else { return [] }
        var arguments = [try parseSignedNumber()]
        if accept(.comma) { arguments.append(try parseSignedNumber()) }
        try expect(.rightParenthesis, arguments.count == 1 ? "\",\" or \")\"" : "\")\"")
        return arguments
    }

    /// Parses a number with an optional sign and returns its text, without a plus sign.
    mutating func parseSignedNumber() throws(EngineError) -> String {
        let isNegative = accept(.minus)
        if !isNegative { _ = accept(.plus) }
        guard kind == .integer || kind == .hexInteger || kind == .real else { throw unexpected("a number") }
        let digits = text(current.range)
        advance()
        return isNegative ? "-" + digits : digits
    }
}
