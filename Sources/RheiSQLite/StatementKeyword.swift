/// The keyword a statement begins with, as far as the writer's scheduling depends on it.
package enum StatementKeyword: Sendable {
    /// INSERT, REPLACE, UPDATE or DELETE.
    case change
    /// WITH, which may lead to a change or to a query.
    case with
    /// BEGIN, COMMIT, END, ROLLBACK, SAVEPOINT or RELEASE.
    case transaction
    /// Anything else.
    case other

    /// Whether the statement can be one that changes rows.
    var changesRows: Bool { self == .change || self == .with }

    /// Reads the first word of `sql`, past blanks, comments and empty statements.
    package static func first(of sql: String) -> StatementKeyword {
        let bytes = Array(sql.utf8)
        var index = 0
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

    private static func endOfComment(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") { return index + 2 }
            index += 1
        }
        return bytes.count
    }

    private static func keyword(_ bytes: [UInt8], from start: Int) -> StatementKeyword {
        let word = bytes[start...].prefix(while: isWordByte)
        switch String(decoding: word, as: UTF8.self).uppercased() {
        case "INSERT", "REPLACE", "UPDATE", "DELETE": return .change
        case "WITH": return .with
        case "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE": return .transaction
        default: return .other
        }
    }
}
