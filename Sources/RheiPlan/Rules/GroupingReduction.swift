import RheiArrow
import RheiCore

/// Groups only what is joined afterwards: where the groups are joined by a key with few rows of a table, the rows are
/// semi joined with those before they are grouped (the "magic sets" of "Cost-Based Optimization for Magic: Algebra and
/// Implementation", SIGMOD 1996).
///
/// The few rows are read once more, which is why only scans and semi joins of scans are taken for it.
struct GroupingReduction {
    let estimator: CardinalityEstimator
    /// Few rows are fewer than this part of the groups.
    private static let worthwhileFraction = 0.25

    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        guard case .join(let join) = plan, join.kind == .inner else { return plan.mapInputs(apply) }
        var leaves: [LogicalPlan] = []
        var conditions: [Expression] = []
        Self.flatten(plan, &leaves, &conditions)
        let equivalence = ColumnEquivalence(conditions)
        var reduced = leaves.indices.map { reduce(leaves[$0], by: leaves, equivalence.classes).mapInputs(apply) }[...]
        return Self.rebuild(plan, &reduced)
    }

    private static func flatten(
        _ plan: LogicalPlan, _ leaves: inout [LogicalPlan], _ conditions: inout [Expression]
    ) {
        guard case .join(let join) = plan, join.kind == .inner else { return leaves.append(plan) }
        flatten(join.left, &leaves, &conditions)
        flatten(join.right, &leaves, &conditions)
        conditions += join.condition
    }

    private static func rebuild(_ plan: LogicalPlan, _ leaves: inout ArraySlice<LogicalPlan>) -> LogicalPlan {
        guard case .join(var join) = plan, join.kind == .inner else { return leaves.popFirst() ?? plan }
        join.left = rebuild(join.left, &leaves)
        join.right = rebuild(join.right, &leaves)
        return .join(join)
    }

    /// Reduces a grouping by the best of the other inputs that its keys are equal to.
    private func reduce(_ leaf: LogicalPlan, by leaves: [LogicalPlan], _ classes: [[Expression]]) -> LogicalPlan {
        // A semi join does not keep the order in which a first row is one.
        guard let aggregate = Self.grouping(leaf), !aggregate.aggregates.contains(where: \.call.function.choosesRow)
        else { return leaf }
        let groupCount = estimator.rowCount(.aggregate(aggregate))
        var best: (rowCount: Double, key: ColumnID, column: Expression, rows: LogicalPlan)?
        for key in aggregate.keys where !key.expression.columns.isEmpty {
            guard let equal = classes.first(where: { $0.contains { $0.columnID == key.id } }) else { continue }
            for rows in leaves where Self.isCheap(rows) && Self.scannedRowCount(rows) <= Self.scannedRowCount(leaf) {
                let own = rows.columnIDs
                guard let column = equal.first(where: { $0.columnID.map(own.contains) ?? false }) else { continue }
                let rowCount = estimator.rowCount(rows)
                guard rowCount < groupCount * Self.worthwhileFraction, best.map({ rowCount < $0.rowCount }) ?? true
                else { continue }
                best = (rowCount, key.id, column, rows)
            }
        }
        guard let best else { return leaf }
        return Self.reducing(leaf, best.key, best.column, best.rows)
    }

    /// The grouping below filters and projections.
    private static func grouping(_ plan: LogicalPlan) -> LogicalAggregate? {
        switch plan {
        case .aggregate(let aggregate): aggregate
        case .filter(let input, _), .project(let input, _): grouping(input)
        default: nil
        }
    }

    private static func reducing(
        _ plan: LogicalPlan, _ key: ColumnID, _ column: Expression, _ rows: LogicalPlan
    ) -> LogicalPlan {
        guard case .aggregate(var aggregate) = plan else {
            return plan.mapInputs { reducing($0, key, column, rows) }
        }
        guard let grouped = aggregate.keys.first(where: { $0.id == key })?.expression, let id = column.columnID else {
            return plan
        }
        let values = LogicalPlan.project(rows, [ProjectedColumn(PlanColumn(id: id, type: column.type))])
        let condition = Expression.comparison(.equal, grouped, column, .binary)
        aggregate.input = semiJoined(aggregate.input, grouped.columns, values, condition)
        return .aggregate(aggregate)
    }

    /// Puts a semi join where the columns that it reads come from, below inner joins.
    private static func semiJoined(
        _ plan: LogicalPlan, _ read: Set<ColumnID>, _ values: LogicalPlan, _ condition: Expression
    ) -> LogicalPlan {
        if case .join(var join) = plan, join.kind == .inner {
            if read.isSubset(of: join.left.columnIDs) {
                join.left = semiJoined(join.left, read, values, condition)
                return .join(join)
            }
            if read.isSubset(of: join.right.columnIDs) {
                join.right = semiJoined(join.right, read, values, condition)
                return .join(join)
            }
        }
        return .join(LogicalJoin(.semi, plan, values, on: [condition]))
    }

    private static func isCheap(_ plan: LogicalPlan) -> Bool {
        switch plan {
        case .scan: true
        case .filter(let input, _), .project(let input, _): isCheap(input)
        case .join(let join): join.kind == .semi && isCheap(join.left) && isCheap(join.right)
        default: false
        }
    }

    private static func scannedRowCount(_ plan: LogicalPlan) -> Int {
        var count = 0
        plan.forEachScan { count += $0.provider.rowCount }
        return count
    }
}
