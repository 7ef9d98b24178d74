import RheiCore

/// Moves into a shared subplan what its readers ask of its rows: a row that none of them wants need not be made.
///
/// Only conditions that stand directly above a reading count, as ``PredicatePushdown`` leaves them. What is moved is,
/// column by column, that one of the readers' conditions holds; the readers keep theirs.
struct SharedFilterPushdown {
    let context: PlanContext

    /// Rewrites the bodies; the plan stays.
    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        for id in context.readersFirst(plan) {
            guard let body = context.sharedPlans[id] else { continue }
            var readings: [[Expression]] = []
            plan.collectReadings(of: id, body.columns, into: &readings)
            for key in context.sharedPlans.keys.sorted() {
                context.sharedPlans[key]?.collectReadings(of: id, body.columns, into: &readings)
            }
            let conditions = Self.wanted(by: readings, body.columns)
            if conditions.isEmpty { continue }
            context.sharedPlans[id] = PredicatePushdown(context: context).apply(.filter(body, conditions))
                .exactly(body.columns)
        }
        return plan
    }

    /// What follows for single columns from any of the readings.
    private static func wanted(by readings: [[Expression]], _ columns: [PlanColumn]) -> [Expression] {
        guard readings.count > 1, !readings.contains(where: \.isEmpty) else { return [] }
        let any = Expression.or(readings.map { .conjunction($0) })
        return columns.compactMap { DisjunctionFactoring.implied(by: any, over: [$0.id]) }
    }
}

extension LogicalPlan {
    /// Lists for every reading of a shared subplan the conditions on its rows, over the columns of the body.
    fileprivate func collectReadings(of id: Int, _ body: [PlanColumn], into readings: inout [[Expression]]) {
        switch self {
        case .filter(.shared(id, let columns), let conditions):
            let pairs = zip(columns, body).map { ($0.id, Expression.column($1.id, $1.type)) }
            let renamed = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
            readings.append(
                conditions.filter { $0.columns.isSubset(of: renamed.keys) && $0.isDeterministic }
                    .map { $0.substituting(renamed) })
        case .shared(id, _): readings.append([])
        default: for input in inputs { input.collectReadings(of: id, body, into: &readings) }
        }
    }
}
