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
        if left.type.nestedType != nil || right.type.nestedType != nil {
            guard op == .concatenate, left.type.elementType != nil, right.type.elementType != nil else {
                throw ConversionError.cannotCompute(op.rawValue, left.type, right.type)
            }
            return try joined(left, right)
        }
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
        if case .interval = value.type {
            if let negated = IntervalKey(value)?.negated { return negated.literal }
            return .call("interval_multiply", [value, .integer(-1)], .intervalOfAll)
        }
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
        if let result = try intervalArithmetic(op, left, right) { return result }
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
        case (.subtract, .timestamp, .timestamp), (.subtract, .timestamp, .date32), (.subtract, .date32, .timestamp):
            return .call(
                "timestamp_distance", try [left, right].map { try convert($0, to: .timestamp) }, .intervalOfAll)
        case (.add, .date32, .time64): return try joined(day: left, time: right)
        case (.add, .time64, .date32): return try joined(day: right, time: left)
        default: return nil
        }
    }

    /// A day and a time of it as a timestamp.
    private static func joined(day: Expression, time: Expression) throws -> Expression {
        let parts = [try convert(day, to: .timestamp), time].map { Expression.cast($0, .represent, .int64) }
        return .cast(.binary(.add, parts[0], parts[1], .int64), .represent, .timestamp)
    }

    private static func shiftedDays(_ date: Expression, _ days: Expression) -> Expression {
        if case .literal(.integer(let start), _) = date, let count = days.integerLiteral, abs(count) < 1_000_000_000,
            Int32(exactly: start + count) != nil
        {
            return .literal(.integer(start + count), .date32)
        }
        return .call("date_plus", [date, days], .date32)
    }
}
