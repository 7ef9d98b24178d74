import RheiCore
import RheiPlan

/// SQLite's rules for single values in plain Swift: the yardstick of the operators' tests.
enum PlainValues {
    private static func rank(_ value: SQLValue) -> Int {
        switch value {
        case .null: 0
        case .integer, .real: 1
        case .text: 2
        case .blob: 3
        }
    }

    /// Negative, zero or positive; nulls first and equal.
    static func compare(_ left: SQLValue, _ right: SQLValue, _ collation: Collation = .binary) -> Int {
        if rank(left) != rank(right) { return rank(left) - rank(right) }
        switch (left, right) {
        case (.integer(let first), .integer(let second)): return first < second ? -1 : first > second ? 1 : 0
        case (.real(let first), .real(let second)): return first < second ? -1 : first > second ? 1 : 0
        case (.integer(let first), .real(let second)): return compareMixed(first, second)
        case (.real(let first), .integer(let second)): return -compareMixed(second, first)
        case (.text(let first), .text(let second)):
            return compareBytes(folded(first, collation), folded(second, collation))
        case (.blob(let first), .blob(let second)): return compareBytes(first, second)
        default: return 0
        }
    }

    /// `Float80` holds every integer and every double of these tests exactly.
    private static func compareMixed(_ integer: Int64, _ real: Double) -> Int {
        let (first, second) = (Float80(integer), Float80(real))
        return first < second ? -1 : first > second ? 1 : 0
    }

    private static func folded(_ text: String, _ collation: Collation) -> [UInt8] {
        var bytes = Array(text.utf8)
        switch collation {
        case .binary: break
        case .noCase: bytes = bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }
        case .rightTrim: while bytes.last == 32 { bytes.removeLast() }
        }
        return bytes
    }

    private static func compareBytes(_ left: [UInt8], _ right: [UInt8]) -> Int {
        left.lexicographicallyPrecedes(right) ? -1 : right.lexicographicallyPrecedes(left) ? 1 : 0
    }

    static func equal(_ left: SQLValue, _ right: SQLValue, _ collation: Collation = .binary) -> Bool {
        compare(left, right, collation) == 0
    }
}

/// A row that is one group with another when all values are equal.
struct GroupKey: Hashable {
    var values: [SQLValue]

    init(_ values: [SQLValue]) {
        self.values = values.map { value in
            guard case .real(let real) = value else { return value }
            if let integer = Int64(exactly: real) { return .integer(integer) }
            return .real(real)
        }
    }
}

/// Orders rows for comparison where SQL leaves the order open.
func inAnyOrder(_ rows: [[SQLValue]]) -> [String] { rows.map { "\($0)" }.sorted() }
