import RheiArrow
import RheiCore
import RheiSQL

/// What is known of SQLite's mark on texts that a JSON function made, which other JSON functions take for JSON.
enum JSONMark: Hashable, Sendable {
    case unmarked
    case marked
    /// Whether the mark survives depends on how SQLite carries the query out.
    case unknown
    /// The value of a table function, which is marked when its type, given by the expression, is array or object.
    case element(type: Expression)
}

extension PlanContext {
    /// Notes a column whose values JSON functions made.
    func noteJSON(_ id: ColumnID, _ expression: Expression) {
        let mark = jsonMark(of: expression)
        if mark == .unmarked { return }
        // The type of a table function's value is no column of the result.
        if case .column(id, _) = expression, mark == .marked { return }
        jsonMarks[id] = .unknown
    }

    func jsonMark(of expression: Expression) -> JSONMark {
        switch expression {
        case .column(let id, _): return jsonMarks[id] ?? .unmarked
        case .call("json_extract", let arguments, _): return arguments.count == 2 ? .unknown : .marked
        case .call(let name, let arguments, _):
            if ScalarFunction.makesJSON.contains(name) { return .marked }
            let passes = name == "min" || name == "max"
            return passes && arguments.contains { jsonMark(of: $0) != .unmarked } ? .unknown : .unmarked
        case .cast(let operand, _, _): return jsonMark(of: operand) == .unmarked ? .unmarked : .unknown
        case .conditional(let branches, let otherwise, _):
            let results = branches.map(\.result) + (otherwise.map { [$0] } ?? [])
            return results.contains { jsonMark(of: $0) != .unmarked } ? .unknown : .unmarked
        default: return .unmarked
        }
    }
}

extension Binder {
    /// Binds a call of a JSON function; nil for other functions.
    func bindJSON(
        _ name: String, _ arguments: [BoundExpression], _ call: FunctionCall
    ) throws -> BoundExpression? {
        let data = arguments.map(\.data)
        let range = position(call.name.range)
        switch name {
        case "json_quote":
            guard data.count == 1 else { throw argumentCountError(call) }
            return BoundExpression(try jsonText(data[0], range))
        case "json_array": return BoundExpression(.call(name, try data.map { try jsonText($0, range) }, .utf8View))
        case "json_object":
            guard data.count.isMultiple(of: 2) else {
                throw EngineError(.typeMismatch, "json_object() requires an even number of arguments", at: range)
            }
            return BoundExpression(.call(name, try alternating(data, valuesAt: 1, range), .utf8View))
        case "json_set", "json_insert", "json_replace":
            guard !data.count.isMultiple(of: 2) else {
                throw EngineError(.typeMismatch, "\(name)() needs an odd number of arguments", at: range)
            }
            let paths = stride(from: 1, to: data.count, by: 2).map { data[$0] }
            if paths.contains(where: { $0.literalValue == .text("$") }) {
                throw EngineError.unsupported("\(name)() of the whole document", at: range)
            }
            return BoundExpression(.call(name, try alternating(data, valuesAt: 0, range), .utf8View))
        case "json_extract":
            guard !data.isEmpty else { return BoundExpression(.literal(.null, .null)) }
            return BoundExpression(.call(name, data, data.count > 2 ? .utf8View : .any))
        default: return nil
        }
    }

    /// Every second argument is a value, the others stay as they are.
    private func alternating(
        _ arguments: [Expression], valuesAt remainder: Int, _ range: SourceRange?
    ) throws -> [Expression] {
        try arguments.enumerated().map { index, argument in
            index % 2 == remainder && (index > 0) ? try jsonText(argument, range) : argument
        }
    }

    func bindJSONOperator(
        _ op: RheiSQL.BinaryOperator, _ left: BoundExpression, _ right: BoundExpression
    ) -> BoundExpression {
        let type: DataType = op == .jsonExtract ? .utf8View : .any
        return BoundExpression(.call(op.rawValue, [left.data, right.data], type))
            .propagatingCollation(of: [left, right])
    }

    /// The JSON text of a value: what JSON functions made stays as it is, everything else is quoted. Null may stand for
    /// `null`.
    func jsonText(_ value: Expression, _ range: SourceRange?) throws -> Expression {
        let mark = context.jsonMark(of: value)
        if mark == .unmarked {
            return value.isNullLiteral ? .literal(.text("null"), .utf8View) : .call("json_quote", [value], .utf8View)
        }
        switch value {
        case .call("json_extract", let arguments, _) where arguments.count == 2:
            return .call("json_extract_json", arguments, .utf8View)
        case .cast(let operand, .represent, _): return try jsonText(operand, range)
        case .conditional(let branches, let otherwise, _):
            let converted = try branches.map {
                Expression.ConditionalBranch(condition: $0.condition, result: try jsonText($0.result, range))
            }
            return .conditional(converted, otherwise: try otherwise.map { try jsonText($0, range) }, .utf8View)
        case .column:
            if case .element(let type) = mark { return .call("json_quote_unmarked", [value, type], .utf8View) }
            return .call("json_quote_unmarked", [value], .utf8View)
        default:
            if mark == .marked { return value }
            throw EngineError.unsupported("JSON in a function of JSON after another function", at: range)
        }
    }

    // MARK: aggregates

    /// Binds `json_group_array` and `json_group_object` by way of `group_concat`.
    func bindJSONAggregate(
        _ name: String, _ call: FunctionCall, _ syntax: SyntaxExpression, _ context: ExpressionContext
    ) throws -> BoundExpression {
        let isObject = name == "json_group_object"
        let range = position(call.name.range)
        guard call.arguments.count == (isObject ? 2 : 1), !call.isStar else { throw argumentCountError(call) }
        let list = try bindAggregate(.groupConcat, name, call, syntax, context) { arguments in
            let value = Self.coalescedNull(try self.jsonText(arguments[arguments.count - 1].data, range))
            if call.isDistinct, arguments[0].type != .int64, arguments[0].type != .utf8View {
                throw EngineError.unsupported("DISTINCT in \(name)()", at: range)
            }
            guard isObject else { return [BoundExpression(value), BoundExpression(.literal(.text(","), .utf8View))] }
            // A null label leaves no trace before the colon.
            let key = Self.cast(arguments[0].data, to: .text)
            let label = Expression.conditional(
                [.init(condition: .isNull(key), result: .literal(.text(""), .utf8View))],
                otherwise: .call("json_quote", [key], .utf8View), .utf8View)
            let member = Expression.binary(
                .concatenate, .binary(.concatenate, label, .literal(.text(":"), .utf8View), .utf8View), value, .utf8View
            )
            return [BoundExpression(member), BoundExpression(.literal(.text(","), .utf8View))]
        }
        let empty = Expression.literal(.text(""), .utf8View)
        let elements = Expression.conditional(
            [.init(condition: .isNull(list.expression), result: empty)], otherwise: list.expression, .utf8View)
        return BoundExpression(
            .call("json_enclose", [.literal(.integer(isObject ? 1 : 0), .int64), elements], .utf8View))
    }

    private static func coalescedNull(_ value: Expression) -> Expression {
        if case .call("json_quote", _, _) = value { return value }
        return .conditional(
            [.init(condition: .isNull(value), result: .literal(.text("null"), .utf8View))], otherwise: value, .utf8View)
    }
}
