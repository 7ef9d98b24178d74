#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import RheiArrow
import RheiCore

/// Functions on numbers that SQLite 3.40 lacks and analysts expect.
enum NumberExtensions {
    static let all: [ScalarFunction] = [
        // A number of 53 bits drawn from a place and a seed, or where that is null from the time of the statement.
        ScalarFunction("sample_number", 2...2, .integer, isDeterministic: false) { arguments, context in
            let seed = arguments[1].isNull ? context.statementTime : arguments[1].integer
            var bits = UInt64(bitPattern: arguments[0].integer) &+ UInt64(bitPattern: seed) &* 0x9E37_79B9_7F4A_7C15
            // The finishing steps of SplitMix64 ("Fast splittable pseudorandom number generators", OOPSLA 2014).
            bits = (bits ^ bits &>> 30) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ bits &>> 27) &* 0x94D0_49BB_1331_11EB
            return .integer(Int64(bitPattern: (bits ^ bits &>> 31) &>> 11))
        },
        // The largest and the smallest value that is not null.
        ScalarFunction("greatest", 1...127, .common(from: 0)) { arguments, _ in best(arguments) { $0 > 0 } },
        ScalarFunction("least", 1...127, .common(from: 0)) { arguments, _ in best(arguments) { $0 < 0 } },
        ScalarFunction("gcd", 2, .integer) { arguments, _ in
            if arguments.hasNull { return .null }
            return try number(divisor(arguments[0].integerValue.magnitude, arguments[1].integerValue.magnitude))
        },
        ScalarFunction("lcm", 2, .integer) { arguments, _ in
            if arguments.hasNull { return .null }
            let (first, second) = (arguments[0].integerValue.magnitude, arguments[1].integerValue.magnitude)
            if first == 0 || second == 0 { return .integer(0) }
            let (product, overflow) = (first / divisor(first, second)).multipliedReportingOverflow(by: second)
            if overflow { throw EngineError(.overflow, "integer overflow") }
            return try number(product)
        },
        ScalarFunction("factorial", 1, .integer) { arguments, _ in
            if arguments.hasNull { return .null }
            let count = arguments[0].integerValue
            guard count >= 0, count <= 20 else { throw EngineError(.overflow, "integer overflow") }
            return .integer((1...max(count, 1)).reduce(1, *))
        },
        ScalarFunction("cbrt", 1, .real) { arguments, _ in
            arguments.hasNull ? .null : .real(cbrt(arguments[0].realValue))
        },
        ScalarFunction("bit_count", 1, .integer) { arguments, _ in
            arguments.hasNull ? .null : .integer(Int64(arguments[0].integerValue.nonzeroBitCount))
        },
        ScalarFunction("xor", 2, .integer) { arguments, _ in
            arguments.hasNull ? .null : .integer(arguments[0].integerValue ^ arguments[1].integerValue)
        },
        ScalarFunction("isinf", 1, .truth) { arguments, _ in
            arguments.hasNull ? .null : .integer(arguments[0].realValue.isInfinite ? 1 : 0)
        },
        ScalarFunction("isfinite", 1, .truth) { arguments, _ in
            arguments.hasNull ? .null : .integer(arguments[0].realValue.isFinite ? 1 : 0)
        },
    ]

    private static func best(_ arguments: FunctionArguments, _ isBetter: (Int) -> Bool) -> Datum {
        var best = Datum.null
        for index in 0..<arguments.count where !arguments[index].isNull {
            if best.isNull || isBetter(Datum.compare(arguments[index], best, .binary)) { best = arguments[index] }
        }
        return best
    }

    private static func divisor(_ first: UInt64, _ second: UInt64) -> UInt64 {
        var (large, small) = (first, second)
        while small != 0 { (large, small) = (small, large % small) }
        return large
    }

    private static func number(_ value: UInt64) throws -> Datum {
        guard let result = Int64(exactly: value) else { throw EngineError(.overflow, "integer overflow") }
        return .integer(result)
    }
}
