import RheiArrow
import RheiCore

/// Functions on intervals, which are blobs of ``IntervalKey``, and those that make them.
enum IntervalFunctions {
    static let all: [ScalarFunction] =
        makers + [
            // The bytes by which intervals compare.
            ScalarFunction("interval_key", 1, .blob) { arguments, context in
                if arguments.hasNull { return .null }
                return .blob(arguments[0].slot.withRun { context.arena.store($0.slice(0, IntervalKey.keyByteCount)) })
            },
            ScalarFunction("interval_text", 1, .text) { arguments, context in
                if arguments.hasNull { return .null }
                let text = try interval(arguments[0]).description
                return context.makeText { $0 += text.utf8 }
            },
            ScalarFunction("interval_of_text", 1, .blob) { arguments, context in
                if arguments.hasNull { return .null }
                let text = arguments[0].textValue(context.arena).withRun { String(decoding: $0.array, as: UTF8.self) }
                guard let value = IntervalKey(text: text, unit: nil) else {
                    throw EngineError(.typeMismatch, "'\(text.prefix(40))' is no INTERVAL")
                }
                return stored(value, context)
            },
            ScalarFunction("interval_add", 2, .blob) { arguments, context in
                if arguments.hasNull { return .null }
                return try sum(interval(arguments[0]), interval(arguments[1]), 1, context)
            },
            ScalarFunction("interval_subtract", 2, .blob) { arguments, context in
                if arguments.hasNull { return .null }
                return try sum(interval(arguments[0]), interval(arguments[1]), -1, context)
            },
            // An interval, and a number that it is multiplied with.
            ScalarFunction("interval_multiply", 2, .blob) { arguments, context in
                if arguments.hasNull { return .null }
                let value = try interval(arguments[0])
                if arguments[1].storageClass == .integer {
                    let factor = Int128(arguments[1].integer)
                    return try made(
                        Int128(value.months) * factor, Int128(value.days) * factor,
                        Int128(value.microseconds) * factor, context)
                }
                return try scaled(value, by: arguments[1].realValue, context)
            },
            ScalarFunction("interval_divide", 2, .blob) { arguments, context in
                if arguments.hasNull || arguments[1].realValue == 0 { return .null }
                return try scaled(interval(arguments[0]), by: 1 / arguments[1].realValue, context)
            },
            ScalarFunction("interval_field", 2, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                return .integer(try field(name(arguments[0]), interval(arguments[1])))
            },
            // The seconds of an interval, a month as 30 days and twelve of them as 365.25 days.
            ScalarFunction("interval_epoch", 1, .real) { arguments, _ in
                if arguments.hasNull { return .null }
                let value = try interval(arguments[0])
                let years = Double(value.months / 12) * 365.25
                let days = years + Double(value.months % 12) * 30 + Double(value.days)
                return .real(days * 86_400 + Double(value.microseconds) / 1_000_000)
            },
            // A time of day and an interval, of which only the time counts.
            ScalarFunction("time_plus_interval", 2, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                let moved =
                    arguments[0].integer &+ (try interval(arguments[1])).microseconds % CalendarText.microsecondsPerDay
                return .integer(CalendarText.split(moved).time)
            },
            ScalarFunction("timestamp_plus", 2, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                return .integer(try CalendarFunctions.timestamp(arguments[0].integer, plus: interval(arguments[1]), 1))
            },
            ScalarFunction("timestamp_minus", 2, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                return .integer(try CalendarFunctions.timestamp(arguments[0].integer, plus: interval(arguments[1]), -1))
            },
            // Days and a rest of less than a day between two timestamps.
            ScalarFunction("timestamp_distance", 2, .blob) { arguments, context in
                if arguments.hasNull { return .null }
                let distance = Int128(arguments[0].integer) - Int128(arguments[1].integer)
                let day = Int128(CalendarText.microsecondsPerDay)
                return try made(0, distance / day, distance % day, context)
            },
            // Years, months and days between two timestamps as the calendar counts them.
            ScalarFunction("timestamp_age", 2, .blob) { arguments, context in
                if arguments.hasNull { return .null }
                return stored(age(arguments[0].integer, arguments[1].integer), context)
            },
            // How many whole units lie between two timestamps.
            ScalarFunction("timestamp_units", 3, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                return .integer(try wholeUnits(name(arguments[0]), arguments[1].integer, arguments[2].integer))
            },
            // The start of the stretch of time that a timestamp lies in: width, timestamp, origin.
            ScalarFunction("timestamp_bucket", 3, .integer) { arguments, _ in
                if arguments.hasNull { return .null }
                return .integer(try bucket(interval(arguments[0]), arguments[1].integer, arguments[2].integer))
            },
        ]

