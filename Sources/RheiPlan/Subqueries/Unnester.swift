import RheiArrow
import RheiCore

/// Removes dependent joins, so that every subquery is evaluated for all outer rows at once.
///
/// Equality correlations become ordinary join conditions. Everything else is evaluated for the duplicate-free domain of
/// the outer columns that the subquery reads, pushed down to where they are read ("Unnesting Arbitrary Queries",
/// Neumann and Kemper, BTW 2015, section 3). Works from the outermost dependent join inward: a domain that is pushed
/// into a nested dependent join goes to its left side, whose rows then carry what the nested right side reads.
struct Unnester {
    let context: PlanContext

    func unnest(_ plan: LogicalPlan) throws -> LogicalPlan {
        guard case .join(var join) = plan, join.isDependent else { return try plan.mapInputs(unnest) }
        join.left = try unnest(join.left)
        return try unnest(join)
    }

    private func unnest(_ join: LogicalJoin) throws -> LogicalPlan {
        let outer = join.left.columnIDs
        guard !join.right.freeColumns.isDisjoint(with: outer) else { return try independent(join) }
        if let plan = try nearest(join, outer) { return plan }
        var join = join
        if join.kind == .single { join.right = try Self.withoutFirstRowLimit(join.right, outer) }
        if join.kind == .single { join.right = takingFirstRow(join, outer) }
        if join.right.isExactlyOneRow, let plan = try oneRow(join, outer) { return plan }
        join = Self.inliningProjection(join, outer)
        if let pulled = CorrelationPullUp(context: context, outer: outer).pull(join.right) {
            let isAtMostOne = join.right.isAtMostOneRow
            join.right = pulled.plan
            join.condition += pulled.conditions
            join.isDependent = false
            if isAtMostOne { join.rightIsAtMostOne = true }
            return try independent(join)
        }
        return try overDomain(join, outer)
    }

    /// Finishes a join whose right side reads nothing of the left.
    private func independent(_ join: LogicalJoin) throws -> LogicalPlan {
        var join = join
        join.isDependent = false
        if join.kind == .single { join.right = takingFirstRow(join, []) }
        join.right = try unnest(join.right)
        if join.kind == .single {
            if join.condition.isEmpty, join.right.isExactlyOneRow {
                join.kind = .inner
            } else if join.hasUniqueRight {
                join.kind = .left
                join.rightIsAtMostOne = true
            }
        }
        if join.kind == .mark || join.kind == .semi || join.kind == .anti, join.condition.isEmpty,
            join.membership.isEmpty
        {
            // Only whether there is a row matters.
            join.right = .limit(join.right, limit: 1, offset: 0)
        }
        return .join(join)
    }

    /// A scalar subquery as its first row, where it is not known to have one at most.
    private func takingFirstRow(_ join: LogicalJoin, _ outer: Set<ColumnID>) -> LogicalPlan {
        let plan = join.right
        if plan.isAtMostOneRow || join.hasUniqueRight { return plan }
        if let pulled = CorrelationPullUp(context: context, outer: outer).pull(plan) {
            var joined = join
            joined.right = pulled.plan
            joined.condition += pulled.conditions
            if joined.hasUniqueRight { return plan }
        }
        let (exposed, order) = plan.exposingTableOrder()
        let columns = plan.columns
        let inner = columns.map { context.makeColumn(like: $0) }
        var projected = zip(columns, inner).map {
            ProjectedColumn(id: $1.id, expression: .column($0.id, $0.type))
        }
        if case .byRowID(.column(let id, let type)) = order {
            projected.append(ProjectedColumn(PlanColumn(id: id, type: type)))
        }
        return .aggregate(
            LogicalAggregate(
                input: .project(exposed, projected), keys: [],
                aggregates: zip(columns, inner).map {
                    AggregateColumn(id: $0.id, call: order.first(.column($1.id, $1.type)))
                }))
    }

    /// Of a correlated scalar subquery, `LIMIT 1` without an order says no more than "one row".
    private static func withoutFirstRowLimit(_ plan: LogicalPlan, _ outer: Set<ColumnID>) throws -> LogicalPlan {
        switch plan {
        case .project(let input, let columns): return .project(try withoutFirstRowLimit(input, outer), columns)
        case .limit(let input, let limit, let offset) where offset == 0 && limit != 0:
            if input.isAtMostOneRow { return Existence.withoutOrder(input) }
            return limit == 1 && !hasSort(input) ? input : plan
        default: return plan
        }
    }

    private static func hasSort(_ plan: LogicalPlan) -> Bool {
        switch plan {
        case .sort: true
        case .project(let input, _), .filter(let input, _): hasSort(input)
        default: false
        }
    }

    /// IN and EXISTS see the rows of a subquery through conditions alone, so what it computes from outer columns can
    /// move there.
    private static func inliningProjection(_ join: LogicalJoin, _ outer: Set<ColumnID>) -> LogicalJoin {
        guard join.kind == .mark || join.kind == .semi || join.kind == .anti,
            case .project(let input, let columns) = join.right,
            columns.contains(where: { !$0.expression.columns.isDisjoint(with: outer) })
        else { return join }
        let substitution = Dictionary(columns.map { ($0.id, $0.expression) }) { first, _ in first }
        var join = join
        join.right = input
        join.condition = join.condition.map { $0.substituting(substitution) }
        join.membership = join.membership.map { $0.substituting(substitution) }
        return inliningProjection(join, outer)
    }

    // MARK: subqueries of exactly one row

