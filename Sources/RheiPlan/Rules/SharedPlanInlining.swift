import RheiCore

/// Puts shared subplans that are read only once, or that yield constants, in place of their reading.
struct SharedPlanInlining {
    let context: PlanContext

    /// Rewrites the plan and the bodies that stay shared; bodies that nothing reads are dropped.
    func inline(_ plan: LogicalPlan) -> LogicalPlan {
        var plan = plan
        for id in context.readersFirst(plan) {
            var counts: [Int: Int] = [:]
            plan.countShared(into: &counts)
            for body in context.sharedPlans.values { body.countShared(into: &counts) }
            guard counts[id, default: 0] <= 1, let body = context.sharedPlans.removeValue(forKey: id) else { continue }
            plan = plan.replacingShared(id, by: body)
            for key in context.sharedPlans.keys {
                context.sharedPlans[key] = context.sharedPlans[key]?.replacingShared(id, by: body)
            }
        }
        return plan
    }
}

extension LogicalPlan {
    /// Counts how often each shared subplan is read.
    func countShared(into counts: inout [Int: Int]) {
        if case .shared(let id, _) = self { counts[id, default: 0] += 1 }
        for input in inputs { input.countShared(into: &counts) }
    }

    fileprivate func replacingShared(_ id: Int, by body: LogicalPlan) -> LogicalPlan {
        if case .shared(id, let columns) = self {
            let source = body.columns
            if source.map(\.id) == columns.map(\.id) { return body }
            return .project(
                body,
                zip(columns, source).map { ProjectedColumn(id: $0.id, expression: .column($1.id, $1.type)) })
        }
        return mapInputs { $0.replacingShared(id, by: body) }
    }
}
