import RheiCore
import RheiSQL

extension Binder {
    /// Binds a join whose right side is evaluated for each row of the left side, whose columns it may read.
    func bindLateralSubquery(
        _ subquery: SubqueryReference, _ left: BoundTables, _ join: TableJoin, _ scope: Scope
    ) throws -> BoundTables {
        let kind: JoinKind
        switch join.kind {
        case .comma, .inner, .cross: kind = .inner
        case .left: kind = .left
        case .right, .full:
            throw EngineError(
                .syntax, "LATERAL may not stand on the right side of a RIGHT or FULL JOIN", at: position(join.range))
        }
        if case .using = join.constraint {
            throw EngineError.unsupported("USING with LATERAL", at: position(join.range))
        }
        if join.isNatural { throw EngineError.unsupported("NATURAL JOIN with LATERAL", at: position(join.range)) }
        let outer = Scope(parent: scope.parent, commonTables: scope.commonTables)
        outer.sources = left.sources
        var right = try bindSubquery(subquery, outer: outer, scope.commonTables)
        for index in right.sources.indices { right.sources[index].joinKind = kind }
        var result = LogicalJoin(kind, left.plan, right.plan, isDependent: true)
        var plan = LogicalPlan.join(result)
        if case .on(let condition) = join.constraint {
            let inner = Scope(parent: scope.parent, commonTables: scope.commonTables)
            inner.sources = left.sources + right.sources
            let context = ExpressionContext(inner)
            context.isRowCondition = true
            let conditions = try bindCondition(condition, context).conjuncts
            if context.subqueries.joins.isEmpty {
                result.condition = conditions
                plan = .join(result)
            } else if kind == .inner {
                plan = .filter(context.subqueries.attach(to: plan), conditions)
            } else {
                throw EngineError.unsupported("subquery in the ON clause of LATERAL", at: position(condition.range))
            }
        }
        return BoundTables(
            plan: plan, sources: left.sources + right.sources,
            constantConditions: left.constantConditions, hasOpenCondition: left.hasOpenCondition)
    }
}
