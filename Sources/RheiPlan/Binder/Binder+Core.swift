import RheiArrow
import RheiCore
import RheiSQL

/// A column of the result list while its SELECT is being bound.
struct ResultItem {
    var bound: BoundExpression
    var name: String
    var derivedName: String
    /// The subqueries of the expression.
    var subqueries: SubqueryCollector
    var syntax: SyntaxExpression?
    var alias: String?
}

/// A term of ORDER BY while its SELECT is being bound.
struct OrderItem {
    var bound: BoundExpression
    var term: OrderingTerm
    var collation: Collation
    /// The result column that it names or repeats.
    var item: Int?
    var subqueries: SubqueryCollector
}

extension Binder {
    /// Binds one SELECT with the ORDER BY that follows it.
    func bindCore(
        _ core: SelectCore, orderBy: [OrderingTerm], _ outer: Scope?, _ frame: CommonTableFrame?
    ) throws -> BoundBody {
        let scope = Scope(parent: outer, commonTables: frame)
        var plan = LogicalPlan.values([[]], columns: [])
        if let from = core.from {
            let tables = try bindTables(from, scope)
            plan = tables.plan
            scope.sources = tables.sources
        }
        scope.resultAliases = core.columns.compactMap { column in
            if case .expression(let result) = column, let alias = result.alias {
                (alias.name, result.expression)
            } else {
                nil
            }
        }
        if let filter = core.filter {
            scope.allowsResultAliases = true
            plan = try applyFilter(filter, plan, scope)
            scope.allowsResultAliases = false
        }
        scope.windows = core.windows
        let aggregation = AggregateCollector()
        let windows = WindowCollector()
        scope.aggregation = aggregation
        defer { scope.aggregation = nil }
        var items = try bindResultColumns(core, scope, aggregation, windows)
        let qualify = try core.qualify.map { try bindQualify($0, scope, aggregation, windows) }
        let isAggregate = !core.groupBy.isEmpty || !aggregation.isEmpty
        if let having = core.having, !isAggregate {
            throw EngineError(
                .misusedAggregate, "HAVING clause on a non-aggregate query", at: position(having.range),
                hint: "conditions on rows stand in WHERE")
        }
        scope.allowsResultAliases = true
        scope.hidesOuterNames = true
        scope.aggregation = nil
        let keys = try bindGroupKeys(core.groupBy, &items, scope, aggregation, windows)
        scope.hidesOuterNames = false
        if isAggregate { scope.aggregation = aggregation }
        let having = try core.having.map { try bindHaving($0, scope, aggregation) }
        let original = items.map(\.bound.expression)
        scope.hidesOuterNames = true
        var order = try bindOrder(orderBy, items, scope, isAggregate ? aggregation : nil, windows)
        scope.hidesOuterNames = false
        let resultCount = items.count
        if let qualify { items.append(qualify) }
        if let chosen = try bindDistinctOn(core.distinctOn, items, order, scope, aggregation, windows) {
            items.append(chosen)
        }
        if isAggregate {
            let grouping = Grouping(plan: aggregation.subqueries.attach(to: plan), keys: keys, self)
            plan = try grouping.apply(aggregation, having, &items, &order, windows)
        }
        plan = attach(windows, items.flatMap(\.subqueries.joins) + order.flatMap(\.subqueries.joins), to: plan)
        for condition in items[resultCount...] {
            plan = .filter(plan, truth(of: condition.bound).conjuncts)
        }
        items.removeSubrange(resultCount...)
        plan = expandUnnests(plan, &items, &order)
        let query = try project(plan, items, order, isDistinct: core.isDistinct && core.distinctOn.isEmpty)
        return BoundBody(query: query, matchers: [orderMatcher(original, items, scope)])
    }

