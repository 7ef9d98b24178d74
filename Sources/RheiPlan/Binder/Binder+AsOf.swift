import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    /// Binds `a ASOF [LEFT] JOIN b`: each row of the left side with the row of the right side that comes nearest by the
    /// one inequality of the condition, among those that satisfy the rest of it.
    ///
    /// Bound as what it means: a dependent join with the first row by the compared expression of the right side.
    func bindAsOfJoin(_ join: TableJoin, _ scope: Scope) throws -> BoundTables {
        let left = try bindTables(join.left, scope)
        var right = try bindTables(join.right, scope)
        let kind: JoinKind = join.kind == .left ? .left : .inner
        for index in right.sources.indices { right.sources[index].joinKind = kind }
        var conditions: [Expression] = []
        switch join.constraint {
        case .on(let condition):
            let inner = Scope(parent: scope.parent, commonTables: scope.commonTables)
            inner.sources = left.sources + right.sources
            let context = ExpressionContext(inner)
            conditions = try bindCondition(condition, context).conjuncts
            guard context.subqueries.joins.isEmpty else {
                throw EngineError.unsupported("subquery in the condition of ASOF JOIN", at: position(condition.range))
            }
        case .using(let names):
            for (number, name) in names.enumerated() {
                let isLast = number == names.count - 1
                conditions.append(try merge(name, left.sources, &right.sources, isLast ? .greaterOrEqual : .equal))
            }
        case nil:
            throw EngineError(.syntax, "an ASOF JOIN needs a condition with one inequality", at: position(join.range))
        }
        let order = try nearest(conditions, left.plan.columnIDs, right.plan.columnIDs, join)
        let columns = right.plan.columns
        let named = naming(order.expression, of: right.plan)
        let rows = LogicalPlan.filter(
            named.plan, conditions.map { $0.replacing { $0 == order.expression ? named.column : nil } })
        var key = order
        key.expression = named.column
        let first = LogicalPlan.limit(.sort(rows, [key]), limit: 1, offset: 0)
        return BoundTables(
            plan: .join(LogicalJoin(kind, left.plan, first.exactly(columns), isDependent: true)),
            sources: left.sources + right.sources, constantConditions: left.constantConditions,
            hasOpenCondition: left.hasOpenCondition)
    }

    /// Returns a plan in which the value of an expression is a column.
    private func naming(_ value: Expression, of plan: LogicalPlan) -> (plan: LogicalPlan, column: Expression) {
        if value.columnID != nil { return (plan, value) }
        let column = ProjectedColumn(id: context.makeColumn("nearest"), expression: value)
        return (
            .project(plan, plan.columns.map { ProjectedColumn($0) } + [column]), .column(column.id, value.type)
        )
    }

    /// The order in which the nearest row of the right side comes first.
    private func nearest(
        _ conditions: [Expression], _ left: Set<ColumnID>, _ right: Set<ColumnID>, _ join: TableJoin
    ) throws -> SortKey {
        var found: [SortKey] = []
        for case .comparison(let op, let first, let second, let collation) in conditions {
            guard [.less, .lessOrEqual, .greater, .greaterOrEqual].contains(op), !first.columns.isEmpty,
                !second.columns.isEmpty
            else { continue }
            let isRightSecond = second.columns.isSubset(of: right) && first.columns.isSubset(of: left)
            let isRightFirst = first.columns.isSubset(of: right) && second.columns.isSubset(of: left)
            guard isRightFirst != isRightSecond else { continue }
            // Where the right side is the smaller one, its greatest value is the nearest.
            let isSmaller = (op == .greater || op == .greaterOrEqual) == isRightSecond
            found.append(
                SortKey(
                    expression: isRightSecond ? second : first, isDescending: isSmaller, nullsFirst: false,
                    collation: collation))
        }
        guard found.count == 1 else {
            throw EngineError(
                .syntax, "an ASOF JOIN needs one inequality between its sides, but has \(found.count)",
                at: position(join.range))
        }
        return found[0]
    }
}

extension Binder {
    /// Computes the moment after `AS OF`: a position as an integer, or a time as a timestamp, a date or a text of one.
    func bindHistoryPoint(_ expression: SyntaxExpression) throws -> HistoryPoint {
        let context = ExpressionContext(Scope(parent: nil, commonTables: nil))
        let folded = ConstantFolding(evaluate: evaluate).fold(try bind(expression, context).expression)
        guard case .literal(let value, let type) = folded, context.subqueries.joins.isEmpty else {
            throw EngineError(
                .typeMismatch, "the moment after AS OF must be a constant", at: position(expression.range))
        }
        switch (value, type) {
        case (.integer(let time), .timestamp(.microsecond, timeZone: nil)): return .time(time)
        case (.integer(let day), .date32): return .time(day * 86_400_000_000)
        case (.integer(let position), .int64), (.integer(let position), .any): return .position(position)
        case (.text(let text), _):
            if let time = CalendarText.timestamp(text.utf8) { return .time(time) }
        default: break
        }
        throw EngineError(
            .typeMismatch, "AS OF takes a position as an integer, or a time such as '2026-01-31 12:00:00' in UTC",
            at: position(expression.range))
    }
}
