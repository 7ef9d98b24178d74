/// A pattern of LIKE or GLOB, prepared for matching many texts.
///
/// Texts and patterns end at their first NUL, characters are read as SQLite reads them (``readCharacter(_:_:)``).
/// Patterns whose wildcards are only `%` between ASCII literals are matched by searching bytes; this is exact also for
/// bytes that are not UTF-8, since no character but the ASCII one contains an ASCII byte.
final class LikePattern {
    enum Style: Equatable {
        /// `%` and `_`, ASCII letters match in both cases.
        case like
        /// `*`, `?` and `[…]`, case matters.
        case glob
    }

    enum Token {
        case any
        case one
        case literal(UInt32)
        case set([ClosedRange<UInt32>], isInverted: Bool)
        /// An unfinished escape or set: nothing matches.
        case never
    }

    let style: Style
    private let tokens: [Token]
    /// The fast form, where the pattern has one.
    let segments: LikeSegments?

    init(_ text: ByteRun, style: Style, escape: UInt32?) {
        self.style = style
        tokens = PatternReader(text.upToNul, style: style, escape: escape).tokens()
        segments = LikeSegments(tokens, foldsCase: style == .like)
    }

    /// Whether the whole text matches.
    @inline(__always) func matches(_ text: ByteRun) -> Bool {
        if let segments { return segments.match(text) }
        return matchesSlowly(text.upToNul)
    }

    /// Matches token by token; on a failure the last `%` takes one more character.
    private func matchesSlowly(_ text: ByteRun) -> Bool {
        var token = 0
        var index = 0
        var retryToken = -1
        var retryIndex = 0
        while true {
            if token == tokens.count {
                if index == text.count { return true }
            } else if case .any = tokens[token] {
                token += 1
                retryToken = token
                retryIndex = index
                continue
            } else if index < text.count, matches(tokens[token], readCharacter(text, &index)) {
                token += 1
                continue
            }
            guard retryToken >= 0, retryIndex < text.count else { return false }
            skipCharacter(text, &retryIndex)
            index = retryIndex
            token = retryToken
        }
    }

    private func matches(_ token: Token, _ character: UInt32) -> Bool {
        switch token {
        case .any, .never: return false
        case .one: return true
        case .literal(let literal):
            if literal == character { return true }
            guard style == .like, literal < 0x80, character < 0x80 else { return false }
            return foldCase(UInt8(literal)) == foldCase(UInt8(character))
        case .set(let ranges, let isInverted):
            return ranges.contains { $0.contains(character) } != isInverted
        }
    }
}

/// Splits a pattern into tokens.
private struct PatternReader {
    private let text: ByteRun
    private let style: LikePattern.Style
    private let escape: UInt32?
    private var index = 0

    init(_ text: ByteRun, style: LikePattern.Style, escape: UInt32?) {
        self.text = text
        self.style = style
        self.escape = escape
    }

    consuming func tokens() -> [LikePattern.Token] {
        var tokens: [LikePattern.Token] = []
        let matchAll: UInt32 = style == .like ? 0x25 : 0x2A
        let matchOne: UInt32 = style == .like ? 0x5F : 0x3F
        while index < text.count {
            let character = readCharacter(text, &index)
            if style == .glob, character == 0x5B {
                tokens.append(readSet())
            } else if character == escape {
                tokens.append(index < text.count ? .literal(readCharacter(text, &index)) : .never)
            } else if character == matchAll {
                if case .any? = tokens.last { continue }
                tokens.append(.any)
            } else {
                tokens.append(character == matchOne ? .one : .literal(character))
            }
        }
        return tokens
    }

    /// Reads what follows `[`: characters and ranges up to `]`, which may itself come first.
    private mutating func readSet() -> LikePattern.Token {
        var ranges: [ClosedRange<UInt32>] = []
        var character = readCharacter(text, &index)
        let isInverted = character == 0x5E
        if isInverted { character = readCharacter(text, &index) }
        if character == 0x5D {
            ranges.append(0x5D...0x5D)
            character = readCharacter(text, &index)
        }
        var prior: UInt32 = 0
        while character != 0, character != 0x5D {
            let next = index < text.count ? text[index] : 0
            if character == 0x2D, next != 0x5D, next != 0, prior > 0 {
                let upper = readCharacter(text, &index)
                if prior <= upper { ranges.append(prior...upper) }
                prior = 0
            } else {
                ranges.append(character...character)
                prior = character
            }
            character = readCharacter(text, &index)
        }
        return character == 0 ? .never : .set(ranges, isInverted: isInverted)
    }
}
