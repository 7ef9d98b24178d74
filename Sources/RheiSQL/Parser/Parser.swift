import RheiCore

/// The state of a recursive-descent parser over the tokens of one text.
///
/// The grammar is that of SQLite 3.40 with extensions that begin only where SQLite reports a syntax error. A keyword
/// of the fallback list is a name wherever the grammar does not expect the keyword, decided by one token of lookahead,
/// as in SQLite.
struct Parser {
    /// How deeply constructs may nest, in entries that they take at least on the stack of SQLite's own parser, which
    /// holds 100: a parenthesis takes one, a call three, a query in parentheses five. So whatever SQLite accepts is
    /// accepted. An entry takes up to 3 KB of stack here in release builds and 15 KB in debug builds.
    static let maximumDepth = 100
    /// The greatest height of an expression, as in SQLite; long chains such as `a + b + …` reach it.
    static let maximumHeight = 1000
    static let maximumCompoundTerms = 500
    static let maximumTables = 200

    let bytes: [UInt8]
    /// Brackets quote names in them until ``openNested()`` finds that one does not.
    var tokens: [Token]
    /// The index of the current token; never past the `endOfText` token.
    var index = 0
    /// The sum of the costs of the constructs around the current token.
    var depth = 0
    /// The height of the expression that was parsed last.
    var height = 0
    /// The greatest height of any expression since it was reset, for the height of a subquery.
    var deepestHeight = 0
    var parameters = ParameterNumbering()
    /// The last typed literal and the index of the token after it, to find one at the end of a result column.
    var lastTypedLiteral: (literal: TypedLiteral, endIndex: Int)?

    /// Prepares to parse a text.
    ///
    /// - Throws: `syntax` if the text holds a zero byte, which ends a text for SQLite, or has 2 GB or more.
    init(_ sql: String) throws(EngineError) {
        var bytes = Array(sql.utf8)
        guard bytes.count < Int32.max else {
            throw EngineError(.syntax, "the text is too long: \(bytes.count) bytes")
        }
        if let zero = bytes.firstIndex(of: 0) {
            throw EngineError(.syntax, "unexpected zero byte", at: SourceRange(zero, zero + 1))
        }
        bytes.append(0)
        self.bytes = bytes
        self.tokens = Lexer.tokens(of: bytes)
    }

    // MARK: Tokens

    var current: Token { tokens[index] }
    var kind: TokenKind { tokens[index].kind }
    /// The offset past the token before the current one.
    var previousEnd: Int { index > 0 ? Int(tokens[index - 1].end) : 0 }
    var start: Int { Int(tokens[index].start) }

    /// The kind of the token `distance` places ahead.
    func peek(_ distance: Int = 1) -> TokenKind {
        let target = index + distance
        return target < tokens.count ? tokens[target].kind : .endOfText
    }

    mutating func advance() {
        if index + 1 < tokens.count { index += 1 }
    }

    /// Moves past the current token if it is of this kind.
    mutating func accept(_ kind: TokenKind) -> Bool {
        guard self.kind == kind else { return false }
        advance()
        return true
    }

    /// Moves past a token of this kind or throws that `description` is expected.
    mutating func expect(_ kind: TokenKind, _ description: StaticString) throws(EngineError) {
        guard self.kind == kind else { throw unexpected("\(description)") }
        advance()
    }

    /// The range from an offset to the end of what has been read.
    func range(from start: Int) -> SourceRange { SourceRange(start, max(start, previousEnd)) }

    /// Whether the token at a distance is the unquoted word, given in lower case, that is no keyword of SQLite.
    func isWord(_ word: StaticString, at distance: Int = 0) -> Bool {
        let target = index + distance
        guard target < tokens.count, tokens[target].kind == .identifier else { return false }
        let token = tokens[target]
        guard Int(token.end - token.start) == word.utf8CodeUnitCount else { return false }
        var offset = Int(token.start)
        for byte in "\(word)".utf8 {
            if bytes[offset] | 0x20 != byte { return false }
            offset += 1
        }
        return true
    }

    mutating func acceptWord(_ word: StaticString) -> Bool {
        guard isWord(word) else { return false }
        advance()
        return true
    }

    // MARK: Limits

    /// Enters a construct; the caller leaves it by subtracting its cost from `depth`.
    mutating func enter(cost: Int = 1) throws(EngineError) {
        depth += cost
        guard depth <= Self.maximumDepth else {
            throw EngineError(.syntax, "nested too deeply", at: current.range)
        }
    }

    /// Records the height of an expression whose tallest operand has height `operands`.
    mutating func setHeight(above operands: Int) throws(EngineError) {
        height = operands + 1
        guard height <= Self.maximumHeight else {
            throw EngineError(
                .syntax, "the expression is too large: its depth exceeds \(Self.maximumHeight)", at: current.range)
        }
        if height > deepestHeight { deepestHeight = height }
    }
}

/// The numbers that SQLite gives to the parameters of one statement.
struct ParameterNumbering {
    private var numbersByName: [String: Int] = [:]
    private var highest = 0

    mutating func number(of name: Parameter.Name) -> Int {
        switch name {
        case .next:
            highest += 1
            return highest
        case .number(let number):
            highest = max(highest, number)
            return number
        case .named(let name):
            if let number = numbersByName[name] { return number }
            highest += 1
            numbersByName[name] = highest
            return highest
        }
    }
}
