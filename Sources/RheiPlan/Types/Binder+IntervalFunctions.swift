import RheiArrow
import RheiCore
import RheiSQL

/// Functions that make intervals, or timestamps of them and of numbers.
extension Binder {
    /// Binds such a function; nil for other functions.
    func bindIntervalFunction(
        _ name: String, _ arguments: [BoundExpression], _ call: FunctionCall
    ) throws -> Expression? {
        if let unit = Self.unitFunctions[name] {
            guard arguments.count == 1 else { throw argumentCountError(call) }
            return try interval(of: arguments[0], unit, call)
        }
        if let made = try bindTimestampMaker(name, arguments, call) { return made }
        switch (name, arguments.count) {
        case ("age", 2):
            return .call("timestamp_age", try arguments.map(Self.timestamp), .intervalOfAll)
        case ("date_sub", 3), ("datesub", 3):
            let unit = Expression.literal(.text(try field(arguments[0], call)), .utf8View)
            return .call("timestamp_units", try [unit] + arguments[1...].map(Self.timestamp), .int64)
        case ("date_add", 2):
            return try Self.explicitArithmetic(.add, arguments[0].explicitReading, arguments[1].explicitReading)
        case ("time_bucket", 2), ("time_bucket", 3): return try bucket(arguments)
        case ("date_trunc", 2), ("datetrunc", 2):
            guard case .interval = arguments[1].type else { return nil }
            throw EngineError.unsupported("date_trunc() of INTERVAL")
        default: return nil
        }
    }

    /// Months, days and microseconds of one unit.
    private static let unitFunctions: [String: (months: Int, days: Int, microseconds: Int)] = [
        "to_millennia": (12_000, 0, 0), "to_centuries": (1_200, 0, 0), "to_decades": (120, 0, 0),
        "to_years": (12, 0, 0), "to_quarters": (3, 0, 0), "to_months": (1, 0, 0), "to_weeks": (0, 7, 0),
        "to_days": (0, 1, 0), "to_hours": (0, 0, 3_600_000_000), "to_minutes": (0, 0, 60_000_000),
        "to_seconds": (0, 0, 1_000_000), "to_milliseconds": (0, 0, 1_000), "to_microseconds": (0, 0, 1),
    ]

    private func interval(
        of amount: BoundExpression, _ unit: (months: Int, days: Int, microseconds: Int), _ call: FunctionCall
    ) throws -> Expression {
        let takesFractions = unit.microseconds == 1_000_000 || unit.microseconds == 1_000
        let number: Expression
        switch amount.data.type {
        case .int64: number = amount.data
        case .float64 where takesFractions: number = amount.data
        case .decimal128 where takesFractions: number = amount.expression.asReal
        case .null: return .literal(.null, .intervalOfAll)
        default:
            throw EngineError(.typeMismatch, "\(call.name.name)() takes a whole number, not \(amount.type.sqlName)")
        }
        return .call(
            "interval_of",
            [number, .integer(unit.months), .integer(unit.days), .integer(unit.microseconds)], .intervalOfAll)
    }

    private static func timestamp(_ value: BoundExpression) throws -> Expression {
        try convert(value.explicitReading, to: .timestamp)
    }

    private func field(_ name: BoundExpression, _ call: FunctionCall) throws -> String {
        guard case .text(let text)? = name.expression.literalValue else {
            throw EngineError.unsupported("\(call.name.name)() of a field that is no constant")
        }
        return try Self.fieldName(text)
    }

    private func bindTimestampMaker(
        _ name: String, _ arguments: [BoundExpression], _ call: FunctionCall
    ) throws -> Expression? {
        let integers = { arguments.map { Self.cast($0.data, to: .integer) } }
        switch (name, arguments.count) {
        case ("make_timestamp", 6):
            return .call(
                "make_timestamp", integers().dropLast() + [Self.cast(arguments[5].data, to: .real)], .timestamp)
        case ("make_timestamp", 1): return .cast(integers()[0], .represent, .timestamp)
        case ("make_time", 3):
            return .call("make_time", integers().dropLast() + [Self.cast(arguments[2].data, to: .real)], .timeOfDay)
        case ("to_timestamp", 1):
            let seconds = arguments[0].data.type == .int64 ? arguments[0].data : Self.cast(arguments[0].data, to: .real)
            return .call("timestamp_of_seconds", [seconds], .timestamp)
        case ("strptime", 2), ("try_strptime", 2):
            let function = name == "strptime" ? "timestamp_parse" : "timestamp_try_parse"
            return .call(function, arguments.map { Self.cast($0.data, to: .text) }, .timestamp)
        case ("epoch_ms", 1), ("epoch_us", 1), ("epoch_ns", 1): return try epoch(name, arguments[0])
        default: return nil
        }
    }

    /// Units since 1970 of a date or timestamp; `epoch_ms` also makes a timestamp of them.
    private func epoch(_ name: String, _ value: BoundExpression) throws -> Expression {
        if value.data.type == .int64, name == "epoch_ms" {
            return .call("timestamp_rescale", [value.data, .integer(1_000)], .timestamp)
        }
        if case .interval = value.type { throw EngineError.unsupported("\(name)() of INTERVAL") }
        let factor = name == "epoch_ms" ? -1_000 : name == "epoch_us" ? 1 : 1_000
        let microseconds = Expression.cast(try Self.timestamp(value), .represent, .int64)
        return .call("timestamp_rescale", [microseconds, .integer(factor)], .int64)
    }

    /// The start of the stretch of time that a timestamp lies in; stretches of months count from 2000-01-01, others
    /// from Monday, 2000-01-03.
    private func bucket(_ arguments: [BoundExpression]) throws -> Expression {
        let width = try Self.convert(arguments[0].explicitReading, to: .intervalOfAll)
        let value = arguments[1].explicitReading
        let isDate = value.type == .date32
        let origin: Expression
        if arguments.count > 2 {
            if case .interval = arguments[2].type { throw EngineError.unsupported("time_bucket() with an offset") }
            origin = try Self.timestamp(arguments[2])
        } else {
            guard let constant = IntervalKey(folded(width)) else {
                throw EngineError.unsupported("time_bucket() of a width that is no constant")
            }
            origin = .literal(
                .integer((constant.months == 0 ? 10_959 : 10_957) * CalendarText.microsecondsPerDay), .timestamp)
        }
        let start = Expression.call(
            "timestamp_bucket", [width, try Self.convert(value, to: .timestamp), origin], .timestamp)
        return isDate ? try Self.convert(start, to: .date32) : start
    }
}