    private static let makers: [ScalarFunction] = [
        // Months, days and microseconds.
        ScalarFunction("make_interval", 3, .blob) { arguments, context in
            if arguments.hasNull { return .null }
            return try made(
                Int128(arguments[0].integerValue), Int128(arguments[1].integerValue),
                Int128(arguments[2].integerValue), context)
        },
        // A number and what one of it has: months, days, microseconds. Fractions count for microseconds alone.
        ScalarFunction("interval_of", 4, .blob) { arguments, context in
            if arguments.hasNull { return .null }
            let amount = arguments[0]
            if amount.storageClass == .real, arguments[3].integer != 0 {
                let time = (amount.real * Double(arguments[3].integer)).rounded()
                guard let exact = Int64(exactly: time) else { throw outOfRange }
                return try made(0, 0, Int128(exact), context)
            }
            let count = Int128(amount.integerValue)
            return try made(
                count * Int128(arguments[1].integer), count * Int128(arguments[2].integer),
                count * Int128(arguments[3].integer), context)
        },
        ScalarFunction("make_timestamp", 6, .integer) { arguments, _ in
            if arguments.hasNull { return .null }
            let parts = (0..<5).map { Int(Int32(clamping: arguments[$0].integerValue)) }
            let date = CalendarDate(year: parts[0], month: parts[1], day: parts[2])
            guard date.isValid else {
                throw EngineError(.invalidArgument, "there is no day \(parts[2]) in month \(parts[1]) of \(parts[0])")
            }
            let time = try timeOfDay(parts[3], parts[4], arguments[5].realValue)
            let start = Int128(date.daysSinceEpoch) * Int128(CalendarText.microsecondsPerDay)
            guard let result = Int64(exactly: start + Int128(time)) else { throw outOfRange }
            return .integer(result)
        },
        ScalarFunction("make_time", 3, .integer) { arguments, _ in
            if arguments.hasNull { return .null }
            let parts = (0..<2).map { Int(Int32(clamping: arguments[$0].integerValue)) }
            return .integer(try timeOfDay(parts[0], parts[1], arguments[2].realValue))
        },
        // Seconds since 1970, with a fraction.
        ScalarFunction("timestamp_of_seconds", 1, .integer) { arguments, _ in
            if arguments.hasNull { return .null }
            if arguments[0].storageClass == .integer {
                let (product, overflow) = arguments[0].integer.multipliedReportingOverflow(by: 1_000_000)
                if overflow { throw outOfRange }
                return .integer(product)
            }
            guard let time = Int64(exactly: (arguments[0].realValue * 1_000_000).rounded()) else { throw outOfRange }
            return .integer(time)
        },
    ]

    private static let outOfRange = EngineError(.overflow, "a date, timestamp or interval is out of range")

    static func interval(_ value: Datum) throws -> IntervalKey {
        guard let interval = value.slot.withRun({ IntervalKey($0.array) }) else {
            throw EngineError(.invariant, "bytes that are no interval")
        }
        return interval
    }

    private static func name(_ value: Datum) -> String {
        value.slot.withRun { String(decoding: $0.array, as: UTF8.self) }
    }

    private static func stored(_ interval: IntervalKey, _ context: FunctionContext) -> Datum {
        .blob(context.arena.store(interval.bytes))
    }

    private static func made(
        _ months: Int128, _ days: Int128, _ microseconds: Int128, _ context: FunctionContext
    ) throws -> Datum {
        guard let interval = IntervalKey(exactMonths: months, days: days, microseconds: microseconds) else {
            throw outOfRange
        }
        return stored(interval, context)
    }

