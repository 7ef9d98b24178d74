import RheiCore

/// Cuts UTF-8 text into tokens by the rules of SQLite 3.40's tokenizer, and `::` besides.
///
/// White space and comments vanish. Whatever the bytes, the list ends in an `endOfText` token whose range is the empty
/// place after the text; bytes that make no token become `illegal` ones.
struct Lexer {
    /// The text and one zero byte after it, so that looking one byte ahead needs no check.
    private let bytes: [UInt8]
    private let byteCount: Int
    private var position = 0
    private var tokens: [Token] = []
    private let keywords = KeywordTable.shared
    /// How many brackets and braces are open; nil outside of lists, structs and subscripts.
    private var nesting: Int?

    /// Returns the tokens of a text.
    ///
    /// - Parameter bytes: the text followed by one zero byte; less than 2 GB.
    static func tokens(of bytes: [UInt8]) -> [Token] {
        var lexer = Lexer(bytes: bytes)
        return lexer.run()
    }

    /// Returns the tokens of a list, struct or subscript that begins at an offset with its bracket or brace, up to the
    /// one that closes it, and the offset after that; nil when none does.
    ///
    /// - Parameter bytes: as for ``tokens(of:)``.
    static func nestedTokens(of bytes: [UInt8], from start: Int) -> (tokens: [Token], end: Int)? {
        var lexer = Lexer(bytes: bytes)
        lexer.position = start
        lexer.nesting = 0
        while lexer.position < lexer.byteCount {
            let start = lexer.position
            guard let kind = lexer.next() else { continue }
            lexer.tokens.append(Token(kind: kind, start: Int32(start), end: Int32(lexer.position)))
            if lexer.nesting == 0 {
                lexer.settleClauseKeywords()
                return (lexer.tokens, lexer.position)
            }
        }
        return nil
    }

    /// Returns the tokens from an offset on, at which a token may begin.
    static func tokens(of bytes: [UInt8], from start: Int) -> [Token] {
        var lexer = Lexer(bytes: bytes)
        lexer.position = start
        return lexer.run()
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
        self.byteCount = bytes.count - 1
    }

    private mutating func run() -> [Token] {
        tokens.reserveCapacity(byteCount / 4 + 8)
        var hasClauseKeyword = false
        while position < byteCount {
            let start = position
            guard let kind = next() else { continue }
            hasClauseKeyword = hasClauseKeyword || kind == .window || kind == .over || kind == .filter
            tokens.append(Token(kind: kind, start: Int32(start), end: Int32(position)))
        }
        tokens.append(Token(kind: .endOfText, start: Int32(byteCount), end: Int32(byteCount)))
        if hasClauseKeyword { settleClauseKeywords() }
        return tokens
    }

