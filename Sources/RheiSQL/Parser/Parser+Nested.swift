import RheiCore

/// Lists, structs and access to their parts, all of them extensions.
///
/// For SQLite brackets quote names. They are read as lists and subscripts where that name would be no word: `[1, 2]`,
/// `['a']`; `x[1]` without a blank before the bracket. A list keeps the name that SQLite would read, for a column may
/// be called so.
extension Parser {
    /// Reads the tokens from the current bracket or brace on anew, as those of a list, struct or subscript.
    ///
    /// - Returns: whether it is closed.
    mutating func openNested() -> Bool {
        if kind == .leftBracket || kind == .leftBrace { return true }
        guard let (nested, end) = Lexer.nestedTokens(of: bytes, from: start) else { return false }
        var next = index + 1
        while next < tokens.count, tokens[next].start < end { next += 1 }
        let isAligned = next < tokens.count && tokens[next - 1].end == Int32(end)
        let rest = isAligned ? Array(tokens[next...]) : Lexer.tokens(of: bytes, from: end)
        tokens.replaceSubrange(index..., with: nested + rest)
        return true
    }

    /// Whether the current token is a name in brackets, or a bracket that quotes nothing.
    private var isBracket: Bool {
        kind == .leftBracket || (kind == .quotedIdentifier && bytes[start] == UInt8(ascii: "["))
    }

    // MARK: values

    /// Parses `[…]` where an operand stands and what is in the brackets is no word; nil for anything else, which is
    /// left where it is.
    mutating func parseBracketedList() -> SyntaxExpression? {
        let isArray =
            isWord("array") && index + 1 < tokens.count && bytes[Int(tokens[index + 1].start)] == UInt8(ascii: "[")
            && tokens[index + 1].start == current.end
        guard isArray || (isBracket && peek() != .dot && !holdsWord) else { return nil }
        let saved = self
        let name = isArray ? nil : Identifier(unquoted(current), quoteStyle: .bracket, range: current.range)
        let start = self.start
        if isArray { advance() }
        guard openNested(), var list = try? parseNestedValue(), case .function(var call) = list.kind else {
            self = saved
            return nil
        }
        call.bracketedName = name
        list = SyntaxExpression(.function(call), range: range(from: start))
        return list
    }

    /// Whether a word stands in the current brackets, as in names of columns.
    private var holdsWord: Bool {
        let content = bytes[Int(current.start) + 1..<max(Int(current.start) + 1, Int(current.end) - 1)]
        guard let first = content.first, first.isIdentifierByte, !first.isDigit else { return false }
        return content.allSatisfy { $0.isIdentifierByte || $0 == UInt8(ascii: " ") }
    }

    /// Parses a list or struct whose tokens have been read as such.
    mutating func parseNestedValue() throws(EngineError) -> SyntaxExpression {
        let start = self.start
        try enter(cost: 2)
        let isList = kind == .leftBracket
        var call = FunctionCall(name: Identifier(isList ? "list_value" : "struct_pack", range: current.range))
        advance()
        let end: TokenKind = isList ? .rightBracket : .rightBrace
        var tallest = 0
        while kind != end {
            if !isList { call.argumentNames.append(try parseFieldName()) }
            call.arguments.append(try parseExpression())
            tallest = max(tallest, height)
            if !accept(.comma) { break }
        }
        try expect(end, isList ? "\",\" or \"]\"" : "\",\" or \"}\"")
        if !isList, call.arguments.isEmpty {
            throw EngineError(.syntax, "a struct has at least one field", at: range(from: start))
        }
        try setHeight(above: tallest)
        depth -= 2
        return SyntaxExpression(.function(call), range: range(from: start))
    }

    private mutating func parseFieldName() throws(EngineError) -> Identifier {
        guard kind.isName else { throw unexpected("the name of a field") }
        let name = takeIdentifier()
        try expect(.colon, "\":\"")
        return name
    }

    /// Parses the arguments of a call, before which names with `:=` may stand, and returns the height of the tallest.
    mutating func parseNamedArguments(of call: inout FunctionCall) throws(EngineError) -> Int {
        if kind == .rightParenthesis { return 0 }
        var names: [Identifier?] = []
        var tallest = 0
        repeat {
            var name: Identifier?
            if kind.isName, beginsAssignment(at: 1) {
                name = takeIdentifier()
                advance()
                advance()
            }
            names.append(name)
            call.arguments.append(try parseExpression())
            tallest = max(tallest, height)
        } while accept(.comma)
        if names.contains(where: { $0 != nil }) { call.argumentNames = names }
        height = tallest
        return tallest
    }

