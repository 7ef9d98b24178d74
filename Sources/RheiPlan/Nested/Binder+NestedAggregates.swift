import RheiArrow
import RheiCore
import RheiSQL

/// Aggregates of lists and structs, and those that make lists.
extension Binder {
    /// Refuses lists, structs and intervals where an aggregate would take them for something else.
    func refuseNestedArguments(
        _ function: AggregateFunction, _ arguments: [BoundExpression], _ call: FunctionCall
    ) throws {
        let range = position(call.name.range)
        for argument in arguments {
            let isInterval = argument.type == .intervalOfAll
            guard isInterval || argument.type.nestedType != nil else { continue }
            switch function {
            case .countStar, .anyValue, .firstRow, .lastRow: break
            case .count, .collect:
                if call.isDistinct {
                    if isInterval { throw EngineError.unsupported("DISTINCT of INTERVAL values", at: range) }
                    try Self.refuseIncomparable(argument.type, "DISTINCT")
                }
            case .minimum, .maximum, .rowOfMinimum, .rowOfMaximum, .mode, .quantile(_, isContinuous: false):
                if isInterval, function == .mode { throw EngineError.unsupported("mode() of INTERVAL", at: range) }
                try Self.refuseIncomparable(argument.type, "\(call.name.name)()")
            default:
                throw EngineError(
                    .typeMismatch, "there is no aggregate \(call.name.name)() of \(argument.type.sqlName)", at: range)
            }
        }
    }

    /// Rewrites `first(x ORDER BY y)`, `last` and `any_value` so: an element of the list in that order. Nil for other
    /// calls.
    func orderedChoice(_ call: FunctionCall, _ name: String) -> SyntaxExpression? {
        guard !call.orderBy.isEmpty, !call.isDistinct, call.arguments.count == 1,
            ["first", "last", "any_value"].contains(name)
        else { return nil }
        var list = call
        list.name = Identifier("array_agg", range: call.name.range)
        if name == "any_value" {
            let isKnown = SyntaxExpression(.isNull(call.arguments[0], isNegated: true), range: call.name.range)
            list.filter =
                call.filter.map { SyntaxExpression(.binary(.and, $0, isKnown), range: call.name.range) } ?? isKnown
        }
        let place = SyntaxExpression(.literal(.integer(name == "last" ? -1 : 1)), range: call.name.range)
        return SyntaxExpression(
            .function(
                FunctionCall(
                    name: Identifier("array_extract", range: call.name.range),
                    arguments: [SyntaxExpression(.function(list), range: call.name.range), place])),
            range: call.name.range)
    }

    /// Rewrites `array_agg(DISTINCT x ORDER BY x)` and `string_agg(DISTINCT x, s ORDER BY x)`: the distinct values as a
    /// list that is sorted then. Without ORDER BY too, so that the order is one and the same. Nil for other calls.
    func orderedDistinct(_ call: FunctionCall, _ name: String) throws -> SyntaxExpression? {
        guard call.isDistinct, call.over == nil, let value = call.arguments.first else { return nil }
        let isList = name == "array_agg" || name == "list"
        guard isList || (name == "group_concat" && !call.orderBy.isEmpty) else { return nil }
        let term = call.orderBy.first
        guard call.orderBy.count <= 1, term.map({ $0.expression == value }) ?? true else {
            throw EngineError.unsupported(
                "ORDER BY in DISTINCT \(call.name.name)()", at: position(call.name.range))
        }
        func text(_ text: String) -> SyntaxExpression {
            SyntaxExpression(.literal(.string(text)), range: call.name.range)
        }
        func made(_ name: String, _ arguments: [SyntaxExpression]) -> SyntaxExpression {
            SyntaxExpression(
                .function(FunctionCall(name: Identifier(name, range: call.name.range), arguments: arguments)),
                range: call.name.range)
        }
        var distinct = call
        distinct.name = Identifier("list_of_distinct", range: call.name.range)
        distinct.arguments = [value]
        distinct.orderBy = []
        if !isList {
            let isKnown = SyntaxExpression(.isNull(value, isNegated: true), range: value.range)
            distinct.filter =
                call.filter.map { SyntaxExpression(.binary(.and, $0, isKnown), range: value.range) } ?? isKnown
        }
        let isDescending = term?.isDescending ?? false
        let nullsFirst = term?.nulls.map { $0 == .first } ?? !isDescending
        let sorted = made(
            "list_sort",
            [
                SyntaxExpression(.function(distinct), range: call.name.range), text(isDescending ? "DESC" : "ASC"),
                text(nullsFirst ? "NULLS FIRST" : "NULLS LAST"),
            ])
        if isList { return sorted }
        return made("array_to_string", [sorted, call.arguments.count > 1 ? call.arguments[1] : text(",")])
    }
}