    /// Moves past one token or one stretch of white space or comment; nil for the latter.
    private mutating func next() -> TokenKind? {
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: " "), 0x09, 0x0A, 0x0C, 0x0D:
            position += 1
            while position < byteCount, bytes[position].isSQLSpace { position += 1 }
            return nil
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            return bytes[position + 1] == UInt8(ascii: "'") ? blob() : word()
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            return word()
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            return number()
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
            return quoted(by: byte)
        case UInt8(ascii: "["):
            return nesting == nil ? bracketed() : open(.leftBracket)
        case UInt8(ascii: "{"):
            return nesting == nil ? take(1, .illegal) : open(.leftBrace)
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            return nesting == nil
                ? take(1, .illegal) : close(byte == UInt8(ascii: "]") ? .rightBracket : .rightBrace)
        case UInt8(ascii: ":") where nesting != nil && bytes[position + 1] != byte:
            return take(1, .colon)
        case UInt8(ascii: "?"), UInt8(ascii: "$"), UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: ":"):
            return variableOrCast(byte)
        case 0x80...:
            return nonASCII()
        default:
            return symbol(byte)
        }
    }

    // MARK: Words

    private mutating func word() -> TokenKind {
        var folded = FoldedWord()
        var seenBits: UInt8 = 0
        while bytes[position].isIdentifierByte {
            seenBits |= bytes[position]
            folded.append(bytes[position])
            position += 1
        }
        return seenBits < 0x80 ? keywords.kind(of: folded) : .identifier
    }

    /// A byte order mark is white space wherever it stands.
    private mutating func nonASCII() -> TokenKind? {
        if bytes[position] == 0xEF, bytes[position + 1] == 0xBB, bytes[position + 2] == 0xBF {
            position += 3
            return nil
        }
        while bytes[position].isIdentifierByte { position += 1 }
        return .identifier
    }

    // MARK: Literals

    private mutating func number() -> TokenKind {
        var kind = TokenKind.integer
        let marker = bytes[position + 1]
        if bytes[position] == UInt8(ascii: "0"), marker == UInt8(ascii: "x") || marker == UInt8(ascii: "X"),
            bytes[position + 2].isHexDigit
        {
            position += 3
            while bytes[position].isHexDigit { position += 1 }
            // SQLite lets a name follow at once here, unlike after decimal digits: `0x1Fx` is 31 named x.
            return .hexInteger
        }
        skipDigits()
        if bytes[position] == UInt8(ascii: ".") {
            position += 1
            skipDigits()
            kind = .real
        }
        if skipExponent() { kind = .real }
        guard bytes[position].isIdentifierByte else { return kind }
        while bytes[position].isIdentifierByte { position += 1 }
        return .illegal
    }

    private mutating func skipDigits() {
        while bytes[position].isDigit { position += 1 }
    }

    private mutating func skipExponent() -> Bool {
        guard bytes[position] | 0x20 == UInt8(ascii: "e") else { return false }
        let sign = bytes[position + 1]
        let isSigned = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        guard bytes[position + 1].isDigit || (isSigned && bytes[position + 2].isDigit) else { return false }
        position += 2
        skipDigits()
        return true
    }

    /// `x'…'` with an even number of hexadecimal digits.
    private mutating func blob() -> TokenKind {
        position += 2
        let start = position
        while bytes[position].isHexDigit { position += 1 }
        if bytes[position] == UInt8(ascii: "'"), (position - start) % 2 == 0 {
            position += 1
            return .blob
        }
        while position < byteCount, bytes[position] != UInt8(ascii: "'") { position += 1 }
        if position < byteCount { position += 1 }
        return .illegal
    }

    private mutating func quoted(by quote: UInt8) -> TokenKind {
        position += 1
        while position < byteCount {
            if bytes[position] == quote {
                if bytes[position + 1] != quote || position + 1 == byteCount {
                    position += 1
                    return quote == UInt8(ascii: "'") ? .string : .quotedIdentifier
                }
                position += 1
            }
            position += 1
        }
        return .illegal
    }

    private mutating func bracketed() -> TokenKind {
        while position < byteCount {
            position += 1
            if bytes[position - 1] == UInt8(ascii: "]") { return .quotedIdentifier }
        }
        return .illegal
    }

    /// A parameter, or `::` where no name follows the first colon.
    private mutating func variableOrCast(_ first: UInt8) -> TokenKind {
        position += 1
        if first == UInt8(ascii: "?") {
            skipDigits()
            return .variable
        }
        // Three colons and a name are a parameter; two alone are an error for SQLite and a cast here.
        if first == UInt8(ascii: ":"), bytes[position] == UInt8(ascii: ":"), bytes[position + 1] != UInt8(ascii: ":") {
            position += 1
            return .doubleColon
        }
        var nameLength = 0
        while position < byteCount {
            let byte = bytes[position]
            if byte.isIdentifierByte {
                nameLength += 1
                position += 1
            } else if byte == UInt8(ascii: "("), nameLength > 0 {
                return skipVariableSuffix() ? .variable : .illegal
            } else if byte == UInt8(ascii: ":"), bytes[position + 1] == UInt8(ascii: ":") {
                position += 2
            } else {
                break
            }
        }
        return nameLength > 0 ? .variable : .illegal
    }

    /// Moves past `(…)`, which belongs to a parameter's name if it holds no space.
    private mutating func skipVariableSuffix() -> Bool {
        position += 1
        while position < byteCount, !bytes[position].isSQLSpace, bytes[position] != UInt8(ascii: ")") { position += 1 }
        guard position < byteCount, bytes[position] == UInt8(ascii: ")") else { return false }
        position += 1
        return true
    }

    // MARK: Symbols

    private mutating func symbol(_ byte: UInt8) -> TokenKind? {
        let following = bytes[position + 1]
        switch byte {
        case UInt8(ascii: "-"): return minus(following)
        case UInt8(ascii: "/"): return slash(following)
        case UInt8(ascii: "."): return following.isDigit ? number() : take(1, .dot)
        case UInt8(ascii: "="): return following == UInt8(ascii: "=") ? take(2, .equals) : take(1, .equals)
        case UInt8(ascii: "!"): return following == UInt8(ascii: "=") ? take(2, .notEquals) : take(1, .illegal)
        case UInt8(ascii: "<"): return less(following)
        case UInt8(ascii: ">"): return greater(following)
        case UInt8(ascii: "|"): return following == UInt8(ascii: "|") ? take(2, .concatenate) : take(1, .pipe)
        case UInt8(ascii: "("): return take(1, .leftParenthesis)
        case UInt8(ascii: ")"): return take(1, .rightParenthesis)
        case UInt8(ascii: ","): return take(1, .comma)
        case UInt8(ascii: ";"): return take(1, .semicolon)
        case UInt8(ascii: "*"): return take(1, .star)
        case UInt8(ascii: "+"): return take(1, .plus)
        case UInt8(ascii: "%"): return take(1, .percent)
        case UInt8(ascii: "&"): return take(1, .ampersand)
        case UInt8(ascii: "~"): return take(1, .tilde)
        default: return take(1, .illegal)
        }
    }

    private mutating func take(_ length: Int, _ kind: TokenKind) -> TokenKind {
        position += length
        return kind
    }

    private mutating func open(_ kind: TokenKind) -> TokenKind {
        nesting = (nesting ?? 0) + 1
        return take(1, kind)
    }

    private mutating func close(_ kind: TokenKind) -> TokenKind {
        nesting = (nesting ?? 0) - 1
        return take(1, kind)
    }

    private mutating func minus(_ following: UInt8) -> TokenKind? {
        if following == UInt8(ascii: "-") {
            while position < byteCount, bytes[position] != 0x0A { position += 1 }
            return nil
        }
        guard following == UInt8(ascii: ">") else { return take(1, .minus) }
        // The byte after `->` exists: it is the closing zero at the latest.
        return bytes[position + 2] == UInt8(ascii: ">") ? take(3, .doubleArrow) : take(2, .arrow)
    }

    /// A division sign or a comment; one that is never closed reaches to the end of the text.
    private mutating func slash(_ following: UInt8) -> TokenKind? {
        guard following == UInt8(ascii: "*"), position + 2 < byteCount else { return take(1, .slash) }
        position += 2
        while position < byteCount {
            position += 1
            if bytes[position - 1] == UInt8(ascii: "*"), bytes[position] == UInt8(ascii: "/") {
                position += 1
                return nil
            }
        }
        return nil
    }

    private mutating func less(_ following: UInt8) -> TokenKind {
        switch following {
        case UInt8(ascii: "="): take(2, .lessOrEqual)
        case UInt8(ascii: ">"): take(2, .notEquals)
        case UInt8(ascii: "<"): take(2, .shiftLeft)
        default: take(1, .less)
        }
    }

    private mutating func greater(_ following: UInt8) -> TokenKind {
        switch following {
        case UInt8(ascii: "="): take(2, .greaterOrEqual)
        case UInt8(ascii: ">"): take(2, .shiftRight)
        default: take(1, .greater)
        }
    }

    // MARK: WINDOW, OVER and FILTER

    /// Turns `WINDOW`, `OVER` and `FILTER` into identifiers unless their neighbours make them keywords, by the rules
    /// of SQLite's tokenizer, which needs them because its grammar looks one token ahead only.
    private mutating func settleClauseKeywords() {
        let original = tokens
        for index in original.indices {
            let next = index + 1 < original.count ? original[index + 1].kind : .endOfText
            let isKeyword: Bool
            switch original[index].kind {
            case .window:
                let afterNext = index + 2 < original.count ? original[index + 2].kind : .endOfText
                isKeyword = next.isNameForClauseKeyword && afterNext == .as
            case .over:
                isKeyword =
                    mayFollowCall(at: index) && (next == .leftParenthesis || next.isNameForClauseKeyword)
            case .filter:
                isKeyword = mayFollowCall(at: index) && next == .leftParenthesis
            default: continue
            }
            if !isKeyword { tokens[index].kind = .identifier }
        }
    }

    /// Whether the token follows a closing parenthesis, perhaps with `IGNORE NULLS` or `RESPECT NULLS` between.
    private func mayFollowCall(at index: Int) -> Bool {
        guard index > 0 else { return false }
        if tokens[index - 1].kind == .rightParenthesis { return true }
        guard index > 2, tokens[index - 1].kind == .nulls, tokens[index - 3].kind == .rightParenthesis else {
            return false
        }
        return tokens[index - 2].kind == .ignore || tokens[index - 2].kind == .identifier
    }
}

extension TokenKind {
    /// Whether the tokenizer takes the token for a name when it decides on a clause keyword before it.
    fileprivate var isNameForClauseKeyword: Bool {
        isIdentifierOrString || isJoinKeyword || self == .window || self == .over
    }
}