    /// Whether `:=` stands so many places ahead, which is one token for nobody.
    private func beginsAssignment(at distance: Int) -> Bool {
        let target = index + distance
        guard target + 1 < tokens.count, tokens[target + 1].kind == .equals,
            tokens[target + 1].start == tokens[target].end, tokens[target + 1].end == tokens[target + 1].start + 1
        else { return false }
        let token = tokens[target]
        return token.end == token.start + 1 && bytes[Int(token.start)] == UInt8(ascii: ":")
    }

    // MARK: access

    /// Parses a subscript, a slice or a field after an operand, if one follows.
    mutating func parseNestedAccess(
        of left: inout SyntaxExpression, from start: Int
    ) throws(EngineError) -> Bool {
        if kind == .dot, index > 0, peek().isName || peek() == .star {
            switch tokens[index - 1].kind {
            case .rightParenthesis, .rightBracket, .rightBrace: break
            default: return false
            }
            guard peek() != .star else { return false }
            advance()
            let name = takeIdentifier()
            let field = SyntaxExpression(.literal(.string(name.name)), range: name.range)
            try setAccess(&left, "struct_extract", [field], from: start)
            return true
        }
        guard isBracket, current.start == Int32(previousEnd), index > 0 else { return false }
        let saved = self
        do throws(EngineError) {
            guard openNested() else { return false }
            try parseSubscript(of: &left, from: start)
            return true
        } catch {
            // Then it is what SQLite reads there: an alias.
            if saved.kind == .leftBracket { throw error }
            self = saved
            return false
        }
    }

    private mutating func parseSubscript(of left: inout SyntaxExpression, from start: Int) throws(EngineError) {
        advance()
        func place(_ value: Int64) -> SyntaxExpression {
            SyntaxExpression(.literal(.integer(value)), range: current.range)
        }
        let operandHeight = height
        let first = kind == .colon ? place(1) : try parseExpression()
        guard accept(.colon) else {
            try expect(.rightBracket, "\"]\" or \":\"")
            height = max(height, operandHeight)
            return try setAccess(&left, "array_extract", [first], from: start)
        }
        let last = kind == .rightBracket ? place(-1) : try parseExpression()
        try expect(.rightBracket, "\"]\"")
        height = max(height, operandHeight)
        try setAccess(&left, "array_slice", [first, last], from: start)
    }

    private mutating func setAccess(
        _ left: inout SyntaxExpression, _ function: String, _ arguments: [SyntaxExpression], from start: Int
    ) throws(EngineError) {
        try setHeight(above: height)
        let call = FunctionCall(name: Identifier(function, range: left.range), arguments: [left] + arguments)
        left = SyntaxExpression(.function(call), range: range(from: start))
    }

    // MARK: types

    /// Whether `[]` follows, which makes a type that of lists.
    var beginsListSuffix: Bool {
        if kind == .leftBracket { return peek() == .rightBracket }
        return kind == .quotedIdentifier && bytes[start] == UInt8(ascii: "[") && current.end - current.start == 2
    }

    /// Takes `[]` as often as it follows.
    mutating func parseListSuffixes() -> String {
        var suffix = ""
        while beginsListSuffix {
            if kind == .leftBracket { advance() }
            advance()
            suffix += "[]"
        }
        return suffix
    }

    // MARK: intervals

    /// Parses `interval 3 day`, `interval (x + 1) day` and `interval x day`; nil where something else stands.
    mutating func parseIntervalOfNumber() throws(EngineError) -> SyntaxExpression? {
        guard isWord("interval") else { return nil }
        let start = self.start
        switch peek() {
        case .integer, .real:
            guard isIntervalUnit(at: 2) else { return nil }
            let keyword = takeIdentifier()
            var literal = TypedLiteral(kind: .interval, keyword: keyword, text: text(current.range), unit: nil)
            advance()
            literal.unit = takeIdentifier()
            return SyntaxExpression(.literal(.typed(literal)), range: range(from: start))
        case .leftParenthesis:
            let saved = self
            advance()
            let amount = try parsePrimary()
            if isIntervalUnit() { return try intervalCall(amount, from: start) }
            self = saved
            return nil
        case .identifier, .quotedIdentifier:
            guard isIntervalUnit(at: 2) else { return nil }
            advance()
            let amount = SyntaxExpression(.column(ColumnReference(column: takeIdentifier())), range: range(from: start))
            return try intervalCall(amount, from: start)
        default: return nil
        }
    }

    private mutating func intervalCall(
        _ amount: SyntaxExpression, from start: Int
    ) throws(EngineError) -> SyntaxExpression {
        let unit = takeIdentifier()
        let name = unit.name.lowercased()
        let plural: String =
            switch name {
            case "century": "centuries"
            case "millennium": "millennia"
            default: name.hasSuffix("s") || name == "millennia" ? name : name + "s"
            }
        try setHeight(above: height)
        let call = FunctionCall(name: Identifier("to_" + plural, range: unit.range), arguments: [amount])
        return SyntaxExpression(.function(call), range: range(from: start))
    }
}
