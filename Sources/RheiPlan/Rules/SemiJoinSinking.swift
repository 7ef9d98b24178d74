import RheiCore

/// Moves a semi join by equalities below the inner joins of its left side, to the one input whose columns it compares,
/// so that fewer rows are joined.
enum SemiJoinSinking {
    static func apply(_ plan: LogicalPlan) -> LogicalPlan {
        let plan = plan.mapInputs(apply)
        guard case .join(let join) = plan, join.kind == .semi, !join.condition.isEmpty,
            join.condition.allSatisfy(isEquality)
        else { return plan }
        var read = Set<ColumnID>()
        for condition in join.condition { condition.collectColumns(into: &read) }
        read.subtract(join.right.columnIDs)
        return sink(join, reading: read, into: join.left)
    }

    private static func isEquality(_ condition: Expression) -> Bool {
        if case .comparison(.equal, _, _, _) = condition { return true }
        return false
    }

    private static func sink(
        _ semi: LogicalJoin, reading read: Set<ColumnID>, into plan: LogicalPlan
    ) -> LogicalPlan {
        switch plan {
        case .filter(let input, let conditions): return .filter(sink(semi, reading: read, into: input), conditions)
        case .join(var join) where join.kind == .inner:
            if read.isSubset(of: join.left.columnIDs) {
                join.left = sink(semi, reading: read, into: join.left)
                return .join(join)
            }
            if read.isSubset(of: join.right.columnIDs) {
                join.right = sink(semi, reading: read, into: join.right)
                return .join(join)
            }
        default: break
        }
        var semi = semi
        semi.left = plan
        return .join(semi)
    }
}