    private static func sum(
        _ left: IntervalKey, _ right: IntervalKey, _ sign: Int128, _ context: FunctionContext
    ) throws -> Datum {
        try made(
            Int128(left.months) + sign * Int128(right.months), Int128(left.days) + sign * Int128(right.days),
            Int128(left.microseconds) + sign * Int128(right.microseconds), context)
    }

    /// Multiplies each part; fractions of a month become days, fractions of a day time.
    private static func scaled(
        _ value: IntervalKey, by factor: Double, _ context: FunctionContext
    ) throws -> Datum {
        let months = Double(value.months) * factor
        let wholeMonths = months.rounded(.towardZero)
        let days = Double(value.days) * factor + (months - wholeMonths) * Double(IntervalKey.daysPerMonth)
        let wholeDays = days.rounded(.towardZero)
        let time =
            Double(value.microseconds) * factor
            + ((days - wholeDays) * Double(IntervalKey.microsecondsPerDay)).rounded()
        guard let months = Int64(exactly: wholeMonths), let days = Int64(exactly: wholeDays),
            let time = Int64(exactly: time.rounded())
        else { throw outOfRange }
        return try made(Int128(months), Int128(days), Int128(time), context)
    }

    private static func field(_ name: String, _ value: IntervalKey) throws -> Int64 {
        switch name {
        case "millennium": return Int64(value.months / 12_000)
        case "century": return Int64(value.months / 1_200)
        case "decade": return Int64(value.months / 120)
        case "year": return Int64(value.months / 12)
        case "quarter": return Int64(value.months % 12 / 3 + 1)
        case "month": return Int64(value.months % 12)
        case "day": return Int64(value.days)
        case "hour": return value.microseconds / 3_600_000_000
        case "minute": return value.microseconds / 60_000_000 % 60
        case "second": return value.microseconds / 1_000_000 % 60
        case "millisecond": return value.microseconds / 1_000 % 60_000
        case "microsecond": return value.microseconds % 60_000_000
        default: throw EngineError(.invalidArgument, "an interval has no field '\(name)'")
        }
    }

    private static func timeOfDay(_ hour: Int, _ minute: Int, _ second: Double) throws -> Int64 {
        let microseconds = (second * 1_000_000).rounded()
        guard (0..<24).contains(hour), (0..<60).contains(minute), microseconds >= 0, microseconds < 60_000_000 else {
            throw EngineError(
                .invalidArgument, "there is no time of \(hour) hours, \(minute) minutes, \(second) seconds")
        }
        return Int64(hour * 3_600 + minute * 60) * 1_000_000 + Int64(microseconds)
    }

    /// The parts by which `last` lies after `first`; all of them negative or zero where it lies before.
    private static func age(_ last: Int64, _ first: Int64) -> IntervalKey {
        if last < first {
            let turned = age(first, last)
            return IntervalKey(months: -turned.months, days: -turned.days, microseconds: -turned.microseconds)
        }
        let (endDay, endTime) = CalendarText.split(last)
        let (startDay, startTime) = CalendarText.split(first)
        let (end, start) = (CalendarDate(daysSinceEpoch: Int(endDay)), CalendarDate(daysSinceEpoch: Int(startDay)))
        var months = (end.year - start.year) * 12 + end.month - start.month
        var days = end.day - start.day
        var time = endTime - startTime
        if time < 0 {
            time += CalendarText.microsecondsPerDay
            days -= 1
        }
        if days < 0 {
            // The month of the earlier day lends its days.
            days += CalendarDate.dayCount(ofMonth: start.month, year: start.year)
            months -= 1
        }
        return IntervalKey(months: Int32(clamping: months), days: Int32(clamping: days), microseconds: time)
    }

