import RheiArrow
import RheiCore
import RheiSQL

/// Arithmetic with types that SQLite lacks.
extension Binder {
    /// Computes with two operands of which at least one has such a type, or with the readings of two constants.
    static func explicitArithmetic(
        _ op: RheiSQL.BinaryOperator, _ left: Expression, _ right: Expression
    ) throws -> Expression {
        if left.isNullLiteral || right.isNullLiteral { return .literal(.null, .null) }
        if op == .concatenate {
            return .binary(.concatenate, cast(left, to: .text), cast(right, to: .text), .utf8View)
        }
        if let result = try calendarArithmetic(op, left, right) { return result }
        if let types = try decimalOperands(left, right) { return try decimals(op, types.0, types.1) }
        switch (left.type, right.type) {
        case (.decimal128, _), (_, .decimal128):
            return arithmetic(op, BoundExpression(left.plain), BoundExpression(right.plain)).expression
        default: throw ConversionError.cannotCompute(op.rawValue, left.type, right.type)
        }
    }

    // MARK: decimals

    /// Both operands as decimals, if they are decimals and integers.
    private static func decimalOperands(
        _ left: Expression, _ right: Expression
    ) throws -> (Expression, Expression)? {
        func converted(_ value: Expression) throws -> Expression? {
            switch value.type {
            case .decimal128: return value
            case .int64, .bool:
                if let literal = DecimalConstant(unscaled: Int128(value.integerLiteral ?? .max), scale: 0).literal,
                    value.integerLiteral != nil
                {
                    return literal
                }
                return try convert(value, to: .decimal128(precision: 19, scale: 0))
            default: return nil
            }
        }
        guard let first = try converted(left), let second = try converted(right) else { return nil }
        return (first, second)
    }

    private static func decimals(
        _ op: RheiSQL.BinaryOperator, _ left: Expression, _ right: Expression
    ) throws -> Expression {
        guard case .decimal128(let leftPrecision, let leftScale) = left.type,
            case .decimal128(let rightPrecision, let rightScale) = right.type
        else { throw ConversionError.cannotCompute(op.rawValue, left.type, right.type) }
        switch op {
        case .add, .subtract:
            let scale = max(leftScale, rightScale)
            let type = DataType.decimal(
                integerDigits: max(leftPrecision - leftScale, rightPrecision - rightScale) + 1, scale: scale)
            let operands = try [left, right].map { try convert($0, to: type) }
            if let folded = constant(op, operands, type) { return folded }
            return .call(op == .add ? "decimal_add" : "decimal_subtract", operands, type)
        case .multiply:
            let scale = leftScale + rightScale
            guard scale <= DataType.widestPrecision else {
                throw EngineError(.typeMismatch, "a product of decimals with \(scale) decimals has more than 38")
            }
            let type = DataType.decimal(
                integerDigits: leftPrecision + rightPrecision - scale, scale: scale)
            if let folded = constant(op, [left, right], type) { return folded }
            return .call("decimal_multiply", [left, right], type)
        default: return arithmetic(op, BoundExpression(left.asReal), BoundExpression(right.asReal)).expression
        }
    }

    private static func constant(
        _ op: RheiSQL.BinaryOperator, _ operands: [Expression], _ type: DataType
    ) -> Expression? {
        guard let left = DecimalConstant(operands[0])?.unscaled, let right = DecimalConstant(operands[1])?.unscaled,
            let scale = type.decimalScale
        else { return nil }
        let outcome =
            switch op {
            case .add: left.addingReportingOverflow(right)
            case .subtract: left.subtractingReportingOverflow(right)
            default: left.multipliedReportingOverflow(by: right)
            }
        guard !outcome.overflow, let value = Int64(exactly: outcome.partialValue) else { return nil }
        return .literal(.integer(value), DecimalConstant(unscaled: Int128(value), scale: scale).type)
    }

