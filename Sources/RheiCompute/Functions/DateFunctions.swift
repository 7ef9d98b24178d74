import RheiArrow

/// Date and time functions of SQLite 3.40.
enum DateFunctions {
    static let all: [ScalarFunction] = [
        function("date", .text, format: "%Y-%m-%d"),
        function("time", .text, format: "%H:%M:%S"),
        function("datetime", .text, format: "%Y-%m-%d %H:%M:%S"),
        ScalarFunction("julianday", 0...127, .real, isDeterministic: true) { arguments, context in
            guard let value = read(arguments, from: 0, context) else { return .null }
            return .real(Double(value.julianDay) / 86_400_000)
        },
        ScalarFunction("unixepoch", 0...127, .integer, isDeterministic: true) { arguments, context in
            guard let value = read(arguments, from: 0, context) else { return .null }
            return .integer(value.julianDay / 1000 - DateTimeValue.unixEpoch / 1000)
        },
        ScalarFunction(
            "strftime", 1...127, .text,
            vectorBody: { arguments, rows, context, output in
                guard arguments.count == 2, arguments[0].isConstant else { return nil }
                let format = arguments[0].datum(0)
                guard format.storageClass == .text else { return nil }
                guard let template = format.slot.withRun({ IsoTemplate($0.upToNul) }) else { return nil }
                return try template.format(arguments[1], rows, context, output) { datum in
                    guard var value = read(datum, context) else { return .null }
                    return text(of: &value, format.slot, context)
                }
            }, body: strftime),
        clock("current_date", format: "%Y-%m-%d"),
        clock("current_time", format: "%H:%M:%S"),
        clock("current_timestamp", format: "%Y-%m-%d %H:%M:%S"),
    ]

    private static func function(
        _ name: String, _ result: ScalarResultType, format: StaticString
    ) -> ScalarFunction {
        ScalarFunction(
            name, 0...127, result,
            vectorBody: { arguments, rows, context, output in
                guard arguments.count == 1 else { return nil }
                guard let template = IsoTemplate(format) else { return nil }
                return try template.format(arguments[0], rows, context, output) { datum in
                    guard var value = read(datum, context) else { return .null }
                    return text(of: &value, format, context)
                }
            }
        ) { arguments, context in
            guard var value = read(arguments, from: 0, context) else { return .null }
            return text(of: &value, format, context)
        }
    }

    private static func clock(_ name: String, format: StaticString) -> ScalarFunction {
        ScalarFunction(name, 0, .text) { _, context in
            var value = DateTimeValue()
            value.set(julianDay: context.statementTime)
            return text(of: &value, format, context)
        }
    }

    private static func text(
        of value: inout DateTimeValue, _ format: StaticString, _ context: FunctionContext
    ) -> Datum {
        value.computeDateAndTime()
        return context.makeText { output in
            var index = 0
            while index < format.utf8CodeUnitCount {
                let byte = unsafe format.utf8Start[index]
                if byte == 0x25 {
                    index += 1
                    // A year before 0 has its sign before four digits.
                    if unsafe format.utf8Start[index] == 0x59, value.year < 0 {
                        output.append(0x2D)
                        appendPadded(-value.year, 4, to: &output)
                    } else {
                        _ = unsafe append(format.utf8Start[index], of: value, to: &output)
                    }
                } else {
                    output.append(byte)
                }
                index += 1
            }
        }
    }

    /// Returns the time of the arguments from `first` on: a time value and modifiers; `now` without any. The Julian day
    /// is computed and in range.
    static func read(_ arguments: FunctionArguments, from first: Int, _ context: FunctionContext) -> DateTimeValue? {
        var value = DateTimeValue()
        if arguments.count <= first {
            value.set(julianDay: context.statementTime)
            return value
        }
        guard let start = readStart(arguments[first], context) else { return nil }
        value = start
        for index in (first + 1)..<max(arguments.count, first + 1) {
            if arguments[index].isNull { return nil }
            let isApplied = arguments[index].textValue(context.arena).withRun { run in
                value.apply(modifier: run.upToNul, isFirst: index == first + 1)
            }
            if !isApplied { return nil }
        }
        return checked(&value)
    }

    /// Returns the time of a single time value.
    private static func read(_ start: Datum, _ context: FunctionContext) -> DateTimeValue? {
        guard var value = readStart(start, context) else { return nil }
        return checked(&value)
    }

    private static func checked(_ value: inout DateTimeValue) -> DateTimeValue? {
        value.computeJulianDay()
        return value.isError || !value.isInRange ? nil : value
    }

