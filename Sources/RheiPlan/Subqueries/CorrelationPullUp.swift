import RheiArrow
import RheiCore

/// Moves the conditions that read outer columns out of a subquery, as far up as they can go.
struct CorrelationPullUp {
    let context: PlanContext
    /// The columns of the outer side.
    let outer: Set<ColumnID>

    /// Returns the plan without references to outer columns and the conditions that were taken out, over its output
    /// and the outer columns; nil where a reference cannot be moved.
    func pull(_ plan: LogicalPlan) -> (plan: LogicalPlan, conditions: [Expression])? {
        if plan.freeColumns.isDisjoint(with: outer) { return (plan, []) }
        switch plan {
        case .filter(let input, let conditions):
            guard let inner = pull(input) else { return nil }
            let all = conditions.flatMap(\.conjuncts)
            let own = all.filter { !readsOuter($0) }
            let pulled = all.filter(readsOuter)
            return (own.isEmpty ? inner.plan : .filter(inner.plan, own), inner.conditions + pulled)
        case .project(let input, let columns):
            guard !columns.contains(where: { readsOuter($0.expression) }), let inner = pull(input) else { return nil }
            return (.project(inner.plan, columns + passing(inner, beside: columns)), inner.conditions)
        case .sort(let input, let keys):
            guard !keys.contains(where: { readsOuter($0.expression) }), let inner = pull(input) else { return nil }
            return (.sort(inner.plan, keys), inner.conditions)
        case .join(let join): return pull(join)
        case .aggregate(let aggregate): return pull(aggregate)
        case .expand(var expansion):
            guard !(expansion.arguments + expansion.condition).contains(where: readsOuter),
                let inner = pull(expansion.input)
            else { return nil }
            expansion.input = inner.plan
            return (.expand(expansion), inner.conditions)
        // Above window functions a condition would no longer decide which rows they see.
        case .scan, .values, .shared, .unionAll, .limit, .recursion, .window: return nil
        }
    }

    private func readsOuter(_ expression: Expression) -> Bool { !expression.columns.isDisjoint(with: outer) }

    /// The inner columns that the conditions read and the projection does not hand on.
    private func passing(
        _ inner: (plan: LogicalPlan, conditions: [Expression]), beside columns: [ProjectedColumn]
    ) -> [ProjectedColumn] {
        var read = Set<ColumnID>()
        for condition in inner.conditions { condition.collectColumns(into: &read) }
        let kept = Set(columns.map(\.id))
        return inner.plan.columns.filter { read.contains($0.id) && !kept.contains($0.id) }.map { ProjectedColumn($0) }
    }

    private func pull(_ join: LogicalJoin) -> (plan: LogicalPlan, conditions: [Expression])? {
        var join = join
        guard !join.membership.contains(where: readsOuter), let left = pull(join.left) else { return nil }
        join.left = left.plan
        if join.kind == .inner, !join.isDependent {
            guard let right = pull(join.right) else { return nil }
            join.right = right.plan
            let all = join.condition.flatMap(\.conjuncts)
            join.condition = all.filter { !readsOuter($0) }
            return (.join(join), left.conditions + right.conditions + all.filter(readsOuter))
        }
        guard join.right.freeColumns.isDisjoint(with: outer), !join.condition.contains(where: readsOuter) else {
            return nil
        }
        switch join.kind {
        case .left, .semi, .anti, .mark, .single, .inner: return (.join(join), left.conditions)
        case .right, .full: return nil
        }
    }

    private func pull(_ aggregate: LogicalAggregate) -> (plan: LogicalPlan, conditions: [Expression])? {
        let own =
            aggregate.keys.map(\.expression)
            + aggregate.aggregates.flatMap { column in
                column.call.arguments + (column.call.filter.map { [$0] } ?? [])
            }
        guard !aggregate.keys.isEmpty, !own.contains(where: readsOuter), let inner = pull(aggregate.input),
            let keyed = keys(for: inner.conditions, existing: aggregate.keys)
        else { return nil }
        var aggregate = aggregate
        aggregate.input = inner.plan
        aggregate.keys += keyed.keys
        return (.aggregate(aggregate), keyed.conditions)
    }

    /// Group keys for the inner sides of equalities with outer expressions, and the equalities over those keys; nil
    /// where a condition is no such equality.
    func keys(
        for conditions: [Expression], existing: [ProjectedColumn]
    ) -> (keys: [ProjectedColumn], conditions: [Expression])? {
        var added: [ProjectedColumn] = []
        var rewritten: [Expression] = []
        for condition in conditions {
            guard case .comparison(let op, let left, let right, .binary) = condition,
                op == .equal || op == .isNotDistinct
            else { return nil }
            let isLeftInner = left.columns.isDisjoint(with: outer)
            let inner = isLeftInner ? left : right
            let other = isLeftInner ? right : left
            guard inner.columns.isDisjoint(with: outer), !inner.columns.isEmpty,
                other.columns.isSubset(of: outer)
            else { return nil }
            let key: ProjectedColumn
            if let known = (existing + added).first(where: { $0.expression == inner }) {
                key = known
            } else {
                key = ProjectedColumn(id: context.makeColumn("correlation"), expression: inner)
                added.append(key)
            }
            rewritten.append(.comparison(op, other, .column(key.id, inner.type), .binary))
        }
        return (added, rewritten)
    }
}
