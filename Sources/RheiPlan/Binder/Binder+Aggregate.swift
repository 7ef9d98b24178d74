import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    /// The aggregate that a call means, by its name and number of arguments.
    func aggregateFunction(_ name: String, _ call: FunctionCall) -> AggregateFunction? {
        switch name {
        case "count": call.isStar || call.arguments.isEmpty ? .countStar : .count
        case "sum": .sum
        case "total": .total
        case "avg": .average
        case "group_concat": .groupConcat
        case "min" where call.arguments.count == 1: .minimum
        case "max" where call.arguments.count == 1: .maximum
        default: AnalystAggregates.function(name)
        }
    }

    static func argumentCount(_ function: AggregateFunction) -> ClosedRange<Int> {
        switch function {
        case .countStar: 0...0
        case .groupConcat: 1...2
        case .quantile, .rowOfMinimum, .rowOfMaximum: 2...2
        case .statistic(.variance), .statistic(.deviation): 1...1
        case .statistic: 2...2
        default: 1...1
        }
    }

    func bindAggregate(
        _ function: AggregateFunction, _ name: String, _ call: FunctionCall, _ syntax: SyntaxExpression,
        _ context: ExpressionContext,
        converting convert: (([BoundExpression]) throws -> [BoundExpression])? = nil
    ) throws -> BoundExpression {
        guard convert != nil || Self.argumentCount(function).contains(call.arguments.count),
            !call.isStar || function == .countStar
        else {
            throw argumentCountError(call)
        }
        if call.isDistinct, call.arguments.count != 1 {
            throw EngineError(
                .misusedAggregate, "DISTINCT aggregates must have exactly one argument",
                at: position(call.name.range))
        }
        guard let aggregation = context.aggregation else {
            throw EngineError(
                .misusedAggregate,
                context.isAggregateArgument || context.scope.sources.isEmpty
                    ? "misuse of aggregate function \(call.name.name)()" : "misuse of aggregate: \(call.name.name)()",
                at: position(call.name.range),
                hint: context.isAggregateArgument
                    ? "aggregate the result of a subquery in FROM"
                    : "aggregates stand in the result list, HAVING and ORDER BY")
        }
        let inner = ExpressionContext(context.scope, subqueries: aggregation.subqueries)
        inner.isAggregateArgument = true
        let outerTaker = context.scope.aggregation
        context.scope.aggregation = nil
        defer { context.scope.aggregation = outerTaker }
        let known = aggregation.subqueries.joins.count
        var arguments = try call.arguments.map { try bind($0, inner) }
        if let convert { arguments = try convert(arguments) }
        let restore = try Self.averagingNumbers(function, &arguments)
        let order = try call.orderBy.map { term in
            let bound = try bind(term.expression, inner)
            return Self.sortKey(bound.data, term, bound.collation ?? .binary)
        }
        let filter = try call.filter.map { try bindCondition($0, inner) }
        let read = Self.columnsRead(
            by: arguments.map(\.expression) + order.map(\.expression) + (filter.map { [$0] } ?? []),
            aggregation.subqueries.joins.dropFirst(known))
        let owner = Self.owner(of: read, inner)
        guard owner === context.scope || aggregation.subqueries.joins.count == known,
            let collector = owner === context.scope ? aggregation : owner.aggregation
        else { throw outerAggregateError(call) }
        var result = try aggregateCall(function, arguments, filter, call)
        try apply(order, to: &result.call, call)
        let isMarked = arguments.contains { self.context.jsonMark(of: $0.expression) != .unmarked }
        var bound = register(result.call, name: name, in: collector, mayMix: result.mayMix)
            .propagatingCollation(of: arguments)
        if isMarked, convert == nil, let id = bound.expression.columnID { self.context.jsonMarks[id] = .unknown }
        if let restore { bound.expression = restore(bound.expression) }
        return bound
    }

    /// ORDER BY in the parentheses matters to `group_concat`, and to nothing that does not see the order of its rows.
    func apply(_ order: [SortKey], to aggregate: inout AggregateCall, _ call: FunctionCall) throws {
        if order.isEmpty || !aggregate.function.seesOrder { return }
        var isCollection = false
        if case .collect = aggregate.function { isCollection = true }
        guard aggregate.function == .groupConcat || isCollection, !call.isDistinct else {
            throw EngineError.unsupported(
                "ORDER BY in \(call.isDistinct ? "DISTINCT " : "")\(call.name.name)()", at: position(call.name.range))
        }
        let keys = order.filter { $0.expression.literalValue == nil }
        aggregate.arguments += keys.map(\.expression)
        aggregate.order = keys.map {
            KeyOrder(isDescending: $0.isDescending, nullsFirst: $0.nullsFirst, collation: $0.collation)
        }
    }

    /// The columns that expressions read, those read inside their subqueries included.
    private static func columnsRead(
        by expressions: [Expression], _ subqueries: ArraySlice<PendingJoin>
    ) -> Set<ColumnID> {
        var read = Set<ColumnID>()
        for expression in expressions { expression.collectColumns(into: &read) }
        for pending in subqueries {
            read.formUnion(pending.plan.freeColumns)
            for expression in pending.membership + pending.condition { expression.collectColumns(into: &read) }
        }
        for pending in subqueries {
            read.subtract(pending.plan.columnIDs)
            if let mark = pending.mark { read.remove(mark) }
        }
        return read
    }

    /// The SELECT that evaluates an aggregate: the innermost one of which it reads columns, where it stands when it
    /// reads none.
    private static func owner(of read: Set<ColumnID>, _ context: ExpressionContext) -> Scope {
        var level: Scope? = context.scope
        while let scope = level {
            if context.scopesRead.contains(where: { $0 === scope }) { return scope }
            for column in scope.sources.flatMap(\.columns)
            where !column.value.expression.columns.isDisjoint(with: read) { return scope }
            level = scope.parent
        }
        return context.scope
    }

    private func outerAggregateError(_ call: FunctionCall) -> EngineError {
        .unsupported("aggregate of an outer query's columns in this place", at: position(call.name.range))
    }

    private func register(
        _ call: AggregateCall, name: String, in aggregation: AggregateCollector, mayMix: Bool
    ) -> BoundExpression {
        let id: ColumnID
        if let known = aggregation.aggregates.first(where: { $0.call == call }) {
            id = known.id
        } else {
            id = context.makeColumn(name)
            aggregation.aggregates.append(AggregateColumn(id: id, call: call))
        }
        var bound = BoundExpression(.column(id, call.type))
        bound.mayMixNumbers = mayMix
        return bound
    }

    func aggregateCall(
        _ function: AggregateFunction, _ arguments: [BoundExpression], _ filter: Expression?, _ call: FunctionCall
    ) throws -> (call: AggregateCall, mayMix: Bool) {
        var values = arguments.map(\.data)
        var function = function
        var filter = filter
        var type: DataType
        var mayMix = false
        switch function {
        case .countStar, .count:
            type = .int64
            if values.first?.isNullLiteral == true { values = [.literal(.null, .int64)] }
        case .sum:
            values = [Self.summand(values[0])]
            type = values[0].type.decimalScale.map { .decimal128(precision: 38, scale: $0) } ?? values[0].type
            mayMix = type == .any
        case .total, .average:
            if values[0].type != .int64 { values = [Self.cast(values[0], to: .real)] }
            type = .float64
        case .statistic(let statistic):
            values = values.map(Self.real)
            type = statistic == .pairCount ? .int64 : .float64
        case .product:
            values = [Self.real(values[0])]
            type = .float64
        case .quantile(_, let isContinuous):
            function = .quantile(try quantileFraction(values.removeLast(), call), isContinuous: isContinuous)
            if isContinuous { values = [Self.real(values[0])] }
            if values[0].type == .null { values = [.literal(.null, .int64)] }
            type = values[0].type
            mayMix = arguments[0].mayMixNumbers
        case .rowOfMinimum, .rowOfMaximum:
            // Rows in which either is null do not count.
            let isKnown = values.map { Expression.not(.isNull($0)) }
            filter = .and((filter.map { [$0] } ?? []) + isKnown)
            values = [values[1], values[0]].map { $0.type == .null ? .literal(.null, .int64) : $0 }
            type = values[1].type
            mayMix = arguments[0].mayMixNumbers
        case .minimum, .maximum, .anyValue, .firstRow, .lastRow, .mode:
            if values[0].type == .null { values = [.literal(.null, .int64)] }
            type = values[0].type
            mayMix = arguments[0].mayMixNumbers
        case .collect:
            let value = arguments[0].isExplicit ? arguments[0].expression : values[0]
            guard let element = NestedType(value.type) else {
                throw EngineError.unsupported(
                    "\(call.name.name)() of \(value.type.sqlName) values", at: position(call.name.range))
            }
            values = [value.type == .null ? .literal(.null, .int64) : value.nestedArgument]
            function = .collect(element)
            type = NestedType.list(element).dataType
        case .groupConcat:
            values[0] = Self.cast(values[0], to: .text)
            if values.count > 1 { values[1] = Self.separator(values[1]) }
            type = .utf8View
        }
        try refuseNestedArguments(function, arguments, call)
        var isCollection = false
        if case .collect = function { isCollection = true }
        if call.isDistinct, !isCollection, let value = values.first, let argument = arguments.first, function != .count,
            value != argument.data, argument.type != .null
        {
            // DISTINCT compares the values before they are converted; the aggregate then converts those that are left.
            values[0] = function == .groupConcat ? argument.data : argument.data.represented(as: .any)
            if function == .sum { (type, mayMix) = (.any, true) }
        }
        let collation = arguments.first?.collation ?? .binary
        if function == .minimum || function == .maximum, call.over == nil,
            isAmbiguous(arguments[0], under: collation)
        {
            var extreme = firstExtreme(function, values[0], filter, collation)
            extreme.isDistinct = call.isDistinct
            return (extreme, arguments[0].mayMixNumbers)
        }
        let usesCollation =
            values.first.map { $0.type == .utf8View || $0.type == .any } ?? false
            && (function == .minimum || function == .maximum || call.isDistinct)
        var result = AggregateCall(
            function: function, arguments: values, isDistinct: call.isDistinct, filter: filter,
            collation: usesCollation ? collation : .binary, type: type)
        result.mustAgree = choosesAmong(function, arguments, call, collation)
        return (result, mayMix)
    }

    /// The value as a real, as CAST makes it.
    private static func real(_ value: Expression) -> Expression {
        value.type == .float64 ? value : cast(value, to: .real)
    }

    private func quantileFraction(_ value: Expression, _ call: FunctionCall) throws -> Double {
        let fraction: Double? =
            switch folded(value).literalValue {
            case .integer(let integer): Double(integer)
            case .real(let real): real
            default: nil
            }
        guard let fraction, fraction >= 0, fraction <= 1 else {
            throw EngineError(
                .invalidArgument, "the share of \(call.name.name)() must be a constant between 0 and 1",
                at: position(call.name.range))
        }
        return fraction
    }

    /// Whether values that compare as equal may differ.
    func isAmbiguous(_ value: BoundExpression, under collation: Collation) -> Bool {
        value.mayMixNumbers || value.type == .intervalOfAll
            || (collation != .binary && (value.type == .utf8View || value.type == .any))
    }

    /// `min` and `max` of values that may compare as equal and differ: the first that SQLite meets stays.
    private func firstExtreme(
        _ function: AggregateFunction, _ value: Expression, _ filter: Expression?, _ collation: Collation
    ) -> AggregateCall {
        AggregateCall(
            function: function == .minimum ? .rowOfMinimum : .rowOfMaximum, arguments: [value, value], filter: filter,
            collation: value.type == .utf8View || value.type == .any ? collation : .binary, type: value.type)
    }

    /// Whether DISTINCT keeps one of several values that compare as equal and differ, so that the result shows which.
    private func choosesAmong(
        _ function: AggregateFunction, _ arguments: [BoundExpression], _ call: FunctionCall, _ collation: Collation
    ) -> Bool {
        guard call.isDistinct, let argument = arguments.first else { return false }
        switch function {
        // Equal values add the same, but an integer and a real give sums of different types.
        case .sum: return argument.mayMixNumbers
        case .groupConcat: return isAmbiguous(argument, under: collation)
        default: return false
        }
    }

    /// The number that `sum` adds: of text that is not wholly a number, and of blobs, the real of its prefix. Text such
    /// as `1.0` counts as a real.
    private static func summand(_ value: Expression) -> Expression {
        switch value.type {
        case .int64, .float64, .decimal128: return value
        case .date32, .time64, .timestamp, .interval: return summand(value.plain)
        case .null: return .literal(.null, .int64)
        case .binaryView: return cast(value, to: .real)
        default:
            let number = Expression.cast(value, .affinity(.numeric), .any)
            let kind = Expression.call("typeof", [number], .utf8View)
            let isOther = Expression.inList(
                kind, [.literal(.text("text"), .utf8View), .literal(.text("blob"), .utf8View)], .binary)
            return .conditional(
                [.init(condition: isOther, result: cast(value, to: .real).represented(as: .any))],
                otherwise: .cast(value, .arithmetic, .any), .any)
        }
    }

    /// A NULL separator means none.
    private static func separator(_ value: Expression) -> Expression {
        let text = cast(value, to: .text)
        if text.isNullLiteral { return .literal(.text(""), .utf8View) }
        if text.literalValue != nil { return text }
        return .conditional(
            [.init(condition: .isNull(text), result: .literal(.text(""), .utf8View))], otherwise: text, .utf8View)
    }
}
