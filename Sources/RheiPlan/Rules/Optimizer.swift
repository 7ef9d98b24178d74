import RheiCore

/// One step from logical plan to logical plan. A rule also rewrites the bodies of shared subplans.
struct OptimizerRule {
    var name: String
    var apply: (LogicalPlan) throws -> LogicalPlan
}

/// The rules in their order.
enum Optimizer {
    static func rules(_ context: PlanContext, _ options: PlannerOptions) -> [OptimizerRule] {
        let folding = ConstantFolding(evaluate: options.evaluate)
        let unnester = Unnester(context: context)
        let required = [
            OptimizerRule(name: "unnesting") { plan in
                // Bodies that exist before are rewritten first; those that unnesting makes are made of unnested plans.
                for id in context.sharedPlans.keys.sorted() {
                    if let body = context.sharedPlans[id] {
                        context.sharedPlans[id] = try unnester.unnest(body).exactly(body.columns)
                    }
                }
                return try unnester.unnest(plan)
            },
            OptimizerRule(name: "shared plans") { SharedPlanInlining(context: context).inline($0) },
        ]
        guard options.optimize else { return required }
        let simplifications = [
            everywhere("constant folding", context, folding.fold),
            everywhere("semi join sinking", context, SemiJoinSinking.apply),
            everywhere("predicate pushdown", context, PredicatePushdown(context: context).apply),
            OptimizerRule(name: "shared filters") { SharedFilterPushdown(context: context).apply($0) },
            everywhere("grouping simplification", context, GroupingSimplification.apply),
            everywhere("derived keys", context, DerivedKeys.apply),
            everywhere("statistics aggregation", context, StatisticsAggregation.apply),
            everywhere("sum reduction", context) { SumReduction.apply($0, context) },
            everywhere("distinct splitting", context, DistinctSplitting(context: context).apply),
            estimating("eager aggregation", context) { estimator, plan in
                EagerAggregation(context: context, estimator: estimator, vectorSize: options.vectorSize).apply(plan)
            },
            OptimizerRule(name: "projection pruning") { ProjectionPruning(context).apply($0) },
            everywhere("sort removal", context, SortRemoval.apply),
            estimating("grouping reduction", context) { GroupingReduction(estimator: $0).apply($1) },
            estimating("join ordering", context) { JoinOrdering(estimator: $0).apply($1) },
        ]
        return required + simplifications
    }

    /// A rule that treats the main plan and the shared bodies alike.
    static func everywhere(
        _ name: String, _ context: PlanContext, _ rewrite: @escaping (LogicalPlan) throws -> LogicalPlan
    ) -> OptimizerRule {
        OptimizerRule(name: name) { plan in
            for id in context.sharedPlans.keys.sorted() {
                if let body = context.sharedPlans[id] {
                    context.sharedPlans[id] = try rewrite(body).exactly(body.columns)
                }
            }
            return try rewrite(plan)
        }
    }
    /// The same for a rule that asks how many rows there are.
    private static func estimating(
        _ name: String, _ context: PlanContext, _ rewrite: @escaping (CardinalityEstimator, LogicalPlan) -> LogicalPlan
    ) -> OptimizerRule {
        everywhere(name, context) { rewrite(CardinalityEstimator($0, context), $0) }
    }
}
