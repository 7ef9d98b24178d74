import RheiArrow
import RheiCore
import RheiSQL

/// PIVOT and UNPIVOT: each means a query that is made and bound in its place.
extension Binder {
    /// Binds a table that is turned round or thinned out.
    func bindReshaped(_ table: ReshapedTable, _ scope: Scope) throws -> BoundTables {
        let inner = Scope(parent: scope.parent, commonTables: scope.commonTables)
        let source = try bindTables(table.table, inner)
        inner.sources = source.sources
        let core: SelectCore
        switch table.change {
        case .sample(let sample):
            var sampled = source
            sampled.plan = self.sample(source.plan, sample)
            if let alias = table.alias, sampled.sources.count == 1 {
                sampled.sources[0].name = alias.name.name
                sampled.sources[0].schema = nil
                sampled.sources[0] = try renamed(sampled.sources[0], alias)
            }
            return sampled
        case .pivot(let clause): core = try pivot(clause, table, inner, source)
        case .unpivot(let clause): core = try unpivot(clause, table, inner)
        }
        let query = try bindQuery(SelectStatement(core), outer: scope.parent, commonTables: scope.commonTables)
        let bound = derivedTable(query, alias: table.alias?.name.name)
        guard let alias = table.alias else { return bound }
        return BoundTables(plan: bound.plan, sources: [try renamed(bound.sources[0], alias)])
    }

    // MARK: PIVOT

    /// A value that becomes columns, and its part of their names.
    private struct PivotValue {
        var condition: SyntaxExpression
        var name: String
    }

    private func pivot(
        _ clause: PivotClause, _ table: ReshapedTable, _ scope: Scope, _ source: BoundTables
    ) throws -> SelectCore {
        let range = table.range
        var columns = try groupColumns(clause, scope, range)
        let grouping = columns.map(\.expression)
        var aggregates = clause.aggregates.map { item in
            (
                expression: item.expression, isNamed: item.alias != nil,
                label: item.alias?.name ?? sourceText(item.textRange) ?? "aggregate"
            )
        }
        if aggregates.isEmpty {
            var count = FunctionCall(name: Identifier("count", range: range))
            count.isStar = true
            aggregates = [(SyntaxExpression(.function(count), range: range), false, "count")]
        }
        let isNamed = aggregates.count > 1 || aggregates[0].isNamed
        var combinations: [[PivotValue]] = [[]]
        for key in clause.keys {
            let values = try pivotValues(key, scope, source)
            combinations = combinations.flatMap { combination in values.map { combination + [$0] } }
        }
        guard combinations.count * aggregates.count <= 10_000 else {
            throw EngineError(.invalidArgument, "PIVOT makes more than 10000 columns", at: position(range))
        }
        for combination in combinations {
            for aggregate in aggregates {
                let expression = try filtered(aggregate.expression, combination)
                let name = combination.map(\.name) + (isNamed || combination.isEmpty ? [aggregate.label] : [])
                columns.append(
                    (expression, Identifier(name.joined(separator: "_"), quoteStyle: .double, range: range)))
            }
        }
        if columns.isEmpty { throw EngineError(.invalidArgument, "PIVOT makes no column", at: position(range)) }
        return SelectCore(columns, from: table.table, groupBy: grouping, range: range)
    }

    /// An aggregate over the rows that have certain values.
    private func filtered(_ aggregate: SyntaxExpression, _ values: [PivotValue]) throws -> SyntaxExpression {
        guard case .function(var call) = aggregate.kind, call.over == nil else {
            throw EngineError.unsupported("PIVOT of other than a call of an aggregate", at: position(aggregate.range))
        }
        for value in values {
            call.filter =
                call.filter.map { SyntaxExpression(.binary(.and, $0, value.condition), range: aggregate.range) }
                ?? value.condition
        }
        return SyntaxExpression(.function(call), range: aggregate.range)
    }

