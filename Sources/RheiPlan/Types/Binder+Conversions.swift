import RheiArrow
import RheiCore
import RheiSQL

/// Conversions between SQLite's types and those that it lacks.
extension Expression {
    /// The expression in one of SQLite's types: dates and times as text, decimals as reals.
    var plain: Expression {
        switch type {
        case .date32: textOf("date_text")
        case .timestamp: textOf("timestamp_text")
        case .time64: textOf("time_text")
        case .decimal128: asReal
        case .interval: textOf("interval_text")
        case .list, .struct: Binder.nestedText(self)
        default: self
        }
    }

    /// The text of a value as CAST AS TEXT gives it.
    var plainText: Expression {
        guard case .decimal128(_, let scale) = type else { return plain }
        if let constant = DecimalConstant(self) {
            return .literal(.text(constant.text), .utf8View)
        }
        return .call("decimal_text", [self, .integer(scale)], .utf8View)
    }

    /// A decimal as a real.
    var asReal: Expression {
        guard case .decimal128(_, let scale) = type else { return represented(as: .float64) }
        if case .literal(.null, _) = self { return .literal(.null, .float64) }
        if let constant = DecimalConstant(self), let value = Double(constant.text) {
            return .literal(.real(value), .float64)
        }
        return .call("decimal_real", [self, .integer(scale)], .float64)
    }

    private func textOf(_ function: String) -> Expression {
        guard case .literal(let value, let type) = self else { return .call(function, [self], .utf8View) }
        if let interval = IntervalKey(self) { return .literal(.text(interval.description), .utf8View) }
        guard case .integer(let number) = value else { return .literal(.null, .utf8View) }
        var bytes: [UInt8] = []
        switch type {
        case .date32: CalendarDate(daysSinceEpoch: Int(number)).append(to: &bytes)
        case .time64: CalendarText.append(timeOfDay: number, to: &bytes)
        default: CalendarText.append(timestamp: number, to: &bytes)
        }
        return .literal(.text(String(decoding: bytes, as: UTF8.self)), .utf8View)
    }

    static func integer(_ value: Int) -> Expression { .literal(.integer(Int64(value)), .int64) }
}

extension DecimalConstant {
    /// The digits with their point.
    var text: String {
        var digits = String(unscaled.magnitude)
        if scale > 0 {
            if digits.count <= scale { digits = String(repeating: "0", count: scale + 1 - digits.count) + digits }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -scale))
        }
        return unscaled < 0 ? "-" + digits : digits
    }
}

extension BoundExpression {
    /// The expression as the types that SQLite lacks read it: a number with a point is a decimal, CAST AS DATE a date.
    var explicitReading: Expression { typedReading ?? data }

    /// Whether the expression has a type that SQLite lacks.
    var isExplicit: Bool { type.isExplicit }

    /// The expression as an argument of a function of SQLite's.
    func plain(forFunction name: String) -> BoundExpression {
        guard case .decimal128 = type, Self.textFunctions.contains(name) else { return plain }
        var result = self
        result.expression = expression.plainText
        return result
    }

    private static let textFunctions: Set<String> = [
        "length", "upper", "lower", "substr", "substring", "replace", "instr", "trim", "ltrim", "rtrim", "hex",
    ]

    /// The expression in one of SQLite's types.
    var plain: BoundExpression {
        guard isExplicit else { return self }
        var result = self
        result.expression = expression.plain
        return result
    }
}

/// What stands on the way of a conversion; the binder adds the place.
struct ConversionError {
    static func cannot(_ type: DataType, _ target: DataType) -> EngineError {
        EngineError(.typeMismatch, "cannot convert \(type.sqlName) to \(target.sqlName)")
    }

    static func cannotCompute(_ op: String, _ left: DataType, _ right: DataType) -> EngineError {
        EngineError(.typeMismatch, "no operator \(left.sqlName) \(op) \(right.sqlName)")
    }
}

