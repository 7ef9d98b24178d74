import Rhei
import RheiCore

/// A value of a result, as comparisons see it: equal only with the same storage class and the same bits.
enum FuzzValue {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    init(_ value: SQLValue) {
        switch value {
        case .null: self = .null
        case .integer(let integer): self = .integer(integer)
        case .real(let real): self = .real(real)
        case .text(let text): self = .text(text)
        case .blob(let bytes): self = .blob(bytes)
        }
    }

    /// How exactly a value is compared.
    enum Exactness: Sendable {
        case exact
        /// A sum of reals of moderate size, whose last digits may differ.
        case sum
        /// A sum of reals of any size, all of whose digits may differ.
        case wildSum
        /// Text whose pieces may stand in another order.
        case pieces
        /// A wild sum or such a text.
        case loose

        func merged(with other: Exactness) -> Exactness {
            if self == other || other == .exact { return self }
            return self == .exact ? other : .loose
        }
    }

    /// Text that is equal exactly where values count as equal.
    func comparable(_ exactness: Exactness) -> String {
        switch (self, exactness) {
        case (.null, _): "N"
        case (.integer(let integer), _): "i\(integer)"
        case (.real(let real), .sum): "r\(Self.leadingDigits(of: real))"
        case (.real, .wildSum), (.real, .loose): "r"
        // SQLite writes zeros of either sign alike.
        case (.real(let real), _): "r\((real + 0).bitPattern)"
        case (.text(let text), .pieces), (.text(let text), .loose):
            "t" + String(decoding: text.utf8.sorted(), as: UTF8.self)
        case (.text(let text), _): "t" + text
        case (.blob(let bytes), _): "b\(bytes)"
        }
    }

    /// The first digits of a sum: of small ones six behind the point, of large ones about nine in all. Rounding changes
    /// at places where sums of short decimals do not lie.
    private static func leadingDigits(of sum: Double) -> String {
        guard sum.isFinite, sum.magnitude >= 1024 else { return "\((sum * 1e6 + 0.31847).rounded() + 0)" }
        let scale = Double(sign: .plus, exponent: sum.exponent - 9, significand: 1)
        return "\((sum / scale * 1e6 + 0.31847).rounded()) * \(scale)"
    }

    /// Text that is equal for values that no ORDER BY tells apart: 1 and 1.0, and, if so asked, letters of either case
    /// and blanks at the end.
    func orderText(foldsText: Bool) -> String {
        switch self {
        case .null: return "N"
        case .integer(let integer): return "n\(Double(integer))"
        case .real(let real): return "n\(real + 0)"
        case .text(let text):
            guard foldsText else { return "t" + text }
            let folded = text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }
            return "t" + String(decoding: folded.reversed().drop { $0 == 32 }.reversed(), as: UTF8.self)
        case .blob(let bytes): return "b\(bytes)"
        }
    }
}

extension FuzzValue: CustomStringConvertible {
    /// The value as an SQL literal.
    var description: String {
        switch self {
        case .null: "NULL"
        case .integer(let integer): "\(integer)"
        case .real(let real): "\(real)"
        case .text(let text): "'" + text.debugDescription.dropFirst().dropLast() + "'"
        case .blob(let bytes): "x'" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "'"
        }
    }
}

extension FuzzValue {
    /// The value as a sqllogictest file writes it in a column of type T.
    var sqlLogicText: String {
        func printable(_ text: String) -> String {
            text.isEmpty
                ? "(empty)" : String(text.unicodeScalars.map { (32...126).contains($0.value) ? Character($0) : "@" })
        }
        switch self {
        case .null: return "NULL"
        case .integer(let integer): return "\(integer)"
        case .real(let real): return NumberFormat.real(real)
        case .text(let text): return printable(text)
        case .blob(let bytes): return printable(String(decoding: bytes, as: UTF8.self))
        }
    }
}
