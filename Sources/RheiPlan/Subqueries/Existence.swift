import RheiCore

/// What of a subquery matters when only the existence or the set of its rows does.
enum Existence {
    /// Strips what does not change whether a plan has rows. The outcome is set where that is known without running it.
    static func simplified(_ plan: LogicalPlan) -> (plan: LogicalPlan, outcome: Bool?) {
        switch plan {
        case .project(let input, _), .sort(let input, _): return simplified(input)
        case .limit(_, let limit?, _) where limit == 0: return (plan, false)
        case .limit(let input, _, let offset) where offset == 0: return simplified(input)
        case .aggregate(let aggregate):
            return aggregate.keys.isEmpty ? (plan, true) : simplified(aggregate.input)
        case .window(let window): return simplified(window.input)
        case .values(let rows, _): return (plan, !rows.isEmpty)
        default: return (plan, nil)
        }
    }

    /// Drops a sort at the top, below projections.
    static func withoutOrder(_ plan: LogicalPlan) -> LogicalPlan {
        switch plan {
        case .sort(let input, _): withoutOrder(input)
        case .project(let input, let columns): .project(withoutOrder(input), columns)
        default: plan
        }
    }
}
