import RheiArrow
import RheiCore

/// Functions on values of any class.
enum ValueFunctions {
    static let all: [ScalarFunction] = [
        ScalarFunction("typeof", 1, .text) { arguments, context in
            let name =
                switch arguments[0].storageClass {
                case .null: "null"
                case .integer: "integer"
                case .real: "real"
                case .text: "text"
                case .blob: "blob"
                }
            return context.makeText { $0 += Array(name.utf8) }
        },
        ScalarFunction("quote", 1, .text, body: quote),
        ScalarFunction("coalesce", 2...127, .common(from: 0)) { arguments, _ in firstPresent(arguments) },
        ScalarFunction("ifnull", 2, .common(from: 0)) { arguments, _ in firstPresent(arguments) },
        ScalarFunction("iif", 3, .common(from: 1)) { arguments, _ in arguments[arguments[0].isTrue ? 1 : 2] },
        ScalarFunction("nullif", 2, .argument(0)) { arguments, context in
            Datum.compare(arguments[0], arguments[1], context.collation) == 0 ? .null : arguments[0]
        },
        ScalarFunction("min", 2...127, .common(from: 0)) { arguments, context in
            // Of equal values the last one counts.
            best(arguments) { Datum.compare($0, $1, context.collation) >= 0 }
        },
        ScalarFunction("max", 2...127, .common(from: 0)) { arguments, context in
            // Of equal values the first one counts.
            best(arguments) { Datum.compare($0, $1, context.collation) < 0 }
        },
        ScalarFunction("likely", 1, .argument(0)) { arguments, _ in arguments[0] },
        ScalarFunction("unlikely", 1, .argument(0)) { arguments, _ in arguments[0] },
        ScalarFunction("likelihood", 2, .argument(0)) { arguments, _ in arguments[0] },
        ScalarFunction("sqlite_version", 0, .text) { _, context in
            context.makeText { $0 += Array("3.40.1".utf8) }
        },
    ]

    private static func firstPresent(_ arguments: FunctionArguments) -> Datum {
        for index in 0..<arguments.count where !arguments[index].isNull { return arguments[index] }
        return .null
    }

    /// Returns null when an argument is null, else the argument that no other replaces.
    private static func best(_ arguments: FunctionArguments, _ isReplaced: (Datum, Datum) -> Bool) -> Datum {
        if arguments.hasNull { return .null }
        var best = arguments[0]
        for index in 1..<arguments.count where isReplaced(best, arguments[index]) { best = arguments[index] }
        return best
    }

    /// The literal that stands for a value in SQL.
    private static func quote(_ arguments: FunctionArguments, _ context: FunctionContext) -> Datum {
        let value = arguments[0]
        return context.makeText { output in
            switch value.storageClass {
            case .null: output += Array("NULL".utf8)
            case .integer: appendDecimal(value.integer, to: &output)
            case .real: appendExact(value.real, to: &output)
            case .text: value.slot.withRun { appendQuoted($0.upToNul, to: &output) }
            case .blob:
                output += [0x58, 0x27]
                value.slot.withRun { TextFunctions.appendHex($0, to: &output) }
                output.append(0x27)
            }
        }
    }

    /// Appends 15 digits, or 21 when those would not read back as the same real.
    private static func appendExact(_ value: Double, to output: inout [UInt8]) {
        RealFormat.text.append(value, to: &output)
        if output.withRun({ scanReal($0).value }) == value { return }
        output.removeAll(keepingCapacity: true)
        var format = RealFormat.text
        format.conversion = .exponent
        format.precision = 20
        format.append(value, to: &output)
    }

    private static func appendQuoted(_ run: ByteRun, to output: inout [UInt8]) {
        output.append(0x27)
        for index in 0..<run.count {
            if run[index] == 0x27 { output.append(0x27) }
            output.append(run[index])
        }
        output.append(0x27)
    }
}
