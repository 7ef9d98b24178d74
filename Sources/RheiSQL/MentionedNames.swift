/// The words that a query's text holds wherever a column's name could stand.
///
/// More than the columns it reads, never less: a loader may leave out a column that is not mentioned.
package enum MentionedNames: Sendable, Equatable {
    /// The query may read columns that it does not name: `*`, NATURAL, or a table after IN.
    case everything
    /// ASCII letters in lower case.
    case words(Set<String>)

    /// Collects the words of a query's text.
    package init(in sql: String) {
        let bytes = Array(sql.utf8) + [0]
        var words: Set<String> = []
        var previous = TokenKind.endOfText
        for token in Lexer.tokens(of: bytes) {
            if Self.readsUnnamed(token.kind, after: previous) {
                self = .everything
                return
            }
            if let word = Self.word(token, bytes) { words.insert(word) }
            previous = token.kind
        }
        self = .words(words)
    }

    private static func readsUnnamed(_ kind: TokenKind, after previous: TokenKind) -> Bool {
        switch kind {
        case .natural: true
        case .star: [.select, .distinct, .all, .comma, .dot].contains(previous)
        default: previous == .in && kind != .leftParenthesis
        }
    }

    /// The token's text without quotes, folded; nil for what cannot be a name.
    private static func word(_ token: Token, _ bytes: [UInt8]) -> String? {
        var text = Array(bytes[Int(token.start)..<Int(token.end)])
        switch token.kind {
        case .quotedIdentifier, .string:
            guard text.count >= 2, let quote = text.last else { return nil }
            text = Array(text.dropFirst().dropLast())
            if quote != UInt8(ascii: "]") { text = undouble(text, quote) }
        default:
            guard let first = text.first, first == 0x5F || first >= 0x80 || (0x41...0x5A).contains(first & 0xDF) else {
                return nil
            }
        }
        for index in text.indices where (0x41...0x5A).contains(text[index]) { text[index] |= 0x20 }
        return String(decoding: text, as: UTF8.self)
    }

    private static func undouble(_ text: [UInt8], _ quote: UInt8) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            result.append(text[index])
            index += text[index] == quote ? 2 : 1
        }
        return result
    }
}
