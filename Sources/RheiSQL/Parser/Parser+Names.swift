import RheiCore

/// Names and their quotes.
extension Parser {
    /// Parses `nm` of SQLite's grammar.
    mutating func parseName(_ description: StaticString) throws(EngineError) -> Identifier {
        guard kind.isName else { throw unexpected("\(description)") }
        return takeIdentifier()
    }

    /// Parses `ids` of SQLite's grammar.
    mutating func parseIdentifierOrString(_ description: StaticString) throws(EngineError) -> Identifier {
        guard kind.isIdentifierOrString else { throw unexpected("\(description)") }
        return takeIdentifier()
    }

    /// Parses a name with an optional schema.
    mutating func parseQualifiedName(_ description: StaticString) throws(EngineError) -> QualifiedName {
        let first = try parseName(description)
        guard accept(.dot) else { return QualifiedName(name: first) }
        return QualifiedName(schema: first, name: try parseName(description))
    }

    /// Parses `name, name…` without parentheses.
    mutating func parseNameList(_ description: StaticString) throws(EngineError) -> [Identifier] {
        var names: [Identifier] = []
        repeat { names.append(try parseName(description)) } while accept(.comma)
        return names
    }

    /// Parses names in parentheses if a parenthesis follows.
    mutating func parseOptionalColumnList() throws(EngineError) -> [Identifier] {
        guard accept(.leftParenthesis) else { return [] }
        let names = try parseNameList("a column name")
        if kind == .collate || kind == .asc || kind == .desc {
            throw unexpected("\",\" or \")\" after the column name")
        }
        try expect(.rightParenthesis, "\",\" or \")\"")
        return names
    }

    /// Takes the current token, whatever it is, as an identifier.
    mutating func takeIdentifier() -> Identifier {
        let token = current
        advance()
        switch token.kind {
        case .string: return Identifier(unquoted(token), quoteStyle: .single, range: token.range)
        case .quotedIdentifier:
            let style: Identifier.QuoteStyle =
                switch bytes[Int(token.start)] {
                case UInt8(ascii: "\""): .double
                case UInt8(ascii: "["): .bracket
                default: .backtick
                }
            return Identifier(unquoted(token), quoteStyle: style, range: token.range)
        default: return Identifier(text(token.range), range: token.range)
        }
    }

    /// The text of a range.
    func text(_ range: SourceRange) -> String {
        String(decoding: bytes[range.lowerBound..<range.upperBound], as: UTF8.self)
    }

    /// The text of a quoted token without its quotes, with doubled quotes undone.
    func unquoted(_ token: Token) -> String {
        let start = Int(token.start)
        let inside = bytes[start + 1..<Int(token.end) - 1]
        let quote = bytes[start]
        guard quote != UInt8(ascii: "["), inside.contains(quote) else { return String(decoding: inside, as: UTF8.self) }
        var content: [UInt8] = []
        content.reserveCapacity(inside.count)
        var isSecondOfPair = false
        for byte in inside {
            isSecondOfPair = byte == quote && !isSecondOfPair
            if !isSecondOfPair || byte != quote { content.append(byte) }
        }
        return String(decoding: content, as: UTF8.self)
    }
}