extension Binder {
    /// Converts an expression to a type, by the rules of standard SQL where the type is one that SQLite lacks.
    static func convert(_ value: Expression, to target: DataType) throws -> Expression {
        if value.type == target { return value }
        if value.isNullLiteral { return .literal(.null, target) }
        switch target {
        case .decimal128(let precision, let scale): return try decimal(value, precision: precision, scale: scale)
        case .date32: return try date(value)
        case .timestamp: return try timestamp(value)
        case .time64: return try timeOfDay(value)
        case .interval: return try interval(value)
        case .list, .struct:
            guard let nested = target.nestedType else { throw ConversionError.cannot(value.type, target) }
            return try convertNested(value, to: nested)
        case .float64:
            if case .decimal128 = value.type { return value.asReal }
            if value.type.isExplicit { throw ConversionError.cannot(value.type, target) }
            return cast(value, to: .real)
        case .int64:
            if case .decimal128(_, let scale) = value.type {
                return .call("decimal_integer", [value, .integer(scale)], .int64)
            }
            if value.type.isExplicit { throw ConversionError.cannot(value.type, target) }
            return cast(value, to: .integer)
        case .utf8View: return value.type.isExplicit ? value.plainText : cast(value, to: .text)
        case .any: return value.plain.represented(as: .any)
        default: throw ConversionError.cannot(value.type, target)
        }
    }

    private static func decimal(_ value: Expression, precision: Int, scale: Int) throws -> Expression {
        let target = DataType.decimal128(precision: precision, scale: scale)
        switch value.type {
        case .decimal128(_, let own):
            if let literal = DecimalConstant(value)?.rescaled(to: scale)?.literal {
                return .literal(literal.literalValue ?? .null, target)
            }
            return own == scale
                ? .cast(value, .represent, target) : .call("decimal_rescale", [value, .integer(scale - own)], target)
        case .int64, .bool:
            if case .literal(.integer(let integer), _) = value,
                let literal = DecimalConstant(unscaled: Int128(integer), scale: 0).rescaled(to: scale)?.literal
            {
                return .literal(literal.literalValue ?? .null, target)
            }
            return .call("decimal_of_integer", [value.represented(as: .int64), .integer(scale)], target)
        case .float64, .utf8View, .any:
            return .call("decimal_of", [value, .integer(precision), .integer(scale)], target)
        default: throw ConversionError.cannot(value.type, target)
        }
    }

    private static func date(_ value: Expression) throws -> Expression {
        switch (value, value.type) {
        case (.literal(.text(let text), _), _):
            let bytes = Array(text.utf8)
            let days =
                CalendarText.days(bytes).map(Int64.init)
                ?? CalendarText.timestamp(bytes).map {
                    CalendarText.split($0).day
                }
            guard let days else { throw EngineError(.typeMismatch, "'\(text)' is no DATE") }
            return .literal(.integer(days), .date32)
        case (.literal(.integer(let time), _), .timestamp):
            return .literal(.integer(CalendarText.split(time).day), .date32)
        case (_, .timestamp): return .call("date_of_timestamp", [value], .date32)
        case (_, .utf8View), (_, .any): return .call("date_of_text", [value], .date32)
        default: throw ConversionError.cannot(value.type, .date32)
        }
    }

    private static func timestamp(_ value: Expression) throws -> Expression {
        switch (value, value.type) {
        case (.literal(.text(let text), _), _):
            guard let time = CalendarText.timestamp(Array(text.utf8)) else {
                throw EngineError(.typeMismatch, "'\(text)' is no TIMESTAMP")
            }
            return .literal(.integer(time), .timestamp)
        case (.literal(.integer(let days), _), .date32):
            return .literal(.integer(days * CalendarText.microsecondsPerDay), .timestamp)
        case (_, .date32): return .call("timestamp_of_date", [value], .timestamp)
        case (_, .timestamp): return .cast(value, .represent, .timestamp)
        case (_, .utf8View), (_, .any): return .call("timestamp_of_text", [value], .timestamp)
        default: throw ConversionError.cannot(value.type, .timestamp)
        }
    }

