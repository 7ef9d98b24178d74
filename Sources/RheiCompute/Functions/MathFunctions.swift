#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import RheiArrow

/// The functions of SQLITE_ENABLE_MATH_FUNCTIONS: by the C library, null where the result is not a number, and null
/// for arguments that are not numbers.
enum MathFunctions {
    static let all: [ScalarFunction] =
        unary.map { name, function in
            ScalarFunction(name, 1, .real) { arguments, _ in
                guard let value = arguments[0].mathValue else { return .null }
                return .real(function(value))
            }
        }
        + binary.map { name, function in
            ScalarFunction(name, 2, .real) { arguments, _ in
                guard let first = arguments[0].mathValue, let second = arguments[1].mathValue else { return .null }
                return .real(function(first, second))
            }
        }
        + rounding.map { name, function in
            ScalarFunction(name, 1, .rounded) { arguments, _ in
                let number = arguments[0].numberOrSelf
                switch number.storageClass {
                case .integer: return number
                case .real: return .real(function(number.real))
                default: return .null
                }
            }
        } + [
            ScalarFunction("pi", 0, .real) { _, _ in .real(3.141592653589793) },
            ScalarFunction("log", 2, .real) { arguments, _ in
                guard let base = arguments[0].mathValue, base > 0 else { return .null }
                // Only the base has to be a number; the other argument counts with its numeric prefix.
                let value = arguments[1].realValue
                let divisor = log(base)
                return divisor <= 0 || value <= 0 ? .null : .real(log(value) / divisor)
            },
        ]

    /// SQLite derives both logarithms from the natural one.
    private static let ln10 = 2.302585092994046
    private static let ln2 = 0.6931471805599453

    private typealias Unary = @Sendable (Double) -> Double
    private typealias Binary = @Sendable (Double, Double) -> Double

    private static let unary: [(String, Unary)] = [
        ("acos", { acos($0) }), ("asin", { asin($0) }), ("atan", { atan($0) }), ("cos", { cos($0) }),
        ("sin", { sin($0) }), ("tan", { tan($0) }), ("cosh", { cosh($0) }), ("sinh", { sinh($0) }),
        ("tanh", { tanh($0) }), ("acosh", { acosh($0) }), ("asinh", { asinh($0) }), ("atanh", { atanh($0) }),
        ("exp", { exp($0) }), ("sqrt", { $0.squareRoot() }),
        ("ln", { $0 <= 0 ? .nan : log($0) }), ("log", { $0 <= 0 ? .nan : log($0) / ln10 }),
        ("log10", { $0 <= 0 ? .nan : log($0) / ln10 }), ("log2", { $0 <= 0 ? .nan : log($0) / ln2 }),
        ("radians", { $0 * (3.141592653589793 / 180.0) }), ("degrees", { $0 * (180.0 / 3.141592653589793) }),
    ]

    private static let binary: [(String, Binary)] = [
        ("atan2", { atan2($0, $1) }), ("mod", { fmod($0, $1) }), ("pow", { pow($0, $1) }),
        ("power", { pow($0, $1) }),
    ]

    private static let rounding: [(String, Unary)] = [
        ("ceil", { $0.rounded(.up) }), ("ceiling", { $0.rounded(.up) }), ("floor", { $0.rounded(.down) }),
        ("trunc", { $0.rounded(.towardZero) }),
    ]
}

extension Datum {
    /// The number of an integer, a real or a text that is wholly a number; nil for everything else.
    var mathValue: Double? {
        let number = numberOrSelf
        return number.isNumber ? number.doubleValue : nil
    }
}
