import RheiArrow
import RheiCore

extension Unnester {
    /// Turns a dependent join with the first row of a sorted subquery into a join with the nearest match, where
    /// equalities and bounds of the sorted value choose the rows: what `ASOF JOIN` means.
    ///
    /// - Parameter outer: the columns of the left side.
    func nearest(_ join: LogicalJoin, _ outer: Set<ColumnID>) throws -> LogicalPlan? {
        guard join.kind == .inner || join.kind == .left, join.condition.isEmpty, join.membership.isEmpty,
            let (input, key) = Self.firstRow(join.right), let value = key.expression.columnID,
            let pulled = CorrelationPullUp(context: context, outer: outer).pull(input), pulled.plan.yields(value)
        else { return nil }
        let conditions = pulled.conditions.flatMap(\.conjuncts)
        guard Self.chooseNearest(conditions, key, outer, pulled.plan.columnIDs) else { return nil }
        var result = LogicalJoin(.single, join.left, try unnest(pulled.plan), on: conditions)
        result.rightIsAtMostOne = true
        result.nearest = key
        let columns = join.left.columns + join.right.columns
        guard join.kind == .inner else { return .join(result).exactly(columns) }
        // A match has a value that is compared, so no match has none.
        return .filter(.join(result), [.not(.isNull(key.expression))]).exactly(columns)
    }

    /// The sorted rows of which a plan takes the first, and their order.
    private static func firstRow(_ plan: LogicalPlan) -> (input: LogicalPlan, key: SortKey)? {
        switch plan {
        case .project(let input, let columns) where columns.allSatisfy(\.isPassedThrough): return firstRow(input)
        case .limit(.sort(let input, let keys), limit: 1, offset: 0) where keys.count == 1: return (input, keys[0])
        default: return nil
        }
    }

    /// Whether the conditions are equalities of the two sides and bounds of the sorted value, one of them in the
    /// direction of the sort.
    private static func chooseNearest(
        _ conditions: [Expression], _ key: SortKey, _ left: Set<ColumnID>, _ right: Set<ColumnID>
    ) -> Bool {
        var bounds: [JoinRange.Bound] = []
        for condition in conditions where PhysicalPlanner.key(condition, left, right) == nil {
            guard let found = JoinInequality(condition, probe: left, build: right), found.build == key.expression,
                found.collation == key.collation
            else { return false }
            bounds.append(found.bound)
        }
        return bounds.contains { $0.isUpper == key.isDescending }
    }
}

/// An inequality between the two sides of a join, the build side on its left.
struct JoinInequality {
    var build: Expression
    var bound: JoinRange.Bound
    var collation: Collation

    /// Nil where the condition is none, or compares values of different types.
    init?(_ condition: Expression, probe: Set<ColumnID>, build: Set<ColumnID>) {
        guard case .comparison(let op, let first, let second, let collation) = condition, first.type == second.type,
            [.less, .lessOrEqual, .greater, .greaterOrEqual].contains(op)
        else { return nil }
        let (firstColumns, secondColumns) = (first.columns, second.columns)
        if firstColumns.isEmpty || secondColumns.isEmpty { return nil }
        if firstColumns.isSubset(of: build), secondColumns.isSubset(of: probe) {
            (self.build, bound) = (first, JoinRange.Bound(op, second))
        } else if firstColumns.isSubset(of: probe), secondColumns.isSubset(of: build) {
            (self.build, bound) = (second, JoinRange.Bound(op.mirrored, first))
        } else {
            return nil
        }
        self.collation = collation
    }
}

extension JoinRange.Bound {
    /// Whether the ordered value is bounded from above.
    var isUpper: Bool { comparison == .less || comparison == .lessOrEqual }
}