    /// Puts the window functions of a SELECT on top of a plan, and the joins of its subqueries: below them what they
    /// may read, above them what reads their results.
    private func attach(_ windows: WindowCollector, _ joins: [PendingJoin], to plan: LogicalPlan) -> LogicalPlan {
        var added = windows.ids
        var below = plan
        var later: [PendingJoin] = []
        for join in joins {
            if join.reads(added) {
                later.append(join)
                added.formUnion(join.plan.columnIDs)
                if let mark = join.mark { added.insert(mark) }
            } else {
                below = join.attached(to: below)
            }
        }
        return later.reduce(windows.attach(to: below)) { $1.attached(to: $0) }
    }

    // MARK: WHERE

    /// Filters by the conjuncts of a condition. Those without subqueries come first, so that subqueries are evaluated
    /// for the rows that are left.
    private func applyFilter(_ condition: SyntaxExpression, _ plan: LogicalPlan, _ scope: Scope) throws -> LogicalPlan {
        var operands: [SyntaxExpression] = []
        Self.collectOperands(of: .and, condition, into: &operands)
        var plain: [Expression] = []
        var withSubqueries: [(Expression, [PendingJoin])] = []
        for operand in operands {
            let context = ExpressionContext(scope)
            context.isRowCondition = true
            let bound = try bindCondition(operand, context)
            if context.subqueries.joins.isEmpty {
                plain += bound.conjuncts
            } else {
                withSubqueries.append((bound, context.subqueries.joins))
            }
        }
        var plan = plain.isEmpty ? plan : .filter(plan, plain)
        for (condition, joins) in withSubqueries { plan = filter(plan, condition, joins) }
        return plan
    }

    /// Keeps the rows for which a condition over subqueries is true. A condition that is no more than EXISTS or IN
    /// needs no mark: it is a semi join, NOT EXISTS an anti join.
    private func filter(_ plan: LogicalPlan, _ condition: Expression, _ joins: [PendingJoin]) -> LogicalPlan {
        guard var last = joins.last, last.kind == .mark, let mark = last.mark else {
            return .filter(joins.reduce(plan) { $1.attached(to: $0) }, [condition])
        }
        let below = joins.dropLast().reduce(plan) { $1.attached(to: $0) }
        let markColumn = Expression.column(mark, .bool)
        if condition == markColumn {
            last.kind = .semi
            last.condition += last.plainMembership ?? last.membership
        } else if condition == .not(markColumn), last.membership.isEmpty {
            last.kind = .anti
        } else {
            return .filter(last.attached(to: below), [condition])
        }
        last.membership = []
        last.mark = nil
        return last.attached(to: below)
    }

    // MARK: result list

    private func bindResultColumns(
        _ core: SelectCore, _ scope: Scope, _ aggregation: AggregateCollector, _ windows: WindowCollector
    ) throws -> [ResultItem] {
        var items: [ResultItem] = []
        for column in core.columns {
            switch column {
            case .expression(let result):
                items.append(try bindResult(result, items.count, scope, aggregation, windows))
            case .star(let star): items += try expand(star, scope, aggregation, core.from != nil)
            }
        }
        return items
    }

    private func bindResult(
        _ result: ResultExpression, _ index: Int, _ scope: Scope, _ aggregation: AggregateCollector,
        _ windows: WindowCollector
    ) throws -> ResultItem {
        let context = ExpressionContext(scope, aggregation: aggregation, windows: windows)
        context.allowsUnnest = true
        let (expression, alias) = try readingOfAmbiguousLiteral(result, scope)
        let bound = try bind(expression, context)
        var name = "column\(index + 1)"
        if let alias {
            name = alias
        } else if case .column = expression.kind, let column = bound.columnName {
            name = column
        } else if let written = sourceText(result.textRange) {
            name = written
        }
        // As a column of a subquery it is called as it is written there, COLLATE operators left out.
        var derivedName: String?
        if alias == nil, case .column(let reference) = try Self.withoutCollation(expression).expression.kind {
            derivedName = reference.column.name
        }
        return ResultItem(
            bound: bound, name: name, derivedName: derivedName ?? name, subqueries: context.subqueries,
            syntax: expression, alias: alias)
    }

