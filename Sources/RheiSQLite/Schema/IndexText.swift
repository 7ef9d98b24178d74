/// The indexed parts and the condition of an index, as its CREATE INDEX statement spells them.
///
/// Knows strings, quoted names, comments and parentheses, which is enough to find where a part ends: SQLite has
/// accepted the text.
package struct IndexText: Equatable, Sendable {
    /// In their order, without ASC and DESC; comments are blanks.
    package private(set) var parts: [String] = []
    package private(set) var condition: String?

    private static let opening: [UInt8] = [0x28]
    private static let closing: [UInt8] = [0x29]
    private static let comma: [UInt8] = [0x2c]

    /// - Returns: nil when the text has no list of parts.
    package init?(_ sql: String) {
        var depth = 0
        var part: [[UInt8]] = []
        let tokens = Self.tokens(Array(sql.utf8))
        var position = 0
        while position < tokens.count {
            let token = tokens[position]
            position += 1
            if token == Self.closing { depth -= 1 }
            if depth == 0, token == Self.closing {
                parts.append(Self.text(Self.withoutOrder(part)))
                break
            }
            if depth == 1, token == Self.comma {
                parts.append(Self.text(Self.withoutOrder(part)))
                part = []
            } else if depth > 0 {
                part.append(token)
            }
            if token == Self.opening { depth += 1 }
        }
        guard !parts.isEmpty else { return nil }
        let rest = Self.trimmed(Array(tokens[position...]))
        if let first = rest.first, Self.folded(first) == "where" { condition = Self.text(Array(rest.dropFirst())) }
    }

    private static func withoutOrder(_ tokens: [[UInt8]]) -> [[UInt8]] {
        let tokens = trimmed(tokens)
        guard tokens.count > 1, let last = tokens.last, ["asc", "desc"].contains(folded(last)) else { return tokens }
        return Array(tokens.dropLast())
    }

    private static func trimmed(_ tokens: [[UInt8]]) -> [[UInt8]] {
        let isText = { (token: [UInt8]) in !(token.count == 1 && isBlank(token[0])) }
        guard let first = tokens.firstIndex(where: isText), let last = tokens.lastIndex(where: isText) else {
            return []
        }
        return Array(tokens[first...last])
    }

    private static func text(_ tokens: [[UInt8]]) -> String {
        String(decoding: trimmed(tokens).flatMap { $0 }, as: UTF8.self)
    }

    private static func folded(_ token: [UInt8]) -> String { asciiLowercased(String(decoding: token, as: UTF8.self)) }

    // MARK: - Tokens

    /// Words, strings and quoted names each whole, comments as a blank, everything else byte by byte.
    private static func tokens(_ bytes: [UInt8]) -> [[UInt8]] {
        var tokens: [[UInt8]] = []
        var position = 0
        while position < bytes.count {
            let next = position + 1 < bytes.count ? bytes[position + 1] : 0
            let end = self.end(of: position, next, bytes)
            let isComment = end > position + 1 && (bytes[position] == 0x2d || bytes[position] == 0x2f)
            tokens.append(isComment ? [0x20] : Array(bytes[position..<end]))
            position = end
        }
        return tokens
    }

    /// Where the token that begins at `start` ends.
    private static func end(of start: Int, _ next: UInt8, _ bytes: [UInt8]) -> Int {
        let byte = bytes[start]
        switch byte {
        case 0x27, 0x22, 0x60: return endOfQuoted(byte, start, bytes)
        case 0x5b: return bytes[start...].firstIndex(of: 0x5d).map { $0 + 1 } ?? bytes.count
        case 0x2d where next == 0x2d: return bytes[start...].firstIndex(of: 0x0a).map { $0 + 1 } ?? bytes.count
        case 0x2f where next == 0x2a:
            var position = start + 2
            while position + 1 < bytes.count, !(bytes[position] == 0x2a && bytes[position + 1] == 0x2f) {
                position += 1
            }
            return min(position + 2, bytes.count)
        case _ where isWord(byte): return bytes[start...].firstIndex { !isWord($0) } ?? bytes.count
        default: return start + 1
        }
    }

    /// A quote that stands twice is part of the text.
    private static func endOfQuoted(_ quote: UInt8, _ start: Int, _ bytes: [UInt8]) -> Int {
        var position = start + 1
        while position < bytes.count {
            if bytes[position] == quote {
                guard position + 1 < bytes.count, bytes[position + 1] == quote else { return position + 1 }
                position += 1
            }
            position += 1
        }
        return bytes.count
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (0x61...0x7a).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5f
    }
}