    /// Minus of a decimal or an interval.
    static func explicitNegation(_ value: Expression) throws -> Expression {
        if let interval = IntervalValue(value) { return interval.negated.literal }
        if let constant = DecimalConstant(value),
            let literal = DecimalConstant(unscaled: -constant.unscaled, scale: constant.scale).literal
        {
            return literal
        }
        guard case .decimal128 = value.type else { throw ConversionError.cannotCompute("-", .null, value.type) }
        return .call("decimal_negate", [value], value.type)
    }

    // MARK: dates and times

    private static func calendarArithmetic(
        _ op: RheiSQL.BinaryOperator, _ left: Expression, _ right: Expression
    ) throws -> Expression? {
        if let interval = IntervalValue(right) {
            switch (op, left.type) {
            case (.add, _) where left.type == .intervalOfAll, (.subtract, _) where left.type == .intervalOfAll:
                guard let other = IntervalValue(left) else { return nil }
                let added = op == .add ? interval : interval.negated
                return other.adding(added)?.literal
            case (.add, _): return try shifted(left, by: interval)
            case (.subtract, _): return try shifted(left, by: interval.negated)
            case (.multiply, _): return left.integerLiteral.flatMap { multiplied(interval, $0) }?.literal
            default: return nil
            }
        }
        if let interval = IntervalValue(left) {
            switch op {
            case .add: return try shifted(right, by: interval)
            case .multiply: return right.integerLiteral.flatMap { multiplied(interval, $0) }?.literal
            default: return nil
            }
        }
        switch (op, left.type, right.type) {
        case (.add, .date32, .int64): return shiftedDays(left, right)
        case (.add, .int64, .date32): return shiftedDays(right, left)
        case (.subtract, .date32, .int64):
            return shiftedDays(
                left,
                right.integerLiteral.map { .literal(.integer(0 &- $0), .int64) }
                    ?? .unary(.negate, right, .int64))
        case (.subtract, .date32, .date32):
            return .binary(
                .subtract, .cast(left, .represent, .int64), .cast(right, .represent, .int64), .int64)
        case (.subtract, .timestamp, _), (.subtract, _, .timestamp):
            throw EngineError.unsupported("difference of timestamps; date_diff() counts units between them")
        default: return nil
        }
    }

    private static func multiplied(_ interval: IntervalValue, _ factor: Int64) -> IntervalValue? {
        guard abs(factor) < 1_000_000 else { return nil }
        let (time, overflow) = interval.microseconds.multipliedReportingOverflow(by: factor)
        if overflow || time.magnitude > 1 << 62 { return nil }
        return IntervalValue(
            months: interval.months * Int(factor), days: interval.days * Int(factor), microseconds: time)
    }

    private static func shiftedDays(_ date: Expression, _ days: Expression) -> Expression {
        if case .literal(.integer(let start), _) = date, let count = days.integerLiteral, abs(count) < 1_000_000_000,
            Int32(exactly: start + count) != nil
        {
            return .literal(.integer(start + count), .date32)
        }
        return .call("date_plus", [date, days], .date32)
    }

    /// A date or timestamp moved by an interval: a timestamp.
    private static func shifted(_ value: Expression, by interval: IntervalValue) throws -> Expression {
        let parts: [Expression] = [
            .integer(interval.months), .integer(interval.days), .literal(.integer(interval.microseconds), .int64),
        ]
        switch value.type {
        case .date32:
            if case .literal(.integer(let day), _) = value, abs(interval.months) < 100_000,
                abs(interval.days) < 10_000_000
            {
                let moved = CalendarDate(daysSinceEpoch: Int(day)).adding(months: interval.months).daysSinceEpoch
                let (start, isTooFar) = Int64(moved + interval.days).multipliedReportingOverflow(
                    by: CalendarText.microsecondsPerDay)
                let (sum, overflow) = start.addingReportingOverflow(interval.microseconds)
                if !overflow, !isTooFar { return .literal(.integer(sum), .timestamp) }
            }
            return .call("date_plus_interval", [value] + parts, .timestamp)
        case .timestamp: return .call("timestamp_plus_interval", [value] + parts, .timestamp)
        case .utf8View, .any: return try shifted(convert(value, to: .timestamp), by: interval)
        default: throw ConversionError.cannotCompute("+", value.type, .intervalOfAll)
        }
    }
}