    /// `date '…'` at the end of a result column is SQLite's `date AS "…"` where a column of that name is visible.
    private func readingOfAmbiguousLiteral(
        _ result: ResultExpression, _ scope: Scope
    ) throws -> (SyntaxExpression, alias: String?) {
        guard let literal = result.ambiguousLiteral, result.alias == nil else {
            return (result.expression, result.alias?.name)
        }
        let reference = ColumnReference(column: literal.keyword)
        guard try resolve(reference, ExpressionContext(scope)) != nil else { return (result.expression, nil) }
        let column = SyntaxExpression(.column(reference), range: literal.keyword.range)
        guard let expression = result.expression.replacingTypedLiteral(at: literal.keyword.range, by: column) else {
            throw EngineError.unsupported("string after a column as its alias", at: position(result.textRange))
        }
        return (expression, literal.text)
    }

    // MARK: GROUP BY, HAVING, ORDER BY

    private func bindHaving(
        _ syntax: SyntaxExpression, _ scope: Scope, _ aggregation: AggregateCollector
    ) throws -> (condition: Expression, joins: [PendingJoin]) {
        let context = ExpressionContext(scope, aggregation: aggregation)
        context.isRowCondition = true
        let condition = try bindCondition(syntax, context)
        return (condition, context.subqueries.joins)
    }

    private func bindOrder(
        _ terms: [OrderingTerm], _ items: [ResultItem], _ scope: Scope, _ aggregation: AggregateCollector?,
        _ windows: WindowCollector
    ) throws -> [OrderItem] {
        try Self.expandingAll(terms, items.count).enumerated().map { number, term in
            let (expression, collation) = try Self.withoutCollation(term.expression)
            var index: Int?
            if case .column(let reference) = expression.kind, reference.table == nil {
                index = items.firstIndex { $0.alias.map { NameMatching.equal($0, reference.column.name) } ?? false }
            }
            if index == nil, let ordinal = Self.ordinal(expression) {
                try checkOrdinal(ordinal, number, items.count, "ORDER", expression)
                index = ordinal - 1
            }
            let context = ExpressionContext(scope, aggregation: aggregation, windows: windows)
            context.allowsUnnest = true
            let bound = try index.map { items[$0].bound } ?? bind(expression, context)
            if index == nil, context.subqueries.joins.isEmpty {
                index = items.firstIndex { $0.bound.expression == bound.expression }
            }
            return OrderItem(
                bound: bound, term: term, collation: collation ?? bound.collation ?? .binary, item: index,
                subqueries: context.subqueries)
        }
    }

    /// Finds the result column that a term after a compound select names in this SELECT.
    private func orderMatcher(
        _ expressions: [Expression], _ items: [ResultItem], _ scope: Scope
    ) -> (SyntaxExpression) -> Int? {
        { syntax in
            if case .column(let reference) = syntax.kind, reference.table == nil,
                let index = items.firstIndex(where: {
                    $0.alias.map { NameMatching.equal($0, reference.column.name) } ?? false
                })
            {
                return index
            }
            scope.allowsResultAliases = false
            let context = ExpressionContext(scope)
            guard let bound = try? self.bind(syntax, context), context.subqueries.joins.isEmpty else { return nil }
            return expressions.firstIndex(of: bound.expression)
        }
    }

    // MARK: projection

