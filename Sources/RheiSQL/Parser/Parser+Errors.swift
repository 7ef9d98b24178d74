import RheiCore

/// Messages for what does not parse.
extension Parser {
    /// Makes the error for the current token where `expected` should stand.
    ///
    /// When the token before is a bare name that is nearly a keyword (`SELECT a FORM t`: the name became an alias), the
    /// error is about that name, since it is the likely mistake.
    func unexpected(_ expected: String, hint: String? = nil) -> EngineError {
        if kind == .illegal { return unrecognized(current) }
        if hint == nil, let suggestion = misspelledKeyword() {
            let token = tokens[suggestion.index]
            return EngineError(
                .syntax, "syntax error near \"\(text(token.range))\"", at: token.range,
                hint: "did you mean \(suggestion.keyword)?")
        }
        guard kind != .endOfText else {
            return EngineError(
                .syntax, "the statement ends where \(expected) is expected",
                at: SourceRange(previousEnd, previousEnd), hint: hint)
        }
        let message = "syntax error near \"\(excerpt(current))\": expected \(expected)"
        return EngineError(
            .syntax, message, at: current.range, hint: hint ?? foreignSyntaxHint() ?? reservedWordHint(expected))
    }

    /// The error for bytes that begin no token.
    private func unrecognized(_ token: Token) -> EngineError {
        let message: String
        var hint: String?
        switch bytes[Int(token.start)] {
        case UInt8(ascii: "'"): message = "the string is not closed"
        case UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "["): message = "the quoted name is not closed"
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
            message = "malformed number \"\(excerpt(token))\""
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            message = "malformed blob literal"
            hint = "write pairs of hexadecimal digits, as in x'00ff'"
        case UInt8(ascii: "$"), UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: ":"):
            message = "malformed parameter \"\(excerpt(token))\""
        default:
            message = "unrecognized character \"\(excerpt(token))\""
            hint = ["!": "write NOT", "^": "write pow(x, y), or xor(x, y)"][excerpt(token)]
        }
        return EngineError(.syntax, message, at: token.range, hint: hint)
    }

    /// The text of a token, cut short if it is long.
    private func excerpt(_ token: Token) -> String {
        let whole = text(token.range)
        return whole.count > 40 ? String(whole.prefix(37)) + "…" : whole
    }

    /// Tells what to write instead of what other databases and languages have.
    private func foreignSyntaxHint() -> String? {
        guard index > 0 else { return nil }
        let before = text(tokens[index - 1].range).lowercased()
        let isAdjacent = tokens[index - 1].range.upperBound == current.range.lowerBound
        switch (before, text(current.range).lowercased()) {
        case ("top", _) where kind == .integer || kind == .leftParenthesis: return "write LIMIT at the end of the query"
        case ("fetch", "first"), ("fetch", "next"): return "write LIMIT"
        case ("&", "&") where isAdjacent: return "write AND"
        case ("==", "=") where isAdjacent: return "write ="
        default: return nil
        }
    }

    /// Tells that a reserved word may be quoted where a name is expected, or a common column name an expression.
    private func reservedWordHint(_ expected: String) -> String? {
        guard kind.isKeyword else { return nil }
        let isName = expected.contains("name") || expected.contains("alias")
        guard isName || (expected == "an expression" && kind.isCommonColumnName) else { return nil }
        let word = text(current.range)
        return "\(word.uppercased()) is a keyword; write \"\(word)\" to use it as a name"
    }

    /// A keyword that the current token, or the bare name before it, resembles.
    private func misspelledKeyword() -> (index: Int, keyword: String)? {
        if kind == .identifier, let keyword = KeywordSuggestion.nearest(to: text(current.range)) {
            return (index, keyword)
        }
        if index > 0, tokens[index - 1].kind == .identifier,
            let keyword = KeywordSuggestion.nearest(to: text(tokens[index - 1].range))
        {
            return (index - 1, keyword)
        }
        return nil
    }
}

extension TokenKind {
    /// Whether a reserved word that people like to name columns by.
    fileprivate var isCommonColumnName: Bool {
        switch self {
        case .group, .order, .index, .table, .check, .default, .primary, .to, .set, .transaction, .limit, .add: true
        default: false
        }
    }
}
