/// Cuts a stream of SQL text into statements, for a shell that reads lines and for scripts of any length.
///
/// A statement ends at a semicolon outside strings, quoted names, comments and trigger bodies, by the rules of
/// `sqlite3_complete`: a `CREATE TRIGGER` ends at the semicolon of `; END;`. No grammar is checked. The cost of feeding
/// is linear in the text fed, however it is cut.
package struct StatementSplitter: Sendable {
    /// What the text that has not ended yet is in the middle of.
    package enum OpenConstruct: Sendable, Equatable {
        /// A string or quoted name with its closing character.
        case quotes(Character)
        /// `/*` without `*/`
        case comment
    }

    private enum Mode {
        case text
        case word(FoldedWord)
        /// After one `-` or `/` that may begin a comment.
        case minus
        case slash
        case lineComment
        case blockComment(endsInStar: Bool)
        case quoted(by: UInt8)
    }

    /// Bytes since the end of the last statement.
    private var buffer: [UInt8] = []
    /// How many bytes of `buffer` have been looked at.
    private var scannedCount = 0
    /// Where the first token in `buffer` begins.
    private var firstToken: Int?
    private var mode = Mode.text
    private var progress = StatementProgress.start

    package init() {}

    /// Adds text and returns the statements that it completes, each from its first token to its semicolon.
    ///
    /// Empty statements are left out.
    package mutating func feed(_ text: String) -> [String] {
        buffer.append(contentsOf: text.utf8)
        var statements: [String] = []
        var consumedCount = 0
        while scannedCount < buffer.count {
            let isEnd = scan(buffer[scannedCount])
            scannedCount += 1
            guard isEnd else { continue }
            if let firstToken {
                statements.append(String(decoding: buffer[firstToken..<scannedCount], as: UTF8.self))
            }
            firstToken = nil
            consumedCount = scannedCount
        }
        buffer.removeFirst(consumedCount)
        scannedCount -= consumedCount
        firstToken = firstToken.map { $0 - consumedCount }
        return statements
    }

    /// Returns what has not ended with a semicolon, from its first token, or nil if that is nothing but white space and
    /// comments; begins anew.
    package mutating func finish() -> String? {
        let rest = isBlank ? nil : String(decoding: buffer[(firstToken ?? buffer.count - 1)...], as: UTF8.self)
        self = StatementSplitter()
        return rest
    }

    /// Whether the rest is nothing but white space and comments.
    package var isBlank: Bool {
        switch mode {
        case .minus, .slash: false
        default: firstToken == nil
        }
    }

    /// The string, name or comment that is open at the end of the text so far.
    package var openConstruct: OpenConstruct? {
        switch mode {
        case .quoted(let quote): .quotes(Character(UnicodeScalar(quote)))
        case .blockComment: .comment
        default: nil
        }
    }

    // MARK: Scanning

    /// Looks at the byte at `scannedCount` and tells whether it ends a statement.
    private mutating func scan(_ byte: UInt8) -> Bool {
        switch mode {
        case .text:
            return begin(byte)
        case .word(var word):
            if byte.isIdentifierByte {
                word.append(byte)
                mode = .word(word)
                return false
            }
            progress.advance(over: StatementProgress.Token(word))
            return begin(byte)
        case .minus:
            return continueSymbol(byte, comment: UInt8(ascii: "-"), .lineComment)
        case .slash:
            return continueSymbol(byte, comment: UInt8(ascii: "*"), .blockComment(endsInStar: false))
        case .lineComment:
            if byte == UInt8(ascii: "\n") { mode = .text }
        case .blockComment(let endsInStar):
            let isEnd = endsInStar && byte == UInt8(ascii: "/")
            mode = isEnd ? .text : .blockComment(endsInStar: byte == UInt8(ascii: "*"))
        case .quoted(let quote):
            // A doubled quote closes and opens again, which is the same here.
            if byte == quote { mode = .text }
        }
        return false
    }

    /// Decides on a `-` or `/` by the byte after it.
    private mutating func continueSymbol(_ byte: UInt8, comment: UInt8, _ commentMode: Mode) -> Bool {
        if byte == comment {
            mode = commentMode
            return false
        }
        noteToken(at: scannedCount - 1)
        progress.advance(over: .other)
        return begin(byte)
    }

    /// Looks at a byte that begins something.
    private mutating func begin(_ byte: UInt8) -> Bool {
        mode = .text
        switch byte {
        case UInt8(ascii: ";"):
            progress.advance(over: .semicolon)
            if progress == .start { return true }
        case UInt8(ascii: "-"):
            mode = .minus
        case UInt8(ascii: "/"):
            mode = .slash
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "["):
            noteToken(at: scannedCount)
            progress.advance(over: .other)
            mode = .quoted(by: byte == UInt8(ascii: "[") ? UInt8(ascii: "]") : byte)
        case _ where byte.isSQLSpace:
            break
        case _ where byte.isIdentifierByte:
            noteToken(at: scannedCount)
            var word = FoldedWord()
            word.append(byte)
            mode = .word(word)
        default:
            noteToken(at: scannedCount)
            progress.advance(over: .other)
        }
        return false
    }

    private mutating func noteToken(at offset: Int) {
        if firstToken == nil { firstToken = offset }
    }
}
