import RheiArrow
import RheiCore

/// Which static type stands for values of several, and which affinity a type name gives.
enum TypeRules {
    /// The type that holds the values of both without changing any: `any` unless they agree.
    static func common(_ left: DataType, _ right: DataType) -> DataType {
        let left = left == .bool ? .int64 : left
        let right = right == .bool ? .int64 : right
        if left == right || right == .null { return left }
        if left == .null { return right }
        return left.isExplicit || right.isExplicit ? commonExplicit(left, right) : .any
    }

    private static func commonExplicit(_ left: DataType, _ right: DataType) -> DataType {
        if let decimal = DataType.commonDecimal(left, right) { return decimal }
        if let first = left.nestedType, let second = right.nestedType {
            return first.common(with: second)?.dataType ?? .any
        }
        let integers = DataType.decimal128(precision: 19, scale: 0)
        switch (left, right) {
        case (.decimal128, .int64): return DataType.commonDecimal(left, integers) ?? .any
        case (.int64, .decimal128): return DataType.commonDecimal(integers, right) ?? .any
        case (.decimal128, .float64), (.float64, .decimal128): return .float64
        case (.date32, .timestamp), (.timestamp, .date32): return .timestamp
        default: return .any
        }
    }

    /// The type that holds the values of all.
    static func common(_ types: [DataType]) -> DataType { types.reduce(.null, common) }

    /// Whether the values of all operands together may contain both 1 and 1.0.
    static func mayMix(_ operands: [BoundExpression]) -> Bool {
        if operands.contains(where: \.mayMixNumbers) { return true }
        let types = Set(operands.map { $0.type == .bool ? .int64 : $0.type })
        if types.contains(.any) { return types.contains(.float64) || types.contains(.int64) || operands.count > 1 }
        return types.contains(.int64) && types.contains(.float64)
    }

    /// The affinity that a declared type has, by SQLite's rules ("Datatypes In SQLite", section 3.1).
    static func affinity(ofDeclaredType declared: String) -> Affinity {
        let name = NameMatching.fold(declared)
        if contains(name, "int") { return .integer }
        if contains(name, "char") || contains(name, "clob") || contains(name, "text") { return .text }
        if contains(name, "blob") || name.isEmpty { return .none }
        if contains(name, "real") || contains(name, "floa") || contains(name, "doub") { return .real }
        return .numeric
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        let text = Array(text.utf8)
        let part = Array(part.utf8)
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { start in
            text[start..<(start + part.count)].elementsEqual(part)
        }
    }

    /// The number that a text stands for when the whole of it is one, blanks around it allowed: an integer where it
    /// fits 64 bits, otherwise a real. Nil for any other text.
    static func number(_ text: String) -> SQLValue? {
        let isBlank: (UInt8) -> Bool = { $0 == 32 || (9...13).contains($0) }
        var bytes = Array(text.utf8)[...]
        while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        var position = bytes.startIndex
        func skipDigits() -> Int {
            let start = position
            while position < bytes.endIndex, (48...57).contains(bytes[position]) { position += 1 }
            return position - start
        }
        if position < bytes.endIndex, bytes[position] == 43 || bytes[position] == 45 { position += 1 }
        var digitCount = skipDigits()
        var isInteger = digitCount > 0
        if position < bytes.endIndex, bytes[position] == 46 {
            position += 1
            isInteger = false
            digitCount += skipDigits()
        }
        guard digitCount > 0 else { return nil }
        if position < bytes.endIndex, bytes[position] | 32 == 101 {
            position += 1
            isInteger = false
            if position < bytes.endIndex, bytes[position] == 43 || bytes[position] == 45 { position += 1 }
            guard skipDigits() > 0 else { return nil }
        }
        guard position == bytes.endIndex else { return nil }
        let written = String(decoding: bytes, as: UTF8.self)
        if isInteger, let integer = Int64(written) { return .integer(integer) }
        return Double(written.hasPrefix(".") ? "0" + written : written).map { .real($0) }
    }
}
