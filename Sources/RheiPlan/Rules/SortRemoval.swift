import RheiCore

/// Drops sorts whose order nothing sees, and moves limits below projections, next to the sort they belong to.
enum SortRemoval {
    /// Rewrites a plan whose own order matters.
    static func apply(_ plan: LogicalPlan) -> LogicalPlan { rewrite(plan, isOrderSeen: true) }

    private static func rewrite(_ plan: LogicalPlan, isOrderSeen: Bool) -> LogicalPlan {
        switch plan {
        case .sort(let input, let keys):
            let below = rewrite(input, isOrderSeen: false)
            return isOrderSeen && !below.isAtMostOneRow ? .sort(below, keys) : below
        case .limit(let input, let limit, let offset):
            let below = rewrite(input, isOrderSeen: true)
            if case .project(let inner, let columns) = below {
                return .project(rewrite(.limit(inner, limit: limit, offset: offset), isOrderSeen: true), columns)
            }
            return .limit(below, limit: limit, offset: offset)
        case .filter, .project, .expand: return plan.mapInputs { rewrite($0, isOrderSeen: isOrderSeen) }
        case .aggregate(let aggregate):
            let isSeen = aggregate.aggregates.contains { $0.call.function.seesOrder }
            return plan.mapInputs { rewrite($0, isOrderSeen: isSeen) }
        case .recursion: return plan.mapInputs { rewrite($0, isOrderSeen: true) }
        case .window: return plan.mapInputs { rewrite($0, isOrderSeen: true) }
        case .join, .unionAll: return plan.mapInputs { rewrite($0, isOrderSeen: false) }
        case .scan, .values, .shared: return plan
        }
    }
}
