import RheiArrow
import RheiCore
import RheiSQL

/// Arithmetic with intervals.
extension Binder {
    /// Computes with an interval; nil where neither operand is one.
    static func intervalArithmetic(
        _ op: RheiSQL.BinaryOperator, _ left: Expression, _ right: Expression
    ) throws -> Expression? {
        switch (op, left.type, right.type) {
        case (.add, .interval, .interval): return .call("interval_add", [left, right], .intervalOfAll)
        case (.subtract, .interval, .interval): return .call("interval_subtract", [left, right], .intervalOfAll)
        case (.add, _, .interval): return try shifted(left, by: right, isBack: false)
        case (.subtract, _, .interval): return try shifted(left, by: right, isBack: true)
        case (.add, .interval, _): return try shifted(right, by: left, isBack: false)
        case (.multiply, .interval, _): return try scaled("interval_multiply", left, right)
        case (.multiply, _, .interval): return try scaled("interval_multiply", right, left)
        case (.divide, .interval, _): return try scaled("interval_divide", left, right)
        default: return nil
        }
    }

    private static func scaled(_ function: String, _ interval: Expression, _ factor: Expression) throws -> Expression {
        switch factor.type {
        case .int64, .float64: return .call(function, [interval, factor], .intervalOfAll)
        case .bool: return .call(function, [interval, factor.represented(as: .int64)], .intervalOfAll)
        case .decimal128: return .call(function, [interval, factor.asReal], .intervalOfAll)
        default:
            throw ConversionError.cannotCompute(function == "interval_divide" ? "/" : "*", interval.type, factor.type)
        }
    }

    /// A date, time or timestamp moved by an interval: a timestamp, of a time a time.
    private static func shifted(_ value: Expression, by interval: Expression, isBack: Bool) throws -> Expression {
        switch value.type {
        case .time64:
            let moved = isBack ? try explicitNegation(interval) : interval
            return .call("time_plus_interval", [value, moved], .timeOfDay)
        case .date32, .timestamp: break
        case .utf8View, .any: return try shifted(convert(value, to: .timestamp), by: interval, isBack: isBack)
        default: throw ConversionError.cannotCompute(isBack ? "-" : "+", value.type, .intervalOfAll)
        }
        let constant = IntervalKey(interval).flatMap { isBack ? $0.negated : $0 }
        guard let constant else {
            return .call(
                isBack ? "timestamp_minus" : "timestamp_plus", [try convert(value, to: .timestamp), interval],
                .timestamp)
        }
        return shifted(value, by: constant)
    }

    /// A date or timestamp moved by a constant.
    private static func shifted(_ value: Expression, by interval: IntervalKey) -> Expression {
        let parts: [Expression] = [
            .integer(Int(interval.months)), .integer(Int(interval.days)),
            .literal(.integer(interval.microseconds), .int64),
        ]
        guard value.type == .date32 else { return .call("timestamp_plus_interval", [value] + parts, .timestamp) }
        if case .literal(.integer(let day), _) = value, abs(Int(interval.months)) < 100_000,
            abs(Int(interval.days)) < 10_000_000
        {
            let moved = CalendarDate(daysSinceEpoch: Int(day)).adding(months: Int(interval.months)).daysSinceEpoch
            let (start, isTooFar) = Int64(moved + Int(interval.days)).multipliedReportingOverflow(
                by: CalendarText.microsecondsPerDay)
            let (sum, overflow) = start.addingReportingOverflow(interval.microseconds)
            if !overflow, !isTooFar { return .literal(.integer(sum), .timestamp) }
        }
        return .call("date_plus_interval", [value] + parts, .timestamp)
    }
}