    private static func wholeUnits(_ unit: String, _ first: Int64, _ last: Int64) throws -> Int64 {
        let distance = Int128(last) - Int128(first)
        func units(_ length: Int64) -> Int64 { Int64(clamping: distance / Int128(length)) }
        switch unit {
        case "microsecond": return units(1)
        case "millisecond": return units(1_000)
        case "second": return units(1_000_000)
        case "minute": return units(60_000_000)
        case "hour": return units(3_600_000_000)
        case "day": return units(CalendarText.microsecondsPerDay)
        case "week": return units(7 * CalendarText.microsecondsPerDay)
        default: break
        }
        let months = wholeMonths(first, last)
        switch unit {
        case "month": return months
        case "quarter": return months / 3
        case "year": return months / 12
        case "decade": return months / 120
        case "century": return months / 1_200
        case "millennium": return months / 12_000
        default: throw EngineError(.invalidArgument, "there is no unit '\(unit)' of a date or time")
        }
    }

    /// How many months can be added to the first timestamp without passing the last; the last day of a month counts as
    /// any later one.
    private static func wholeMonths(_ first: Int64, _ last: Int64) -> Int64 {
        if first > last { return -wholeMonths(last, first) }
        let (endDay, endTime) = CalendarText.split(last)
        let (startDay, startTime) = CalendarText.split(first)
        let (end, start) = (CalendarDate(daysSinceEpoch: Int(endDay)), CalendarDate(daysSinceEpoch: Int(startDay)))
        let months = (end.year - start.year) * 12 + end.month - start.month
        let isLastDay = end.day == CalendarDate.dayCount(ofMonth: end.month, year: end.year)
        let isReached =
            (end.day, endTime) >= (start.day, startTime)
            || (isLastDay && start.day > end.day && endTime >= startTime)
        return Int64(isReached ? months : months - 1)
    }

    private static func bucket(_ width: IntervalKey, _ timestamp: Int64, _ origin: Int64) throws -> Int64 {
        if width.months == 0 {
            let length = Int128(width.days) * Int128(CalendarText.microsecondsPerDay) + Int128(width.microseconds)
            guard length > 0 else { throw EngineError(.invalidArgument, "the width of a bucket must be positive") }
            let distance = Int128(timestamp) - Int128(origin)
            let index = distance >= 0 || distance % length == 0 ? distance / length : distance / length - 1
            guard let start = Int64(exactly: Int128(origin) + index * length) else { throw outOfRange }
            return start
        }
        guard width.months > 0, width.days == 0, width.microseconds == 0 else {
            throw EngineError(.invalidArgument, "the width of a bucket must be of months alone or of days and time")
        }
        let day = CalendarDate(daysSinceEpoch: Int(CalendarText.split(timestamp).day))
        let (originDay, originTime) = CalendarText.split(origin)
        let base = CalendarDate(daysSinceEpoch: Int(originDay))
        let months = Int64((day.year - base.year) * 12 + day.month - base.month)
        var index = CalendarFunctions.floorDivided(months, by: Int64(width.months)) * Int64(width.months)
        var start = base.adding(months: Int(index)).daysSinceEpoch
        if Int64(start) * CalendarText.microsecondsPerDay + originTime > timestamp {
            index -= Int64(width.months)
            start = base.adding(months: Int(index)).daysSinceEpoch
        }
        return Int64(start) * CalendarText.microsecondsPerDay + originTime
    }
}

extension CalendarFunctions {
    /// A timestamp moved by an interval, or back by it: first the months, then the days, then the time.
    static func timestamp(_ timestamp: Int64, plus interval: IntervalKey, _ sign: Int64) throws -> Int64 {
        let (day, time) = CalendarText.split(timestamp)
        let months = Int(sign) * Int(interval.months)
        guard abs(months) < 6_000_000 else { throw outOfRange }
        let moved =
            months == 0 ? Int(day) : CalendarDate(daysSinceEpoch: Int(day)).adding(months: months).daysSinceEpoch
        let days = Int128(moved) + Int128(sign) * Int128(interval.days)
        let sum =
            days * Int128(CalendarText.microsecondsPerDay) + Int128(time)
            + Int128(sign) * Int128(interval.microseconds)
        guard let result = Int64(exactly: sum) else { throw outOfRange }
        return result
    }
}
