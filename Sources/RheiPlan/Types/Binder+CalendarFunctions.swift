import RheiArrow
import RheiCore
import RheiSQL

/// Functions on types that SQLite lacks.
extension Binder {
    /// `date '…'`, `time '…'`, `timestamp '…'`, `interval '…' unit`.
    func bindTyped(_ literal: TypedLiteral, _ range: SourceRange) throws -> BoundExpression {
        do {
            let text = Expression.literal(.text(literal.text), .utf8View)
            switch literal.kind {
            case .date: return BoundExpression(try Self.convert(text, to: .date32))
            case .time: return BoundExpression(try Self.convert(text, to: .timeOfDay))
            case .timestamp: return BoundExpression(try Self.convert(text, to: .timestamp))
            case .interval:
                return BoundExpression(try Self.interval(literal).literal)
            }
        } catch { throw error.placed(at: position(range)) }
    }

    private static func interval(_ literal: TypedLiteral) throws -> IntervalKey {
        guard let interval = IntervalKey(text: literal.text, unit: literal.unit?.name) else {
            throw EngineError(.typeMismatch, "'\(literal.text)' is no INTERVAL")
        }
        if let unit = literal.unit, literal.text.contains("."), !NameMatching.fold(unit.name).contains("second") {
            throw EngineError.unsupported("fractions of an interval's \(unit.name)")
        }
        return interval
    }

    /// The type that CAST names, if it is one that SQLite lacks.
    ///
    /// - Parameter hasDefaults: whether DECIMAL alone is DECIMAL(18,3).
    static func explicitType(_ name: TypeName, hasDefaults: Bool) throws -> DataType? {
        if name.name.hasSuffix("[]") { return try listType(name) }
        switch NameMatching.fold(name.name) {
        case "interval": return .intervalOfAll
        case "date": return .date32
        case "time": return .timeOfDay
        case "timestamp", "datetime": return .timestamp
        case "decimal", "numeric", "dec":
            if name.arguments.isEmpty { return hasDefaults ? .decimal128(precision: 18, scale: 3) : nil }
            let numbers = name.arguments.compactMap { Int($0) }
            let scale = numbers.count > 1 ? numbers[1] : 0
            guard numbers.count == name.arguments.count, numbers.count <= 2, (1...38).contains(numbers[0]),
                (0...numbers[0]).contains(scale)
            else { return nil }
            return .decimal128(precision: numbers[0], scale: scale)
        default: return nil
        }
    }

    /// The type of `INTEGER[]`, `TEXT[][]` and the like.
    private static func listType(_ name: TypeName) throws -> DataType? {
        var element = name
        element.name.removeLast(2)
        if let type = try explicitType(element, hasDefaults: true) { return .list(Field("item", type)) }
        let plain: DataType =
            switch TypeRules.affinity(ofDeclaredType: element.name) {
            case .integer: .int64
            case .real: .float64
            case .text: .utf8View
            case .none: .binaryView
            case .numeric: NameMatching.fold(element.name).hasPrefix("bool") ? .int64 : .any
            }
        if plain == .any { throw EngineError.unsupported("lists of \(element.name)") }
        return .list(Field("item", plain))
    }

    /// `EXTRACT(field FROM operand)`.
    func bindExtract(
        _ field: String, _ operand: BoundExpression, _ range: SourceRange
    ) throws -> BoundExpression {
        do {
            let name = try Self.fieldName(field)
            let value = operand.isExplicit ? operand.expression : operand.explicitReading
            if name == "epoch", value.type != .intervalOfAll { return BoundExpression(try Self.epoch(of: value)) }
            let isTime = ["hour", "minute", "second", "millisecond", "microsecond"].contains(name)
            let literal = Expression.literal(.text(name), .utf8View)
            switch value.type {
            case .date32:
                if isTime { return BoundExpression(try extract(literal, Self.convert(value, to: .timestamp))) }
                return BoundExpression(.call("date_field", [literal, value], .int64))
            case .timestamp, .time64: return BoundExpression(try extract(literal, value))
            case .interval:
                if name == "epoch" { return BoundExpression(.call("interval_epoch", [value], .float64)) }
                return BoundExpression(.call("interval_field", [literal, value], .int64))
            case .utf8View, .any, .null:
                return BoundExpression(try extract(literal, Self.convert(value, to: .timestamp)))
            default: throw EngineError(.typeMismatch, "\(value.type.sqlName) has no field \(name)")
            }
        } catch { throw error.placed(at: position(range)) }
    }

