import RheiArrow
import RheiCore

/// Functions on dates (days since 1970-01-01), times (microseconds of the day) and timestamps (microseconds since
/// 1970-01-01), all of them integers.
enum CalendarFunctions {
    static let all: [ScalarFunction] =
        conversions + [
            ScalarFunction("date_plus", 2, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                return try date(arguments[0].integer, plus: arguments[1].integerValue)
            },
            // A date, then months, days and microseconds to add: a timestamp.
            ScalarFunction("date_plus_interval", 4, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                return try timestamp(arguments[0].integer, 0, plus: arguments)
            },
            ScalarFunction("timestamp_plus_interval", 4, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                let (day, time) = CalendarText.split(arguments[0].integer)
                return try timestamp(day, time, plus: arguments)
            },
            ScalarFunction("date_field", 2, .integer, vectorBody: dateField) { arguments, _ in
                if arguments.hasNull { return .null }
                return try .integer(field(named(arguments[0]), arguments[1].integer, 0))
            },
            ScalarFunction("timestamp_field", 2, .integer, vectorBody: timestampField) { arguments, _ in
                if arguments.hasNull { return .null }
                let (day, time) = CalendarText.split(arguments[1].integer)
                return try .integer(field(named(arguments[0]), day, time))
            },
            ScalarFunction("time_field", 2, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                return try .integer(field(named(arguments[0]), 0, arguments[1].integer))
            },
            ScalarFunction("date_truncate", 2, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                return try .integer(Int64(truncated(named(arguments[0]), arguments[1].integer)))
            },
            ScalarFunction("timestamp_truncate", 2, .integer, vectorBody: timestampTruncate) { arguments, _ in
                if arguments.hasNull { return .null }
                return try .integer(truncatedTimestamp(named(arguments[0]), arguments[1].integer))
            },
            // The number of boundaries of a unit between two timestamps; of weeks so many times seven days.
            ScalarFunction("timestamp_difference", 3, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                return try .integer(difference(named(arguments[0]), arguments[1].integer, arguments[2].integer))
            },
            ScalarFunction("make_date", 3, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                let parts = (0..<3).map { Int(Int32(clamping: arguments[$0].integerValue)) }
                let date = CalendarDate(year: parts[0], month: parts[1], day: parts[2])
                guard date.isValid else {
                    throw EngineError(
                        .invalidArgument, "there is no day \(parts[2]) in month \(parts[1]) of \(parts[0])")
                }
                return .integer(Int64(date.daysSinceEpoch))
            },
            ScalarFunction("timestamp_name", 2, .text) { arguments, context in
                if arguments.hasNull { return .null }
                let (day, _) = CalendarText.split(arguments[1].integer)
                let date = CalendarDate(daysSinceEpoch: Int(day))
                let name = try named(arguments[0]) == "dayname" ? dayNames[date.weekday] : monthNames[date.month - 1]
                return context.makeText { $0 += Array(name.utf8) }
            },
        ]

    private static let dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    private static let conversions: [ScalarFunction] = [
        parsing("date_of_text", "DATE") { CalendarText.days($0).map(Int64.init) ?? days(ofTimestamp: $0) },
        parsing("time_of_text", "TIME") { CalendarText.timeOfDay($0) },
        parsing("timestamp_of_text", "TIMESTAMP") { CalendarText.timestamp($0) },
        ScalarFunction("date_of_timestamp", 1, .integer) { arguments, _ in
            arguments[0].isNull ? .null : .integer(CalendarText.split(arguments[0].integer).day)
        },
        ScalarFunction("time_of_timestamp", 1, .integer) { arguments, _ in
            arguments[0].isNull ? .null : .integer(CalendarText.split(arguments[0].integer).time)
        },
        ScalarFunction("timestamp_of_date", 1, .integer) { arguments, _ in
            if arguments[0].isNull { return .null }
            return .integer(try microseconds(arguments[0].integer, 0))
        },
        // A timestamp in another unit: so many times, or where negative divided by so much.
        ScalarFunction("timestamp_rescale", 2, .integer) { arguments, _ in
            if arguments.hasNull { return .null }
            let (value, factor) = (arguments[0].integer, arguments[1].integer)
            if factor < 0 { return .integer(floorDivided(value, by: 0 &- factor)) }
            let (product, overflow) = value.multipliedReportingOverflow(by: factor)
            if overflow { throw outOfRange }
            return .integer(product)
        },
        ScalarFunction("date_text", 1, .text) { arguments, context in
            if arguments[0].isNull { return .null }
            return context.makeText { CalendarDate(daysSinceEpoch: Int(arguments[0].integer)).append(to: &$0) }
        },
        ScalarFunction("time_text", 1, .text) { arguments, context in
            if arguments[0].isNull { return .null }
            return context.makeText { CalendarText.append(timeOfDay: arguments[0].integer, to: &$0) }
        },
        ScalarFunction("timestamp_text", 1, .text) { arguments, context in
            if arguments[0].isNull { return .null }
            return context.makeText { CalendarText.append(timestamp: arguments[0].integer, to: &$0) }
        },
    ]

