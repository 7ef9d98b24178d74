import RheiCore

/// One token: its kind and its bytes in the text.
struct Token {
    var kind: TokenKind
    var start: Int32
    var end: Int32

    var range: SourceRange { SourceRange(Int(start), Int(end)) }
}
