/// The keyword a statement begins with, as far as the writer's scheduling depends on it.
package enum StatementKeyword: Sendable {
    /// INSERT, REPLACE, UPDATE or DELETE.
    case change
    /// WITH, which may lead to a change or to a query.
    case with
    /// BEGIN, COMMIT, END, ROLLBACK, SAVEPOINT or RELEASE.
    case transaction
    /// SELECT, VALUES, EXPLAIN or PRAGMA.
    case query
    /// Anything else, such as CREATE or ATTACH.
    case other

    /// Whether the statement can be one that changes rows.
    var changesRows: Bool { self == .change || self == .with }

    /// Reads the first word of `sql` from byte `offset` on, past blanks, comments and empty statements.
    package static func first(of sql: String, from offset: Int = 0) -> StatementKeyword {
        let bytes = sql.utf8.span
        var index = offset
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x0c, UInt8(ascii: ";"):
                index += 1
            case UInt8(ascii: "-") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "-"):
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "*"):
                index = endOfComment(bytes, from: index + 2)
            default:
                return keyword(bytes, from: index)
            }
        }
        return .other
    }

    /// Whether `sql` is short and an INSERT or REPLACE that names its rows, so that it takes microseconds to run. One
    /// with the word SELECT in it, in whatever place, is not.
    static func insertsValues(_ sql: String) -> Bool {
        let bytes = sql.utf8.span
        guard bytes.count >= 6, bytes.count <= 2_000 else { return false }
        let letter = bytes[0] | 0x20
        guard letter == UInt8(ascii: "i") || letter == UInt8(ascii: "r") else { return false }
        for start in 0...(bytes.count - 6) where bytes[start] | 0x20 == UInt8(ascii: "s") {
            let isWord =
                bytes[start + 1] | 0x20 == UInt8(ascii: "e") && bytes[start + 2] | 0x20 == UInt8(ascii: "l")
                && bytes[start + 3] | 0x20 == UInt8(ascii: "e") && bytes[start + 4] | 0x20 == UInt8(ascii: "c")
                && bytes[start + 5] | 0x20 == UInt8(ascii: "t")
            if isWord { return false }
        }
        return Self.first(of: sql) == .change
    }

    /// Whether `sql` begins with UPDATE or DELETE.
    static func updatesOrDeletes(_ sql: String) -> Bool {
        let letter = sql.utf8.first.map { $0 | 0x20 }
        return (letter == UInt8(ascii: "u") || letter == UInt8(ascii: "d")) && Self.first(of: sql) == .change
    }

    private static func endOfComment(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") { return index + 2 }
            index += 1
        }
        return bytes.count
    }

    private static func keyword(_ bytes: Span<UInt8>, from start: Int) -> StatementKeyword {
        var end = start
        while end < bytes.count, isWordByte(bytes[end]) { end += 1 }
        let word = start..<end
        for (keyword, words) in words {
            for candidate in words where isSame(bytes, word, candidate) { return keyword }
        }
        return .other
    }

    /// The words of each kind, those of frequent statements first.
    private static let words: [(StatementKeyword, [String])] = [
        (.change, ["insert", "update", "delete", "replace"]),
        (.query, ["select", "values", "pragma", "explain"]),
        (.transaction, ["begin", "commit", "end", "rollback", "savepoint", "release"]),
        (.with, ["with"]),
    ]

    /// Whether the bytes in `place` are `word`, which is in lower case, in whatever letter case.
    private static func isSame(_ bytes: Span<UInt8>, _ place: Range<Int>, _ word: String) -> Bool {
        guard place.count == word.utf8.count else { return false }
        var index = place.lowerBound
        for letter in word.utf8 {
            guard bytes[index] | 0x20 == letter else { return false }
            index += 1
        }
        return true
    }
}