    private static func parsing(
        _ name: String, _ type: String, _ read: @escaping @Sendable ([UInt8]) -> Int64?
    ) -> ScalarFunction {
        ScalarFunction(name, 1, .integer) { arguments, context in
            if arguments[0].isNull { return .null }
            let bytes = arguments[0].textValue(context.arena).withRun { $0.array }
            guard let value = read(bytes) else {
                let shown = String(decoding: bytes.prefix(40), as: UTF8.self)
                throw EngineError(.typeMismatch, "'\(shown)' is no \(type)")
            }
            return .integer(value)
        }
    }

    /// The day of a text that holds a timestamp.
    private static func days(ofTimestamp text: [UInt8]) -> Int64? {
        CalendarText.timestamp(text).map { CalendarText.split($0).day }
    }

    static let outOfRange = EngineError(.overflow, "a date or timestamp is out of range")

    private static func microseconds(_ day: Int64, _ time: Int64) throws -> Int64 {
        let (start, first) = day.multipliedReportingOverflow(by: CalendarText.microsecondsPerDay)
        let (sum, second) = start.addingReportingOverflow(time)
        if first || second { throw outOfRange }
        return sum
    }

    private static func date(_ day: Int64, plus days: Int64) throws -> Datum {
        guard let sum = Int32(exactly: Int128(day) + Int128(days)) else { throw outOfRange }
        return .integer(Int64(sum))
    }

    private static func timestamp(_ day: Int64, _ time: Int64, plus arguments: FunctionArguments) throws -> Datum {
        let (months, days) = (arguments[1].integer, arguments[2].integer)
        guard abs(months) < 6_000_000, abs(days) < 3_000_000_000 else { throw outOfRange }
        let shifted =
            months == 0
            ? Int(day) : CalendarDate(daysSinceEpoch: Int(day)).adding(months: Int(months)).daysSinceEpoch
        let start = try microseconds(Int64(shifted) + days, time)
        let (sum, overflow) = start.addingReportingOverflow(arguments[3].integer)
        if overflow { throw outOfRange }
        return .integer(sum)
    }

    static func named(_ field: Datum) throws -> String {
        field.slot.withRun { String(decoding: $0.array, as: UTF8.self) }
    }

    static func floorDivided(_ value: Int64, by divisor: Int64) -> Int64 {
        value >= 0 || value % divisor == 0 ? value / divisor : value / divisor - 1
    }

    // MARK: fields

    /// Years of a column of dates at full speed; other fields by the row.
    @Sendable private static func dateField(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) throws -> ColumnVector? {
        let input = arguments[1]
        guard arguments[0].isConstant, !input.isConstant, input.type == .int32, output.type == .int64 else {
            return nil
        }
        let name = try named(arguments[0].datum(0))
        guard name == "year" || name == "month" else { return nil }
        let isYear = name == "year"
        let values = input.elements(Int32.self)
        let result = output.vector().elements(Int64.self)
        VectorFunctions.forEachValid(rows, input) { row in
            let date = CalendarDate(daysSinceEpoch: Int(values[row]))
            result[row] = Int64(isYear ? date.year : date.month)
        }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }

    private static func field(_ name: String, _ day: Int64, _ time: Int64) throws -> Int64 {
        let date = CalendarDate(daysSinceEpoch: Int(day))
        switch name {
        case "year": return Int64(date.year)
        case "quarter": return Int64((date.month + 2) / 3)
        case "month": return Int64(date.month)
        case "day": return Int64(date.day)
        case "dayofweek": return Int64(date.weekday)
        case "isodow": return Int64(date.weekday == 0 ? 7 : date.weekday)
        case "dayofyear": return Int64(date.dayOfYear)
        case "week": return Int64(date.isoWeek.week)
        case "isoyear": return Int64(date.isoWeek.year)
        case "decade": return floorDivided(Int64(date.year), by: 10)
        case "era": return date.year > 0 ? 1 : 0
        case "millennium": return date.year > 0 ? Int64((date.year - 1) / 1_000 + 1) : Int64(date.year / 1_000 - 1)
        case "yearweek": return Int64(date.isoWeek.year * 100 + date.isoWeek.week)
        case "century": return date.year > 0 ? Int64((date.year - 1) / 100 + 1) : Int64(date.year / 100 - 1)
        case "hour": return time / 3_600_000_000
        case "minute": return time / 60_000_000 % 60
        case "second": return time / 1_000_000 % 60
        case "millisecond": return time / 1_000 % 60_000
        case "microsecond": return time % 60_000_000
        case "epoch": return day * 86_400 + time / 1_000_000
        default: throw EngineError(.invalidArgument, "there is no field '\(name)' of a date or time")
        }
    }

    private static func truncated(_ unit: String, _ day: Int64) throws -> Int {
        let date = CalendarDate(daysSinceEpoch: Int(day))
        let first = { (year: Int, month: Int) in CalendarDate(year: year, month: month, day: 1).daysSinceEpoch }
        switch unit {
        case "century": return first((date.year - 1) / 100 * 100 + 1, 1)
        case "millennium": return first(date.year / 1_000 * 1_000, 1)
        case "decade": return first(date.year / 10 * 10, 1)
        case "year": return first(date.year, 1)
        case "quarter": return first(date.year, (date.month - 1) / 3 * 3 + 1)
        case "month": return first(date.year, date.month)
        case "week": return Int(day) - (date.weekday + 6) % 7
        case "day", "hour", "minute", "second", "millisecond", "microsecond": return Int(day)
        default: throw EngineError(.invalidArgument, "a date cannot be truncated to '\(unit)'")
        }
    }

    private static func truncatedTimestamp(_ unit: String, _ timestamp: Int64) throws -> Int64 {
        let (day, time) = CalendarText.split(timestamp)
        if let length = lengths[unit] { return try microseconds(day, time / length * length) }
        return try microseconds(Int64(try truncated(unit, day)), 0)
    }

    private static let lengths: [String: Int64] = [
        "hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000, "millisecond": 1_000, "microsecond": 1,
    ]

    private static func difference(_ unit: String, _ start: Int64, _ end: Int64) throws -> Int64 {
        if let length = lengths[unit] { return floorDivided(end, by: length) - floorDivided(start, by: length) }
        let first = CalendarText.split(start).day
        let last = CalendarText.split(end).day
        let (from, to) = (CalendarDate(daysSinceEpoch: Int(first)), CalendarDate(daysSinceEpoch: Int(last)))
        let months = Int64((to.year * 12 + to.month) - (from.year * 12 + from.month))
        switch unit {
        case "day": return last - first
        case "week": return (last - first) / 7
        case "month": return months
        case "quarter": return Int64((to.year * 4 + (to.month - 1) / 3) - (from.year * 4 + (from.month - 1) / 3))
        case "year": return Int64(to.year - from.year)
        case "decade": return floorDivided(Int64(to.year), by: 10) - floorDivided(Int64(from.year), by: 10)
        case "century": return floorDivided(Int64(to.year), by: 100) - floorDivided(Int64(from.year), by: 100)
        case "millennium": return floorDivided(Int64(to.year), by: 1_000) - floorDivided(Int64(from.year), by: 1_000)
        default: throw EngineError(.invalidArgument, "there is no unit '\(unit)' of a date or time")
        }
    }
}