    /// The columns by which PIVOT groups: those that are written, or those that nothing else in it reads.
    private func groupColumns(
        _ clause: PivotClause, _ scope: Scope, _ range: SourceRange
    ) throws -> [(expression: SyntaxExpression, name: Identifier?)] {
        if let written = clause.groupBy { return written.map { ($0, nil) } }

        let collector = AggregateCollector()
        let context = ExpressionContext(scope, aggregation: collector)
        var read = Set<ColumnID>()
        for key in clause.keys {
            try bind(key.expression, context).expression.collectColumns(into: &read)
        }
        for aggregate in clause.aggregates { _ = try bind(aggregate.expression, context) }
        for aggregate in collector.aggregates {
            for argument in aggregate.call.arguments { argument.collectColumns(into: &read) }
            aggregate.call.filter?.collectColumns(into: &read)
        }
        return starColumns(scope.sources).filter { $0.value.expression.columns.isDisjoint(with: read) }
            .map { column in
                let name = Identifier(column.name, quoteStyle: .backtick, range: range)
                let reference = SyntaxExpression(.column(ColumnReference(column: name)), range: range)
                return (reference, name)
            }
    }

    private func pivotValues(
        _ key: PivotClause.Key, _ scope: Scope, _ source: BoundTables
    ) throws -> [PivotValue] {
        func value(_ literal: SyntaxExpression, _ name: String) -> PivotValue {
            PivotValue(
                condition: SyntaxExpression(.binary(.equal, key.expression, literal), range: literal.range),
                name: name)
        }
        if let written = key.values {
            return try written.map { item in
                let bound = try bind(
                    item.expression, ExpressionContext(Scope(parent: nil, commonTables: nil)))
                let text = folded(Self.cast(bound.data, to: .text)).literalValue
                guard let text else {
                    throw EngineError(
                        .typeMismatch, "the values of PIVOT must be constants",
                        at: position(item.expression.range))
                }
                if case .text(let name) = text { return value(item.expression, item.alias?.name ?? name) }
                return value(item.expression, item.alias?.name ?? "NULL")
            }
        }
        let context = ExpressionContext(scope)
        let bound = try bind(key.expression, context)
        guard bound.type.nestedType == nil, let run, source.plan.freeColumns.isEmpty else {
            throw EngineError.unsupported("PIVOT without IN here", at: position(key.expression.range))
        }
        let id = self.context.makeColumn("key")
        let column = ProjectedColumn(id: id, expression: bound.plain.data)
        let keys = LogicalPlan.aggregate(
            LogicalAggregate(
                input: context.subqueries.attach(to: source.plan), keys: [column], aggregates: []))
        let sortKey = SortKey(
            expression: .column(id, column.expression.type), isDescending: false, nullsFirst: true,
            collation: .binary)
        let rows = try run(.sort(keys, [sortKey]), self.context)
        return rows.compactMap(\.first).filter { $0 != .null }.map { found in
            let range = key.expression.range
            switch found {
            case .integer(let number):
                return value(SyntaxExpression(.literal(.integer(number)), range: range), String(number))
            case .real(let number):
                return value(SyntaxExpression(.literal(.real(number)), range: range), "\(number)")
            case .text(let text):
                return value(SyntaxExpression(.literal(.string(text)), range: range), text)
            case .blob(let bytes):
                return value(
                    SyntaxExpression(.literal(.blob(bytes)), range: range),
                    String(decoding: bytes, as: UTF8.self))
            case .null: return value(SyntaxExpression(.literal(.null), range: range), "NULL")
            }
        }
    }

    // MARK: UNPIVOT