    private static func readStart(_ start: Datum, _ context: FunctionContext) -> DateTimeValue? {
        if start.isNull { return nil }
        if start.isNumber {
            var value = DateTimeValue()
            value.set(number: start.doubleValue)
            return value
        }
        return start.slot.withRun { run in
            let run = run.upToNul
            if let value = DateTimeReader.read(run) { return value }
            guard run.equalsFolded("now") else { return nil }
            var value = DateTimeValue()
            value.set(julianDay: context.statementTime)
            return value
        }
    }

    @Sendable private static func strftime(_ arguments: FunctionArguments, _ context: FunctionContext) -> Datum {
        if arguments[0].isNull { return .null }
        guard var value = read(arguments, from: 1, context) else { return .null }
        return text(of: &value, arguments[0].textValue(context.arena), context)
    }

    /// Returns what strftime makes of a format; null for an unknown conversion.
    private static func text(
        of value: inout DateTimeValue, _ format: StringValue, _ context: FunctionContext
    ) -> Datum {
        value.computeDateAndTime()
        let value = value
        var isValid = true
        let text = context.makeText { output in
            format.withRun { run in isValid = append(format: run.upToNul, of: value, to: &output) }
        }
        return isValid ? text : .null
    }

    private static func append(format: ByteRun, of value: DateTimeValue, to output: inout [UInt8]) -> Bool {
        var index = 0
        while index < format.count {
            if format[index] != 0x25 {
                output.append(format[index])
            } else {
                index += 1
                guard index < format.count, append(format[index], of: value, to: &output) else { return false }
            }
            index += 1
        }
        return true
    }
}

extension DateFunctions {
    /// Appends what one conversion of strftime stands for; false for an unknown one.
    private static func append(_ conversion: UInt8, of value: DateTimeValue, to output: inout [UInt8]) -> Bool {
        switch conversion {
        case 0x64: appendPadded(value.day, 2, to: &output)  // d
        case 0x66: appendSeconds(value.second, to: &output)  // f
        case 0x48: appendPadded(value.hour, 2, to: &output)  // H
        case 0x57:  // W
            let weekday = Int((value.julianDay + 43_200_000) / DateTimeValue.millisecondsPerDay % 7)
            appendPadded((dayOfYear(value) + 7 - weekday) / 7, 2, to: &output)
        case 0x6A: appendPadded(dayOfYear(value) + 1, 3, to: &output)  // j
        case 0x4A: appendJulianDay(value, to: &output)  // J
        case 0x6D: appendPadded(value.month, 2, to: &output)  // m
        case 0x4D: appendPadded(value.minute, 2, to: &output)  // M
        case 0x73: appendDecimal(value.julianDay / 1000 - DateTimeValue.unixEpoch / 1000, to: &output)  // s
        case 0x53: appendPadded(Int(value.second), 2, to: &output)  // S
        case 0x77:  // w
            let weekday = (value.julianDay + 129_600_000) / DateTimeValue.millisecondsPerDay % 7
            output.append(0x30 + UInt8(weekday))
        case 0x59: appendPadded(value.year, 4, to: &output)  // Y
        case 0x25: output.append(0x25)  // %
        default: return false
        }
        return true
    }

    /// Appends an integer with zeros up to a width that includes the sign.
    private static func appendPadded(_ value: Int, _ width: Int, to output: inout [UInt8]) {
        if value >= 0, value < 100, width == 2 {
            output.append(0x30 &+ UInt8(truncatingIfNeeded: value / 10))
            output.append(0x30 &+ UInt8(truncatingIfNeeded: value % 10))
            return
        }
        if value < 0 { output.append(0x2D) }
        let start = output.count
        appendDecimal(UInt64(value.magnitude), to: &output)
        let missing = width - (output.count - start) - (value < 0 ? 1 : 0)
        if missing > 0 { output.insert(contentsOf: repeatElement(0x30, count: missing), at: start) }
    }

    private static func appendSeconds(_ second: Double, to output: inout [UInt8]) {
        var format = RealFormat()
        format.conversion = .fixed
        format.precision = 3
        format.isAlternate2 = false
        format.zeroPaddedWidth = 6
        format.append(min(second, 59.999), to: &output)
    }

    private static func appendJulianDay(_ value: DateTimeValue, to output: inout [UInt8]) {
        var format = RealFormat()
        format.precision = 16
        format.isAlternate2 = false
        format.append(Double(value.julianDay) / 86_400_000, to: &output)
    }

    /// Days since the first of January.
    private static func dayOfYear(_ value: DateTimeValue) -> Int {
        var newYear = value
        newYear.hasJulianDay = false
        newYear.month = 1
        newYear.day = 1
        newYear.computeJulianDay()
        return Int((value.julianDay - newYear.julianDay + 43_200_000) / DateTimeValue.millisecondsPerDay)
    }
}
