import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    /// The most grouping sets that a GROUP BY may stand for.
    private static let largestSetCount = 1024

    /// Binds the terms of GROUP BY.
    func bindGroupKeys(
        _ elements: [GroupingElement], _ items: inout [ResultItem], _ scope: Scope, _ aggregation: AggregateCollector,
        _ windows: WindowCollector
    ) throws -> GroupKeys {
        var keys = GroupKeys()
        let context = ExpressionContext(scope, subqueries: aggregation.subqueries)
        /// The sets of what has been read so far; a further element combines each with each of its own.
        var sets: [[Int]] = [[]]
        var isPlain = true
        for (number, element) in elements.enumerated() {
            if case .all = element {
                try bindAllKeys(&keys, &items, context, aggregation, windows)
                continue
            }
            if case .expression = element {} else { isPlain = false }
            let own = try groupingSets(of: element) { syntax in
                keys.terms.append(
                    try bindGroupKey(syntax, number, &items, scope, context, aggregation, windows))
                return keys.terms.count - 1
            }
            sets = sets.flatMap { left in own.map { left + $0 } }
            guard sets.count <= Self.largestSetCount else {
                throw EngineError(.invalidArgument, "more than \(Self.largestSetCount) grouping sets")
            }
        }
        if !isPlain { keys.sets = sets }
        return keys
    }

    /// The sets that one element of GROUP BY stands for.
    private func groupingSets(
        of element: GroupingElement, _ bind: (SyntaxExpression) throws -> Int
    ) throws -> [[Int]] {
        switch element {
        case .expression(let syntax): return [[try bind(syntax)]]
        case .set(let list): return [try list.map(bind)]
        case .rollup(let elements):
            let parts = try elements.map { try groupingSets(of: $0, bind).flatMap { $0 } }
            return (0...parts.count).reversed().map { parts.prefix($0).flatMap { $0 } }
        case .cube(let elements):
            let parts = try elements.map { try groupingSets(of: $0, bind).flatMap { $0 } }
            guard parts.count <= 10 else {
                throw EngineError(.invalidArgument, "more than \(Self.largestSetCount) grouping sets")
            }
            return (0..<1 << parts.count).reversed().map { mask in
                parts.indices.filter { mask >> (parts.count - 1 - $0) & 1 == 1 }.flatMap { parts[$0] }
            }
        case .groupingSets(let elements): return try elements.flatMap { try groupingSets(of: $0, bind) }
        case .all: throw EngineError(.syntax, "GROUP BY ALL stands alone")
        }
    }

    /// GROUP BY ALL: every result column without aggregates and window functions.
    private func bindAllKeys(
        _ keys: inout GroupKeys, _ items: inout [ResultItem], _ context: ExpressionContext,
        _ aggregation: AggregateCollector, _ windows: WindowCollector
    ) throws {
        let computed = Set(aggregation.aggregates.map(\.id)).union(windows.ids).union(aggregation.groupings.map(\.id))
        for index in items.indices where items[index].bound.expression.columns.isDisjoint(with: computed) {
            if let syntax = items[index].syntax {
                keys.terms.append(try bindKey(of: &items[index], context, aggregation, syntax))
            } else {
                keys.terms.append(items[index].bound)
            }
        }
    }

    private func bindGroupKey(
        _ syntax: SyntaxExpression, _ number: Int, _ items: inout [ResultItem], _ scope: Scope,
        _ context: ExpressionContext, _ aggregation: AggregateCollector, _ windows: WindowCollector
    ) throws -> BoundExpression {
        if let ordinal = Self.ordinal(try Self.withoutCollation(syntax).expression) {
            try checkOrdinal(ordinal, number, items.count, "GROUP", syntax)
            if case .function(let call)? = items[ordinal - 1].syntax?.kind, call.over != nil {
                throw windowMisuse(call)
            }
            guard items[ordinal - 1].bound.expression.columns.isDisjoint(with: windows.ids) else {
                throw EngineError(.misusedAggregate, "misuse of a window function", at: position(syntax.range))
            }
            let item = items[ordinal - 1]
            let key = try bindKey(of: &items[ordinal - 1], context, aggregation, syntax)
            if let alias = item.alias, !item.subqueries.joins.isEmpty {
                scope.groupedAliases[NameMatching.fold(alias)] = key
            }
            return key
        }
        if let index = try aliasedItem(syntax, items, scope), !items[index].subqueries.joins.isEmpty {
            let key = try bindKey(of: &items[index], context, aggregation, syntax)
            if let alias = items[index].alias { scope.groupedAliases[NameMatching.fold(alias)] = key }
            return key
        }
        do {
            return try bind(syntax, context)
        } catch let error as EngineError
            where error.code == .misusedAggregate && !error.message.contains("window function")
        {
            throw EngineError(
                .misusedAggregate, "aggregate functions are not allowed in the GROUP BY clause",
                at: position(syntax.range))
        }
    }

    /// The result column whose alias a term of GROUP BY is, unless a column of FROM has the name.
    private func aliasedItem(_ syntax: SyntaxExpression, _ items: [ResultItem], _ scope: Scope) throws -> Int? {
        guard case .column(let reference) = syntax.kind, reference.table == nil,
            case .alias = try scope.match(reference)
        else { return nil }
        return items.firstIndex { $0.alias.map { NameMatching.equal($0, reference.column.name) } ?? false }
    }

    /// Groups by a result column; its subqueries are then evaluated before grouping.
    private func bindKey(
        of item: inout ResultItem, _ context: ExpressionContext, _ aggregation: AggregateCollector,
        _ syntax: SyntaxExpression
    ) throws -> BoundExpression {
        let aggregates = Set(aggregation.aggregates.map(\.id))
        guard item.bound.expression.columns.isDisjoint(with: aggregates) else {
            throw EngineError(
                .misusedAggregate, "aggregate functions are not allowed in the GROUP BY clause",
                at: position(syntax.range))
        }
        if let expression = item.syntax, !item.subqueries.joins.isEmpty {
            item.bound = try bind(expression, context)
            item.subqueries = SubqueryCollector()
        }
        return item.bound
    }

    /// Binds `grouping(key, …)`: a bit per key, the last one lowest, set where the row's grouping set lacks it.
    func bindGroupingCall(_ call: FunctionCall, _ context: ExpressionContext) throws -> BoundExpression {
        guard let aggregation = context.aggregation, !call.arguments.isEmpty, call.arguments.count < 63 else {
            throw EngineError(
                .misusedAggregate, "misuse of grouping()", at: position(call.name.range))
        }
        let arguments = try call.arguments.map { try bind($0, ExpressionContext(context.scope)).data }
        let id = self.context.makeColumn("grouping")
        aggregation.groupings.append((id, arguments))
        return BoundExpression(.column(id, .int64))
    }

    // MARK: QUALIFY and DISTINCT ON

    /// Binds QUALIFY as a result column that nobody sees: a condition on the rows after window functions.
    func bindQualify(
        _ syntax: SyntaxExpression, _ scope: Scope, _ aggregation: AggregateCollector, _ windows: WindowCollector
    ) throws -> ResultItem {
        scope.allowsResultAliases = true
        defer { scope.allowsResultAliases = false }
        let context = ExpressionContext(scope, aggregation: aggregation, windows: windows)
        return hiddenItem(try bind(syntax, context), context.subqueries)
    }

    /// Binds DISTINCT ON as a condition on the number that each row has among those that agree with it, in the order of
    /// the query; nil without DISTINCT ON.
    func bindDistinctOn(
        _ expressions: [SyntaxExpression], _ items: [ResultItem], _ order: [OrderItem], _ scope: Scope,
        _ aggregation: AggregateCollector, _ windows: WindowCollector
    ) throws -> ResultItem? {
        if expressions.isEmpty { return nil }
        let context = ExpressionContext(scope, aggregation: aggregation.isEmpty ? nil : aggregation)
        let partition = try expressions.enumerated().map { number, syntax in
            var bound: BoundExpression
            if let ordinal = Self.ordinal(syntax) {
                try checkOrdinal(ordinal, number, items.count, "DISTINCT ON", syntax)
                bound = items[ordinal - 1].bound
            } else {
                bound = try bind(syntax, context)
            }
            return Self.sortKey(bound.data, OrderingTerm(syntax), bound.collation ?? .binary)
        }
        let keys = order.map { Self.sortKey($0.bound.data, $0.term, $0.collation) }
        let known = windows.ids
        guard (partition + keys).allSatisfy({ $0.expression.columns.isDisjoint(with: known) }) else {
            throw EngineError.unsupported("DISTINCT ON over window functions", at: position(expressions[0].range))
        }
        let window = PendingWindow(
            call: WindowCall(function: .rowNumber, arguments: [], type: .int64),
            partition: partition.filter { $0.expression.literalValue == nil },
            order: keys.filter { $0.expression.literalValue == nil })
        let id = windows.column(of: window, name: "row number", self.context)
        let isFirst = Self.compare(
            .equal, .column(id, .int64), .literal(.integer(1), .int64), collation: .binary)
        return hiddenItem(BoundExpression(isFirst), context.subqueries)
    }

    private func hiddenItem(_ bound: BoundExpression, _ subqueries: SubqueryCollector) -> ResultItem {
        ResultItem(bound: bound, name: "", derivedName: "", subqueries: subqueries, syntax: nil, alias: nil)
    }
}
