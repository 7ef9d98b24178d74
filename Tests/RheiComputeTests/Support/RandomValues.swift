import RheiTestSupport

extension SeededGenerator {
    private static let integers: [Int64] = [
        0, 1, -1, 2, -2, 3, 5, 7, 9, 10, 12, 63, 64, 65, 100, 127, 128, 255, 1000, 32767, 65536, 2_147_483_647,
        -2_147_483_648, 2_147_483_648, 4_294_967_296, 9_007_199_254_740_992, 9_007_199_254_740_993, .max, .min,
        .max - 1,
        .min + 1, 1_000_000_000_000_000_000, -63, -64, -65,
    ]
    private static let reals: [Double] = [
        0, -0.0, 1, -1, 0.5, 1.5, 2.5, -0.5, -1.5, 0.1, 0.2, 0.3, 1e-5, 1e15, 1e16, 1e18, 1e19, 1e20, 1e100, 1e300,
        1e308,
        .infinity, -.infinity, 9223372036854775807.0, -9223372036854775808.0, 9007199254740993.0, 4503599627370496.5,
        123456789.123456789, Double.leastNonzeroMagnitude, 2.2250738585072014e-308, 1.7976931348623157e308, 99999.995,
        Double(bitPattern: 2024), 3.14159, 0.99999999999999994,
    ]
    private static let texts: [String] = [
        "", " ", "0", "1", "-1", "+5", "12abc", " 12 ", "1.5", "1.", ".5", ".", "-.5e2", "1e3", "1e", "1e+", "1e3x",
        "1.5x",
        "0x10", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "1e400",
        "1e-400",
        "123456789012345678901234567890", "0.1234567890123456789", "abc", "ABC", "aBc ", "abc  ", "a%b_c",
        "hello world",
        "Ünïcödé", "日本語テキスト", "😀x", "a'b''c", "\"q\"", "%", "_", "[a-z]", "*", "?", "true", "-0", "-0.0", "00012",
        "1 2",
        "this is a longer text of more than twelve bytes", "special requests", "\t12", "inf", "nan", "1_000",
    ]

    mutating func integer() -> Int64 {
        switch below(4) {
        case 0: Self.integers[below(Self.integers.count)]
        case 1: Int64.random(in: -100...100, using: &self)
        case 2: Int64.random(in: .min ... .max, using: &self) >> Int64(below(64))
        default: Int64.random(in: -100_000_000...100_000_000, using: &self)
        }
    }

    mutating func real() -> Double {
        switch below(5) {
        case 0: return Self.reals[below(Self.reals.count)]
        case 1: return Double(Int64.random(in: -100_000...100_000, using: &self)) / 100
        case 2: return Double(integer())
        case 3: return Double.random(in: -1...1, using: &self)
        default:
            let value = Double(bitPattern: next())
            return value.isNaN ? 1.25 : value
        }
    }

    mutating func bytes() -> [UInt8] {
        let count = pick([0, 1, 2, 3, 4, 5, 8, 11, 12, 13, 14, 20, 40, 100])
        let alphabet = below(4)
        return (0..<count).map { _ in
            switch alphabet {
            case 0: UInt8(below(256))
            case 1: pick(Array("0123456789.-+eE ".utf8))
            case 2: pick(Array("abAB %_*?[]^-\\".utf8))
            default: UInt8(0x20 + below(95))
            }
        }
    }

    mutating func text() -> [UInt8] {
        switch below(4) {
        case 0, 1: Array(pick(Self.texts).utf8)
        case 2: Array("\(real())".utf8)
        default: bytes()
        }
    }

    mutating func value() -> Value {
        switch below(9) {
        case 0: .null
        case 1, 2: .integer(integer())
        case 3, 4: .real(real())
        case 5, 6, 7: .text(text())
        default: .blob(bytes())
        }
    }
}