    /// A subquery that always has one row adds columns to each outer row; tests of it are then plain expressions.
    private func oneRow(_ join: LogicalJoin, _ outer: Set<ColumnID>) throws -> LogicalPlan? {
        switch join.kind {
        case .single, .inner, .left:
            guard join.condition.isEmpty else { return nil }
            return try appendingRow(join.right, to: join.left, outer)
        case .mark, .semi, .anti:
            guard let joined = try appendingRow(join.right, to: join.left, outer) else { return nil }
            let test = Expression.conjunction(join.condition.map(\.isTrue) + join.membership)
            let left = join.left.columns.map { ProjectedColumn($0) }
            switch join.kind {
            case .semi: return .project(.filter(joined, [test]), left)
            case .anti: return .project(.filter(joined, [.not(test.isTrue)]), left)
            default:
                guard let mark = join.mark else { return nil }
                return .project(joined, left + [ProjectedColumn(id: mark, expression: test)])
            }
        case .right, .full: return nil
        }
    }

    private func appendingRow(
        _ row: LogicalPlan, to left: LogicalPlan, _ outer: Set<ColumnID>
    ) throws -> LogicalPlan? {
        switch row {
        case .values(let rows, let columns) where rows.count == 1:
            let added = zip(columns, rows[0]).map { ProjectedColumn(id: $0.id, expression: $1) }
            return .project(left, left.columns.map { ProjectedColumn($0) } + added)
        case .project(let input, let columns):
            guard let below = try appendingRow(input, to: left, outer) else { return nil }
            return .project(below, left.columns.map { ProjectedColumn($0) } + columns)
        case .aggregate(let aggregate): return try appendingAggregate(aggregate, to: left, outer)
        default: return nil
        }
    }

    /// An aggregate over rows that equalities select for each outer row is a grouping by the inner sides of those
    /// equalities. An outer row without a group has the values of an empty group.
    private func appendingAggregate(
        _ aggregate: LogicalAggregate, to left: LogicalPlan, _ outer: Set<ColumnID>
    ) throws -> LogicalPlan? {
        let readsOuter = aggregate.aggregates.contains { column in
            (column.call.arguments + (column.call.filter.map { [$0] } ?? []))
                .contains { !$0.columns.isDisjoint(with: outer) }
        }
        let pullUp = CorrelationPullUp(context: context, outer: outer)
        guard !readsOuter, let pulled = pullUp.pull(aggregate.input),
            let keyed = pullUp.keys(for: pulled.conditions, existing: [])
        else { return nil }
        let fresh = EmptyGroup(aggregate.aggregates, context)
        let grouped = LogicalPlan.aggregate(
            LogicalAggregate(input: pulled.plan, keys: keyed.keys, aggregates: fresh.aggregates))
        var join = LogicalJoin(.left, left, try unnest(grouped), on: keyed.conditions)
        join.rightIsAtMostOne = true
        if keyed.conditions.isEmpty { join.kind = .inner }
        return .project(.join(join), left.columns.map { ProjectedColumn($0) } + fresh.columns)
    }

    // MARK: the domain of outer columns

    private func overDomain(_ join: LogicalJoin, _ outer: Set<ColumnID>) throws -> LogicalPlan {
        var free = join.right.freeColumns.intersection(outer)
        let left = withKinds(join.left, &free)
        let leftColumns = left.columns
        let shared = context.share(left)
        let domain = Domain(of: leftColumns.filter { free.contains($0.id) }, in: leftColumns, shared, context)
        let pushed = try DomainPushDown(domain: domain, context: context).push(join.right)
        var result = join
        result.isDependent = false
        result.left = .shared(shared, columns: leftColumns)
        result.right = try unnest(pushed.plan)
        result.condition += domain.columns.map {
            .comparison(
                .isNotDistinct, .column($0.id, $0.type), pushed.domain[$0.id] ?? .column($0.id, $0.type), .binary)
        }
        if result.kind == .single, join.right.isAtMostOneRow {
            result.kind = .left
            result.rightIsAtMostOne = true
        }
        return .join(result)
    }
}

extension Unnester {
    /// Adds the kinds of those free columns in which equal values may differ in kind, such as 1 and 1.0, so that the
    /// subquery is evaluated for each of them.
    private func withKinds(_ plan: LogicalPlan, _ free: inout Set<ColumnID>) -> LogicalPlan {
        let columns = plan.columns
        let mixed = columns.filter {
            $0.type == .any && free.contains($0.id) && !context.unmixedColumns.contains($0.id)
        }
        if mixed.isEmpty { return plan }
        let kinds = mixed.map { column in
            ProjectedColumn(
                id: context.makeColumn("kind"), expression: .call("typeof", [.column(column.id, .any)], .utf8View))
        }
        free.formUnion(kinds.map(\.id))
        return .project(plan, columns.map { ProjectedColumn($0) } + kinds)
    }
}

/// The aggregates of a group that may be missing after an outer join.
struct EmptyGroup {
    /// The aggregates under fresh ids.
    let aggregates: [AggregateColumn]
    /// The original columns, with the value of an empty group where the group is missing.
    let columns: [ProjectedColumn]

    init(_ original: [AggregateColumn], _ context: PlanContext) {
        var fresh: [AggregateColumn] = []
        var fixed: [ProjectedColumn] = []
        for column in original {
            let id = context.makeColumn(like: column.column)
            fresh.append(AggregateColumn(id: id.id, call: column.call))
            let value = Expression.column(id.id, id.type)
            let empty: Expression? =
                switch column.call.function {
                case .count, .countStar, .statistic(.pairCount): .literal(.integer(0), .int64)
                case .total: .literal(.real(0), .float64)
                default: nil
                }
            let expression = empty.map {
                Expression.conditional([.init(condition: .isNull(value), result: $0)], otherwise: value, value.type)
            }
            fixed.append(ProjectedColumn(id: column.id, expression: expression ?? value))
        }
        aggregates = fresh
        columns = fixed
    }
}