    /// The seconds since 1970, or of a time since midnight, with their fraction.
    private static func epoch(of value: Expression) throws -> Expression {
        let time = value.type == .timeOfDay ? value : try convert(value, to: .timestamp)
        let microseconds = Expression.cast(time, .represent, .int64).represented(as: .float64)
        return .binary(.divide, microseconds, .literal(.real(1_000_000), .float64), .float64)
    }

    private func extract(_ field: Expression, _ value: Expression) throws -> Expression {
        if case .time64 = value.type { return .call("time_field", [field, value], .int64) }
        return .call("timestamp_field", [field, value], .int64)
    }

    static func fieldName(_ field: String) throws -> String {
        let name = NameMatching.fold(field)
        let singular = name.hasSuffix("s") ? String(name.dropLast()) : name
        switch singular {
        case "year", "quarter", "month", "day", "week", "hour", "minute", "second", "epoch", "decade", "isoyear",
            "millisecond", "microsecond":
            return singular
        case "era", "millennium", "yearweek": return singular
        case "millennia": return "millennium"
        case "ms", "msec": return "millisecond"
        case "us", "usec": return "microsecond"
        case "sec": return "second"
        case "min": return "minute"
        case "hr": return "hour"
        case "century", "centurie": return "century"
        case "dow", "dayofweek", "weekday": return "dayofweek"
        case "isodow": return "isodow"
        case "doy", "dayofyear": return "dayofyear"
        case "weekofyear": return "week"
        default: throw EngineError(.invalidArgument, "there is no field '\(field)' of a date or time")
        }
    }

    private static let fieldFunctions: Set<String> = [
        "year", "quarter", "month", "day", "week", "hour", "minute", "second", "dayofweek", "dayofyear", "isodow",
        "weekofyear", "epoch", "isoyear", "decade", "century", "millennium", "era", "yearweek", "millisecond",
        "microsecond", "weekday",
    ]

    /// Binds a function of dates, times or decimals; nil for other functions and for arguments that SQLite knows.
    func bindExplicit(
        _ name: String, _ arguments: [BoundExpression], _ call: FunctionCall
    ) throws -> BoundExpression? {
        do {
            if Self.fieldFunctions.contains(name), arguments.count == 1 {
                return try bindExtract(name, arguments[0], call.name.range)
            }
            if let result = try bindIntervalFunction(name, arguments, call) { return BoundExpression(result) }
            if let result = try bindCalendar(name, arguments, call) { return BoundExpression(result) }
            guard arguments.contains(where: \.isExplicit) else { return nil }
            if name == "greatest" || name == "least" {
                return Self.explicitBest(try Self.unified(arguments), isGreatest: name == "greatest")
            }
            if let result = try bindDecimal(name, arguments) { return BoundExpression(result) }
            return nil
        } catch { throw error.placed(at: position(call.name.range)) }
    }

    /// The largest or smallest operand that is not null.
    private static func explicitBest(_ operands: [Expression], isGreatest: Bool) -> BoundExpression {
        let type = operands.first { !$0.isNullLiteral }?.type ?? .null
        let best = operands.dropFirst().reduce(operands[0]) { best, next in
            .conditional(
                [
                    .init(condition: .isNull(best), result: next),
                    .init(condition: .comparison(isGreatest ? .greater : .less, next, best, .binary), result: next),
                ], otherwise: best, type)
        }
        return BoundExpression(best)
    }