    private static func timeOfDay(_ value: Expression) throws -> Expression {
        switch (value, value.type) {
        case (.literal(.text(let text), _), _):
            guard let time = CalendarText.timeOfDay(Array(text.utf8)) else {
                throw EngineError(.typeMismatch, "'\(text)' is no TIME")
            }
            return .literal(.integer(time), .timeOfDay)
        case (_, .timestamp): return .call("time_of_timestamp", [value], .timeOfDay)
        case (_, .utf8View), (_, .any): return .call("time_of_text", [value], .timeOfDay)
        default: throw ConversionError.cannot(value.type, .timeOfDay)
        }
    }

    private static func interval(_ value: Expression) throws -> Expression {
        if case .literal(.text(let text), _) = value {
            guard let constant = IntervalKey(text: text, unit: nil) else {
                throw EngineError(.typeMismatch, "'\(text)' is no INTERVAL")
            }
            return constant.literal
        }
        switch value.type {
        case .utf8View, .any: return .call("interval_of_text", [value], .intervalOfAll)
        default: throw ConversionError.cannot(value.type, .intervalOfAll)
        }
    }

    // MARK: several operands

    /// Converts operands of which at least one has a type that SQLite lacks to one type.
    static func unified(_ operands: [BoundExpression]) throws -> [Expression] {
        let readings = operands.map(\.explicitReading)
        let target = try commonType(readings)
        return try readings.map { try convert(midnight($0, beside: target), to: target) }
    }

    private static func commonType(_ values: [Expression]) throws -> DataType {
        var result = DataType.null
        // A timestamp at midnight that is constant counts as a date beside dates.
        let hasVaryingTimestamp = values.contains {
            if case .timestamp = $0.type { return !isMidnight($0) }
            return false
        }
        for value in values where !value.isNullLiteral {
            var type = value.type == .bool ? .int64 : value.type
            if case .timestamp = type, !hasVaryingTimestamp, values.contains(where: { $0.type == .date32 }) {
                type = .date32
            }
            result = try common(result, type, value)
        }
        return result
    }

    private static func isMidnight(_ value: Expression) -> Bool {
        guard case .literal(.integer(let time), .timestamp) = value else { return false }
        return time % CalendarText.microsecondsPerDay == 0
    }

    private static func midnight(_ value: Expression, beside target: DataType) throws -> Expression {
        target == .date32 && isMidnight(value) ? try date(value) : value
    }

    private static func common(_ left: DataType, _ right: DataType, _ value: Expression) throws -> DataType {
        if left == right || right == .null { return left }
        if left == .null { return right }
        if let decimal = DataType.commonDecimal(left, right) { return decimal }
        if let first = left.nestedType, let second = right.nestedType, let common = first.common(with: second) {
            return common.dataType
        }
        switch (left, right) {
        case (.interval, .utf8View), (.utf8View, .interval): return .intervalOfAll
        case (.decimal128, .int64), (.int64, .decimal128):
            let own = left == .int64 ? right : left
            if let literal = DecimalConstant(unscaled: Int128(value.integerLiteral ?? .max), scale: 0).literal {
                return DataType.commonDecimal(own, literal.type) ?? own
            }
            return own
        case (.decimal128, .float64), (.float64, .decimal128): return .float64
        case (.decimal128, .utf8View), (.utf8View, .decimal128): return .float64
        case (.decimal128, .any), (.any, .decimal128), (.decimal128, .binaryView), (.binaryView, .decimal128):
            return .any
        case (.int64, .float64), (.float64, .int64): return .float64
        case (.date32, .timestamp), (.timestamp, .date32): return .timestamp
        case (.date32, .utf8View), (.utf8View, .date32), (.date32, .any), (.any, .date32): return .date32
        case (.timestamp, .utf8View), (.utf8View, .timestamp), (.timestamp, .any), (.any, .timestamp): return .timestamp
        case (.timestamp, .timestamp): return .timestamp
        case (.time64, .utf8View), (.utf8View, .time64): return .timeOfDay
        default:
            if left.isExplicit || right.isExplicit { throw ConversionError.cannotCompute("=", left, right) }
            return .any
        }
    }
}

extension Expression {
    /// The value of an integer literal.
    var integerLiteral: Int64? {
        if case .literal(.integer(let value), .int64) = self { return value }
        return nil
    }
}