    /// Projects to the result columns, then removes duplicates and sorts.
    private func project(
        _ plan: LogicalPlan, _ items: [ResultItem], _ order: [OrderItem], isDistinct: Bool
    ) throws -> BoundQuery {
        let available = plan.columnIDs
        var used = Set<ColumnID>()
        var projected: [ProjectedColumn] = []
        var columns: [OutputColumn] = []
        for item in items {
            let expression = item.bound.data
            let id: ColumnID
            if let column = expression.columnID, available.contains(column), used.insert(column).inserted {
                id = column
            } else {
                id = context.makeColumn(item.name)
            }
            projected.append(ProjectedColumn(id: id, expression: expression))
            context.noteJSON(id, expression)
            columns.append(OutputColumn(id: id, name: item.name, derivedName: item.derivedName, bound: item.bound))
        }
        if isDistinct { return try projectDistinct(plan, projected, columns, items, order) }
        let keys = order.map { item in
            let key = sortExpression(item, columns, available, &used, &projected)
            return Self.sortKey(key, item.term, item.collation)
        }
        return sorted(BoundQuery(plan: .project(plan, projected), columns: columns), by: keys)
    }

    private func sorted(_ query: BoundQuery, by keys: [SortKey]) -> BoundQuery {
        let keys = keys.filter { $0.expression.literalValue == nil }
        if keys.isEmpty { return query }
        return BoundQuery(plan: .sort(query.plan, keys), columns: query.columns)
    }

    /// Projects to the result columns, removes duplicates and sorts. A key that is not made of result columns has the
    /// value of the row that stays.
    private func projectDistinct(
        _ plan: LogicalPlan, _ projected: [ProjectedColumn], _ columns: [OutputColumn], _ items: [ResultItem],
        _ order: [OrderItem]
    ) throws -> BoundQuery {
        let others = order.map { distinctSortExpression($0, items, columns) == nil }
        let added = zip(order, others).filter(\.1).map { item, _ in
            ProjectedColumn(id: context.makeColumn("sort key"), expression: item.bound.data)
        }
        // SQLite reads a table from its end for a descending rowid.
        let readsInOrder = !zip(order, others).contains { item, isOther in
            isOther && item.term.isDescending && item.bound.data.columnID.map(plan.mayBeRowID) ?? false
        }
        var shown = added.map(\.column)
        let query = try distinct(
            BoundQuery(plan: .project(plan, projected + added), columns: columns), "DISTINCT", inOrder: readsInOrder,
            showing: &shown)
        var rest = shown[...]
        let keys = order.compactMap { item in
            (distinctSortExpression(item, items, query.columns)
                ?? rest.popFirst().map { .column($0.id, $0.type) })
                .map { Self.sortKey($0, item.term, item.collation) }
        }
        return sorted(query, by: keys)
    }

    /// The column to sort by: a result column, or one that is computed beside them.
    private func sortExpression(
        _ item: OrderItem, _ columns: [OutputColumn], _ available: Set<ColumnID>, _ used: inout Set<ColumnID>,
        _ projected: inout [ProjectedColumn]
    ) -> Expression {
        if let index = item.item { return .column(columns[index].id, columns[index].type) }
        let expression = item.bound.data
        if expression.literalValue != nil { return expression }
        if let column = expression.columnID, available.contains(column) {
            if used.insert(column).inserted { projected.append(ProjectedColumn(id: column, expression: expression)) }
            return expression
        }
        let id = context.makeColumn("sort key")
        projected.append(ProjectedColumn(id: id, expression: expression))
        return .column(id, expression.type)
    }

    /// The expression to sort by after DISTINCT, where it is made of result columns.
    private func distinctSortExpression(
        _ item: OrderItem, _ items: [ResultItem], _ columns: [OutputColumn]
    ) -> Expression? {
        if let index = item.item { return .column(columns[index].id, columns[index].type) }
        let expression = item.bound.data.replacing { node in
            guard let index = items.firstIndex(where: { $0.bound.data == node && node.literalValue == nil }) else {
                return nil
            }
            return .column(columns[index].id, columns[index].type)
        }
        let isMadeOfResults =
            expression.columns.isSubset(of: Set(columns.map(\.id))) && item.subqueries.joins.isEmpty
        return isMadeOfResults ? expression : nil
    }
}