    private func bindCalendar(
        _ name: String, _ arguments: [BoundExpression], _ call: FunctionCall
    ) throws -> Expression? {
        switch name {
        case "date_part", "datepart":
            guard arguments.count == 2 else { throw argumentCountError(call) }
            return try bindExtract(try constantText(arguments[0], call), arguments[1], call.name.range).expression
        case "date_trunc", "datetrunc":
            guard arguments.count == 2 else { throw argumentCountError(call) }
            return try truncated(try constantText(arguments[0], call), arguments[1].explicitReading)
        case "date_diff", "datediff":
            guard arguments.count == 3 else { throw argumentCountError(call) }
            let unit = Expression.literal(.text(try Self.fieldName(try constantText(arguments[0], call))), .utf8View)
            let ends = try arguments[1...].map { try Self.convert($0.explicitReading, to: .timestamp) }
            return .call("timestamp_difference", [unit] + ends, .int64)
        case "make_date":
            guard arguments.count == 3 else { throw argumentCountError(call) }
            return .call("make_date", arguments.map { Self.cast($0.data, to: .integer) }, .date32)
        case "dayname", "monthname":
            guard arguments.count == 1 else { throw argumentCountError(call) }
            let kind = Expression.literal(.text(name), .utf8View)
            return .call(
                "timestamp_name", [kind, try Self.convert(arguments[0].explicitReading, to: .timestamp)], .utf8View)
        case "last_day":
            guard arguments.count == 1 else { throw argumentCountError(call) }
            let first = Expression.call(
                "date_truncate",
                [.literal(.text("month"), .utf8View), try Self.convert(arguments[0].explicitReading, to: .date32)],
                .date32)
            let next = try Self.explicitArithmetic(
                .add, first, IntervalKey(months: 1, days: -1, microseconds: 0).literal)
            return try Self.convert(next, to: .date32)
        case "strftime" where arguments.count == 2 && arguments[0].isExplicit:
            // Analysts also put the time before the format, and then know other conversions.
            let time = try Self.convert(arguments[0].expression, to: .timestamp)
            return .call("timestamp_format", [time, Self.cast(arguments[1].data, to: .text)], .utf8View)
        default: return nil
        }
    }

    private func constantText(_ argument: BoundExpression, _ call: FunctionCall) throws -> String {
        guard case .text(let text)? = argument.expression.literalValue else {
            throw EngineError.unsupported("\(call.name.name)() of a field that is no constant")
        }
        return text
    }

    private func truncated(_ unit: String, _ value: Expression) throws -> Expression {
        let name = try Self.fieldName(unit)
        let literal = Expression.literal(.text(name), .utf8View)
        return .call("timestamp_truncate", [literal, try Self.convert(value, to: .timestamp)], .timestamp)
    }

    private func bindDecimal(_ name: String, _ arguments: [BoundExpression]) throws -> Expression? {
        guard case .decimal128(let precision, let scale) = arguments[0].type else { return nil }
        let value = arguments[0].expression
        switch (name, arguments.count) {
        case ("abs", 1): return .call("decimal_abs", [value], value.type)
        case ("sign", 1): return .call("sign", [value.asReal], .int64)
        case ("round", 1), ("round", 2):
            let places = arguments.count == 2 ? arguments[1].expression.integerLiteral : 0
            guard let places else { return nil }
            let kept = Int(min(max(places, Int64(scale - 38)), Int64(scale)))
            let rounded = Expression.call("decimal_round", [value, .integer(scale - kept), .integer(3)], value.type)
            return try Self.convert(
                rounded, to: .decimal(integerDigits: precision - scale + 1, scale: max(0, kept)))
        case ("ceil", 1), ("ceiling", 1), ("floor", 1), ("trunc", 1):
            let mode = name == "floor" ? 0 : name == "trunc" ? 2 : 1
            let rounded = Expression.call("decimal_round", [value, .integer(scale), .integer(mode)], value.type)
            return try Self.convert(rounded, to: .decimal(integerDigits: precision - scale + 1, scale: 0))
        default: return nil
        }
    }
}

extension Error {
    /// The error with a place, where it has none.
    func placed(at range: SourceRange?) -> any Error {
        guard var error = self as? EngineError else { return self }
        if error.range == nil { error.range = range }
        return error
    }
}