    private func unpivot(_ clause: UnpivotClause, _ table: ReshapedTable, _ scope: Scope) throws
        -> SelectCore
    {
        let range = table.range
        let visible = starColumns(scope.sources).map(\.name)
        var groups = clause.groups
        if let except = clause.starExcept {
            groups = visible.filter { name in !except.contains { NameMatching.equal($0.name, name) } }.map {
                UnpivotClause.Group(
                    columns: [Identifier($0, quoteStyle: .backtick, range: range)], alias: nil)
            }
        }
        guard groups.allSatisfy({ $0.columns.count == clause.values.count }), !groups.isEmpty else {
            throw EngineError(
                .typeMismatch, "UNPIVOT has \(clause.values.count) names for the values of each row",
                at: position(range))
        }
        func list(_ elements: [SyntaxExpression]) -> SyntaxExpression {
            let value = FunctionCall(name: Identifier("list_value", range: range), arguments: elements)
            let unnest = FunctionCall(
                name: Identifier("unnest", range: range),
                arguments: [SyntaxExpression(.function(value), range: range)])
            return SyntaxExpression(.function(unnest), range: range)
        }
        let turned = groups.flatMap(\.columns)
        let kept = visible.filter { name in !turned.contains { NameMatching.equal($0.name, name) } }
        var columns: [(expression: SyntaxExpression, name: Identifier?)] = kept.map { name in
            let identifier = Identifier(name, quoteStyle: .backtick, range: range)
            return (SyntaxExpression(.column(ColumnReference(column: identifier)), range: range), identifier)
        }
        let names = groups.map { group in
            let text = group.alias?.name ?? group.columns.map(\.name).joined(separator: "_")
            return SyntaxExpression(.literal(.string(text)), range: range)
        }
        columns.append((list(names), clause.name))
        for (index, name) in clause.values.enumerated() {
            let values = groups.map { group in
                SyntaxExpression(
                    .column(ColumnReference(column: group.columns[index])), range: group.columns[index].range)
            }
            columns.append((list(values), name))
        }
        let inner = SelectCore(columns, from: table.table, range: range)
        if clause.includesNulls { return inner }
        let conditions = clause.values.map { name in
            SyntaxExpression(
                .isNull(
                    SyntaxExpression(.column(ColumnReference(column: name)), range: range), isNegated: true),
                range: range)
        }
        let filter = conditions.dropFirst().reduce(conditions[0]) {
            SyntaxExpression(.binary(.and, $0, $1), range: range)
        }
        return SelectCore([], from: .derived(inner), filter: filter, range: range)
    }

    // MARK: samples

    /// Thins out the rows of a plan. Each row has a number drawn from its place and the seed.
    func sample(_ plan: LogicalPlan, _ sample: SampleClause) -> LogicalPlan {
        func numbered(_ plan: LogicalPlan, by order: [SortKey]) -> (
            plan: LogicalPlan, column: Expression
        ) {
            let collector = WindowCollector()
            let call = WindowCall(function: .rowNumber, arguments: [], type: .int64)
            let id = collector.column(
                of: PendingWindow(call: call, partition: [], order: order), name: "row", context)
            return (collector.attach(to: plan), .column(id, .int64))
        }
        let seed = Expression.literal(sample.seed.map { .integer($0) } ?? .null, .int64)
        let places = numbered(plan, by: [])
        func drawn(_ place: Expression) -> Expression { .call("sample_number", [place, seed], .int64) }
        let share = Int64((sample.amount / 100 * 9_007_199_254_740_992).rounded())
        func below(_ number: Expression) -> LogicalPlan {
            .filter(places.plan, [.comparison(.less, number, .literal(.integer(share), .int64), .binary)])
        }
        switch sample.method {
        case .bernoulli: return below(drawn(places.column))
        case .system:
            let before = Expression.binary(.subtract, places.column, .integer(1), .int64)
            return below(drawn(.binary(.divide, before, .integer(2_048), .int64)))
        case .reservoir: break
        }
        let id = context.makeColumn("drawn")
        let drawnPlan = LogicalPlan.project(
            places.plan,
            places.plan.columns.map { ProjectedColumn($0) } + [
                ProjectedColumn(id: id, expression: drawn(places.column))
            ])
        let key = SortKey(
            expression: .column(id, .int64), isDescending: false, nullsFirst: true, collation: .binary)
        let ranks = numbered(drawnPlan, by: [key])
        if !sample.isPercent {
            let limit = Expression.literal(.integer(Int64(sample.amount)), .int64)
            return .filter(ranks.plan, [.comparison(.lessOrEqual, ranks.column, limit, .binary)])
        }
        let collector = WindowCollector()
        let count = WindowCall(function: .aggregate(.countStar), arguments: [], type: .int64)
        let total = collector.column(
            of: PendingWindow(call: count, partition: [], order: []), name: "count", context)
        let limit = Expression.binary(
            .divide,
            .binary(
                .multiply, Expression.column(total, .int64).represented(as: .float64),
                .literal(.real(sample.amount), .float64), .float64), .literal(.real(100), .float64),
            .float64)
        return .filter(
            collector.attach(to: ranks.plan),
            [.comparison(.lessOrEqual, ranks.column.represented(as: .float64), limit, .binary)])
    }
}
