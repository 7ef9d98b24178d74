import RheiSQLite

/// The text of a column's default value.
struct DefaultValue {
    private let expression: String

    init(_ expression: String) { self.expression = expression }

    var isNull: Bool { asciiLowercased(expression) == "null" }

    /// The text in a place where a bare or double-quoted word would be taken for a column.
    var sql: String {
        let word = asciiLowercased(expression)
        if ["true", "false", "null", "current_time", "current_date", "current_timestamp"].contains(word) {
            return expression
        }
        if let first = expression.utf8.first, expression.utf8.count >= 2, first == 0x22 || first == 0x60,
            expression.utf8.last == first
        {
            let quote = String(UnicodeScalar(first))
            let inner = expression.dropFirst().dropLast()
            return quotedLiteral(
                inner.split(separator: quote + quote, omittingEmptySubsequences: false).joined(separator: quote))
        }
        let isWord = expression.utf8.allSatisfy { $0 == 0x5f || $0 >= 0x80 || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) }
        return isWord ? quotedLiteral(expression) : "(\(expression))"
    }

    /// Whether two evaluations for the same row give the same value, or values of so many random bits that no row has
    /// them.
    ///
    /// SQLite's clock stands still during a statement. Functions that are not known here count as changing.
    var isForeseeable: Bool {
        let steady: Set<String> = [
            "date", "time", "datetime", "julianday", "strftime", "unixepoch", "lower", "upper", "hex", "abs", "cast",
            "coalesce", "printf", "format", "char", "in", "and", "or", "not", "is", "when", "then", "else", "case",
        ]
        let bytes = Array(asciiLowercased(expression).utf8)
        var position = 0
        while position < bytes.count {
            if let quote = [UInt8(0x27), 0x22].first(where: { $0 == bytes[position] }) {
                position = (bytes[(position + 1)...].firstIndex(of: quote) ?? bytes.count - 1) + 1
                continue
            }
            let end = bytes[position...].firstIndex { !Self.isNameByte($0) } ?? bytes.count
            guard end > position else {
                position += 1
                continue
            }
            let name = String(decoding: bytes[position..<end], as: UTF8.self)
            let next = bytes[end...].firstIndex { $0 != 0x20 } ?? bytes.count
            position = end
            guard next < bytes.count, bytes[next] == 0x28 else { continue }
            let argument = bytes[(next + 1)...].prefix { (0x30...0x39).contains($0) }
            let isLong = (Int(String(decoding: argument, as: UTF8.self)) ?? 0) >= 8
            guard steady.contains(name) || (name == "randomblob" && isLong) else { return false }
        }
        return true
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5f
    }
}
