import RheiArrow
import RheiCore

/// Functions that keep to plain arithmetic.
enum NumberFunctions {
    static let all: [ScalarFunction] = [
        ScalarFunction("abs", 1, .absolute, vectorBody: VectorFunctions.absolute) { arguments, _ in
            try absolute(arguments[0])
        },
        ScalarFunction("sign", 1, .integer) { arguments, _ in
            let number = arguments[0].numberOrSelf
            guard number.isNumber else { return .null }
            let value = number.doubleValue
            return .integer(value < 0 ? -1 : value > 0 ? 1 : 0)
        },
        ScalarFunction("round", 1...2, .real, vectorBody: VectorFunctions.round) { arguments, _ in
            if arguments.hasNull { return .null }
            let places = arguments.count == 2 ? Int32(truncatingIfNeeded: arguments[1].integerValue) : 0
            return .real(round(arguments[0].realValue, places: Int(places)))
        },
        ScalarFunction("random", 0...0, .integer, isDeterministic: false) { _, _ in
            .integer(Int64.random(in: .min ... .max))
        },
        ScalarFunction("randomblob", 1...1, .blob, isDeterministic: false) { arguments, context in
            let count = max(arguments[0].integerValue, 1)
            try checkLength(count)
            return .blob(
                context.makeBytes { output in
                    for _ in 0..<count { output.append(UInt8.random(in: 0...255)) }
                })
        },
        ScalarFunction("zeroblob", 1, .blob) { arguments, context in
            let count = max(arguments[0].integerValue, 0)
            try checkLength(count)
            return .blob(context.makeBytes { $0.append(contentsOf: repeatElement(0, count: Int(count))) })
        },
    ]

    /// SQLite's limit for the length of a value.
    static let longestValue: Int64 = 1_000_000_000

    static func checkLength(_ count: Int64) throws {
        if count > longestValue { throw EngineError(.invalidArgument, "string or blob too big") }
    }

    static func absolute(_ value: Datum) throws -> Datum {
        switch value.storageClass {
        case .null: return .null
        case .integer:
            if value.integer == .min { throw EngineError(.overflow, "integer overflow") }
            return .integer(abs(value.integer))
        case .real, .text, .blob:
            let real = value.realValue
            return .real(real < 0 ? -real : real)
        }
    }

    /// Rounds half away from zero at a decimal place from 0 to 30, by way of the decimal text as SQLite does.
    static func round(_ value: Double, places: Int) -> Double {
        // Beyond 2^52 there is no fraction.
        if value < -4_503_599_627_370_496.0 || value > 4_503_599_627_370_496.0 { return value }
        let places = min(max(places, 0), 30)
        if places == 0 { return Double(Int64(value + (value < 0 ? -0.5 : 0.5))) }
        var format = RealFormat.text
        format.conversion = .fixed
        format.isAlternate2 = false
        format.precision = places
        var bytes: [UInt8] = []
        format.append(value, to: &bytes)
        return bytes.withRun { scanReal($0).value }
    }
}

extension Datum {
    /// Of a text that is wholly a number that number (`1.0` a real, `1` an integer), else the value itself.
    var numberOrSelf: Datum { storageClass == .text ? numberOfWholeText(reducesReals: false) : self }
}
