/// The unscaled number of a decimal of up to 76 digits: 256 bits in two's complement, the lowest word first.
@frozen public struct Decimal256: BitwiseCopyable, Sendable, Hashable {
    public var words: (UInt64, UInt64, UInt64, UInt64) { (w0, w1, w2, w3) }
    private var w0, w1, w2, w3: UInt64

    public init(_ value: Int128) {
        let fill: UInt64 = value < 0 ? .max : 0
        w0 = UInt64(truncatingIfNeeded: value)
        w1 = UInt64(truncatingIfNeeded: value >> 64)
        (w2, w3) = (fill, fill)
    }

    /// Makes a number from its words, the lowest first.
    public init(words: (UInt64, UInt64, UInt64, UInt64)) {
        (w0, w1, w2, w3) = words
    }

    public var isNegative: Bool { w3 >> 63 == 1 }

    /// The same number in 128 bits, nil when it does not fit.
    public var int128: Int128? {
        let narrow = Int128(truncatingIfNeeded: w1) << 64 | Int128(truncatingIfNeeded: w0)
        return Decimal256(narrow) == self ? narrow : nil
    }

    /// The number without its sign, in decimal digits.
    public var magnitudeDigits: String {
        var parts = magnitudeWords
        var groups: [String] = []
        // Long division by the largest power of ten that fits a word.
        let divisor: UInt64 = 10_000_000_000_000_000_000
        repeat {
            var remainder: UInt64 = 0
            for index in parts.indices.reversed() {
                (parts[index], remainder) = divisor.dividingFullWidth((remainder, parts[index]))
            }
            groups.append(String(remainder))
        } while parts.contains { $0 != 0 }
        let padded = groups.dropLast().map { String(repeating: "0", count: 19 - $0.count) + $0 }
        return (groups.last ?? "0") + padded.reversed().joined()
    }

    private var magnitudeWords: [UInt64] {
        var parts = [w0, w1, w2, w3]
        guard isNegative else { return parts }
        var carry = true
        for index in parts.indices {
            (parts[index], carry) = (~parts[index]).addingReportingOverflow(carry ? 1 : 0)
        }
        return parts
    }
}
