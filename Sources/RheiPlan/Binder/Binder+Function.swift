import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    func bindFunction(
        _ written: FunctionCall, _ syntax: SyntaxExpression, _ context: ExpressionContext
    ) throws -> BoundExpression {
        let call = try AnalystAggregates.expanded(written)
        let name = NameMatching.fold(call.name.name)
        let range = position(call.name.range)
        if call.nullTreatment != nil { throw EngineError.unsupported(call.nullTreatment?.rawValue ?? "", at: range) }
        if !call.withinGroup.isEmpty { throw EngineError.unsupported("WITHIN GROUP", at: range) }
        if let distinct = try orderedDistinct(call, name) ?? orderedChoice(call, name) {
            return try bind(distinct, context)
        }
        if let window = call.over { return try bindWindowCall(call, name, window, context) }
        if Self.isWindowFunction(name) { throw windowMisuse(call) }
        if let function = aggregateFunction(name, call) {
            return try bindAggregate(function, name, call, syntax, context)
        }
        if name == "json_group_array" || name == "json_group_object" {
            return try bindJSONAggregate(name, call, syntax, context)
        }
        if name == "grouping" || name == "grouping_id" { return try bindGroupingCall(call, context) }
        if !call.orderBy.isEmpty { throw EngineError.unsupported("ORDER BY in the call of \(name)()", at: range) }
        if let refusal = ScalarFunction.refusal(of: name) { throw EngineError.unsupported(refusal, at: range) }
        if call.filter != nil {
            throw EngineError(
                .misusedAggregate, "FILTER may not be used with non-aggregate \(name)()", at: range)
        }
        if call.isDistinct { throw EngineError.unsupported("DISTINCT in the call of \(name)()", at: range) }
        if call.isStar {
            throw ScalarFunction.names.contains(name) ? argumentCountError(call) : unknownFunctionError(name, call)
        }
        if let column = try bracketedColumn(of: call, context) { return column }
        if name == "unnest" { return try bindUnnest(call, context) }
        let arguments = try call.arguments.enumerated().map { index, argument in
            let bound = try bind(argument, context)
            if index == 0 { try refuseSubscript(of: bound, name, range) }
            return bound
        }
        return try bindScalarCall(name, arguments, call).propagatingCollation(of: arguments)
    }

    func argumentCountError(_ call: FunctionCall) -> EngineError {
        EngineError(
            .typeMismatch, "wrong number of arguments to function \(call.name.name)()",
            at: position(call.name.range))
    }

    private func unknownFunctionError(_ name: String, _ call: FunctionCall) -> EngineError {
        EngineError(
            .unknownName, "no such function: \(call.name.name)", at: position(call.name.range),
            hint: ForeignFunctions.hint(for: name) ?? NameMatching.hint(for: name, among: ScalarFunction.names))
    }

    private func bindScalarCall(
        _ name: String, _ arguments: [BoundExpression], _ call: FunctionCall
    ) throws -> BoundExpression {
        if let bound = try bindNested(name, arguments, call) { return bound }
        if let bound = try bindExplicit(name, arguments, call) { return bound }
        if let synonym = ScalarFunction.synonyms[name] { return try bindScalarCall(synonym, arguments, call) }
        switch name {
        case "coalesce":
            guard arguments.count >= 2 else { throw argumentCountError(call) }
            return coalesce(arguments)
        case "ifnull":
            guard arguments.count == 2 else { throw argumentCountError(call) }
            return coalesce(arguments)
        case "iif":
            guard arguments.count == 3 else { throw argumentCountError(call) }
            return Self.conditional([truth(of: arguments[0])], [arguments[1], arguments[2]])
        case "nullif":
            guard arguments.count == 2 else { throw argumentCountError(call) }
            return try nullIf(arguments[0], arguments[1])
        case "likely", "unlikely", "likelihood":
            guard arguments.count == (name == "likelihood" ? 2 : 1) else { throw argumentCountError(call) }
            // As with any call, affinity and a column's collation stay behind.
            var value = BoundExpression(arguments[0].data)
            value.mayMixNumbers = arguments[0].mayMixNumbers
            return value
        case "min", "max":
            return try extremum(name, arguments, call)
        default:
            try refuseNested(arguments, call)
            let arguments = arguments.map { $0.plain(forFunction: name) }
            if let bound = try bindJSON(name, arguments, call) { return bound }
            guard let function = ScalarFunction.catalog[name] else { throw unknownFunctionError(name, call) }
            guard function.argumentCount.contains(arguments.count) else { throw argumentCountError(call) }
            var data = arguments.map(\.data)
            if case .common = function.result {
                let type = TypeRules.common(data.map(\.type))
                data = data.map { $0.represented(as: type) }
            }
            return BoundExpression(.call(name, data, function.resultType(of: data.map(\.type))))
        }
    }

    private func coalesce(_ arguments: [BoundExpression]) -> BoundExpression {
        Self.conditional(arguments.dropLast().map { .not(.isNull($0.expression)) }, arguments)
    }

    /// NULL where both are equal, by the collation of either and without affinity.
    private func nullIf(_ first: BoundExpression, _ second: BoundExpression) throws -> BoundExpression {
        let collation = first.collation ?? second.collation ?? .binary
        let isEqual =
            first.isExplicit || second.isExplicit
            ? try Self.compare(.equal, first, second)
            : Self.compare(.equal, first.data, second.data, collation: collation)
        let type = first.data.type
        var bound = BoundExpression(
            .conditional(
                [.init(condition: isEqual, result: .literal(.null, type))], otherwise: first.data, type))
        bound.mayMixNumbers = first.mayMixNumbers
        return bound
    }

    /// `min` and `max` of several values: NULL when any is.
    private func extremum(
        _ name: String, _ arguments: [BoundExpression], _ call: FunctionCall
    ) throws -> BoundExpression {
        guard arguments.count >= 2 else { throw argumentCountError(call) }
        if arguments.contains(where: \.isExplicit) {
            let operands = try Self.unified(arguments)
            let type = operands.first { !$0.isNullLiteral }?.type ?? .null
            if type != .any, !operands.contains(where: \.isNullLiteral) { return explicitExtremum(name, operands) }
        }
        let type = TypeRules.common(arguments.map(\.type))
        let collation = arguments.lazy.compactMap(\.collation).first ?? .binary
        let isFolded = collation != .binary && (type == .utf8View || type == .any)
        // Each further argument doubles the expression.
        if isFolded, arguments.count > 6 {
            throw EngineError.unsupported(
                "\(name)() under COLLATE \(collation.rawValue)", at: position(call.name.range))
        }
        if arguments.contains(where: { $0.expression.isNullLiteral }) {
            return BoundExpression(.literal(.null, type))
        }
        let operands = arguments.map { $0.data.represented(as: type) }
        var bound = BoundExpression(
            isFolded ? Self.extremum(name, operands, collation) : .call(name, operands, type))
        bound.mayMixNumbers = TypeRules.mayMix(arguments)
        return bound
    }

    /// `min` and `max` by a collation: of equal values the last one and the first one.
    private static func extremum(_ name: String, _ operands: [Expression], _ collation: Collation) -> Expression {
        let type = operands[0].type
        let best = operands.dropFirst().reduce(operands[0]) { best, next in
            let isReplaced = compare(name == "min" ? .lessOrEqual : .greater, next, best, collation: collation)
            return .conditional([.init(condition: isReplaced, result: next)], otherwise: best, type)
        }
        return .conditional(
            [.init(condition: .or(operands.map { .isNull($0) }), result: .literal(.null, type))], otherwise: best, type)
    }

    /// `min` and `max` by comparisons, so that every type that compares will do.
    private func explicitExtremum(_ name: String, _ operands: [Expression]) -> BoundExpression {
        let type = operands[0].type
        let best = operands.dropFirst().reduce(operands[0]) { best, next in
            .conditional(
                [.init(condition: .isNull(best), result: best), .init(condition: .isNull(next), result: next)]
                    + [
                        .init(
                            condition: .comparison(name == "min" ? .less : .greater, next, best, .binary), result: next)
                    ],
                otherwise: best, type)
        }
        return BoundExpression(best)
    }

    func bindPattern(
        _ match: PatternMatch, _ syntax: SyntaxExpression, _ context: ExpressionContext
    ) throws -> BoundExpression {
        if match.operation == .similar || match.operation == .regexp, match.escape == nil {
            let operands = try [match.value, match.pattern].map { try bind($0, context).data.plainText }
            let name = match.operation == .similar ? "regexp_full_match" : "regexp_matches"
            let call = Expression.call(name, operands, .bool)
            return BoundExpression(match.isNegated ? .not(call) : call)
        }
        if match.operation == .insensitiveLike {
            let operands = try ([match.pattern, match.value] + (match.escape.map { [$0] } ?? [])).map {
                try bind($0, context).data.plainText
            }
            let folded = operands.map { Expression.call("fold_case", [Self.cast($0, to: .text)], .utf8View) }
            let call = Expression.call("like", folded, .bool)
            return BoundExpression(match.isNegated ? .not(call) : call)
        }
        guard match.operation == .like || match.operation == .glob else {
            throw EngineError.unsupported(match.operation.rawValue, at: position(syntax.range))
        }
        if match.operation == .glob, match.escape != nil {
            throw EngineError(
                .typeMismatch, "wrong number of arguments to function GLOB()", at: position(syntax.range))
        }
        let operands =
            try [match.pattern, match.value].map { try bind($0, context) }
            + (match.escape.map { [try bind($0, context)] } ?? [])
        let call = Expression.call(match.operation == .like ? "like" : "glob", operands.map(\.data.plainText), .bool)
        return BoundExpression(match.isNegated ? .not(call) : call).propagatingCollation(of: operands)
    }
}
