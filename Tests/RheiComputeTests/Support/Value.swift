import RheiArrow
import RheiCompute
import RheiCore

/// A SQL value of a test, texts as bytes because they need not be UTF-8.
enum Value: Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text([UInt8])
    case blob([UInt8])

    static func string(_ text: String) -> Value { .text(Array(text.utf8)) }

    var isNull: Bool { self == .null }

    init(_ datum: Datum) {
        switch datum.storageClass {
        case .null: self = .null
        case .integer: self = .integer(datum.integer)
        case .real: self = .real(datum.real)
        case .text: self = .text(unsafe datum.string.withBytes { unsafe Array($0) })
        case .blob: self = .blob(unsafe datum.string.withBytes { unsafe Array($0) })
        }
    }

    func datum(_ arena: StringArena) -> Datum {
        switch self {
        case .null: .null
        case .integer(let value): .integer(value)
        case .real(let value): .real(value)
        case .text(let bytes): .text(unsafe bytes.withUnsafeBytes { unsafe arena.store($0) })
        case .blob(let bytes): .blob(unsafe bytes.withUnsafeBytes { unsafe arena.store($0) })
        }
    }

    /// Whether both are the same value of the same class; zeros of either sign are the same.
    func isSame(_ other: Value) -> Bool {
        if case .real(let left) = self, case .real(let right) = other { return left == right }
        return self == other
    }
}

extension Value: CustomStringConvertible {
    var description: String {
        switch self {
        case .null: "NULL"
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)r"
        case .text(let bytes): "'\(String(decoding: bytes, as: UTF8.self))'\(bytes)"
        case .blob(let bytes): "x\(bytes)"
        }
    }
}
