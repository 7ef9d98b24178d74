import RheiArrow
package import RheiCore
package import RheiSQL

/// Plans queries: binds names and types, rewrites the algebra, and chooses operators.
package struct Planner {
    private let catalog: any Catalog
    private let parameters: [SQLValue]
    private let options: PlannerOptions
    private let sql: String

    /// - Parameters:
    ///   - parameters: values by number, the first for `?1`; missing ones are NULL.
    ///   - sql: the text that the statements were parsed from, after which unnamed result columns are called.
    package init(
        catalog: any Catalog, parameters: [SQLValue] = [], sql: String = "", options: PlannerOptions = PlannerOptions()
    ) {
        self.catalog = catalog
        self.parameters = parameters
        self.sql = sql
        self.options = options
    }

    /// Plans a query.
    ///
    /// - Throws: `EngineError` with the range of the name or construct that is to blame; `unsupported` names what is
    ///   not answered from columns.
    package func plan(_ statement: SelectStatement) throws -> QueryPlan {
        let context = PlanContext()
        let bound = try bind(statement, context)
        let plan = try optimize(bound.plan, context, upTo: nil)
        let planner = PhysicalPlanner(
            context: context, estimator: CardinalityEstimator(plan, context), mayReorder: options.optimize,
            vectorSize: options.vectorSize)
        return QueryPlan(
            root: finished(try planner.exactly(bound.plan.columns, try planner.convert(plan))),
            columnNames: bound.columns.map(\.name), declaredTypes: bound.columns.map(\.declaredType))
    }

    /// Applies what is decided once all algorithms are chosen.
    private func finished(_ plan: PhysicalPlan) -> PhysicalPlan {
        guard options.optimize else { return plan }
        let pruned = StoredColumnPruning().apply(plan)
        return DecimalNarrowing(pruned).apply(pruned)
    }

    /// The logical plan as text, after binding alone, or after the rules up to and including the named one; for tests.
    package func logicalPlanText(_ statement: SelectStatement, after rule: String? = nil) throws -> String {
        let context = PlanContext()
        let bound = try bind(statement, context)
        guard let rule else { return LogicalPlanPrinter(context).text(bound.plan) }
        let plan = try optimize(bound.plan, context, upTo: rule)
        return LogicalPlanPrinter(context).text(plan)
    }

    /// The logical plan as text just before and just after one rule; for tests.
    package func logicalPlanTexts(_ statement: SelectStatement, around name: String) throws -> (
        before: String, after: String
    ) {
        let context = PlanContext()
        var plan = try bind(statement, context).plan
        for rule in Optimizer.rules(context, options) {
            let before = rule.name == name ? LogicalPlanPrinter(context).text(plan) : ""
            plan = try rule.apply(plan)
            if rule.name == name { return (before, LogicalPlanPrinter(context).text(plan)) }
        }
        throw EngineError(.invariant, "there is no rule '\(name)'")
    }

    /// The names of the optimizer's rules in their order.
    package static var ruleNames: [String] { Optimizer.rules(PlanContext(), PlannerOptions()).map(\.name) }

    /// Binds a query and projects to exactly its result columns.
    private func bind(_ statement: SelectStatement, _ context: PlanContext) throws -> BoundQuery {
        let binder = Binder(
            catalog: catalog, parameters: parameters, text: sql, context: context, evaluate: options.evaluate)
        binder.asOf = options.asOf
        binder.widensArithmetic = options.widensArithmetic
        if let run = options.run { binder.run = { plan, context in try run(physical(plan, PlanContext(context))) } }
        var bound = try binder.bind(statement)
        bound.plan = LogicalPlan.project(bound.plan, exactly: bound.columns, context).plan
        return bound
    }

    /// Plans a part of the query by itself. `context` is a copy of the query's, as planning changes it.
    private func physical(_ plan: LogicalPlan, _ context: PlanContext) throws -> QueryPlan {
        let columns = plan.columns
        let optimized = try optimize(plan, context, upTo: nil)
        let planner = PhysicalPlanner(
            context: context, estimator: CardinalityEstimator(optimized, context), mayReorder: options.optimize,
            vectorSize: options.vectorSize)
        return QueryPlan(
            root: finished(try planner.exactly(columns, try planner.convert(optimized))),
            columnNames: columns.map { "\($0.id)" },
            declaredTypes: columns.map { _ in nil })
    }

    private func optimize(_ plan: LogicalPlan, _ context: PlanContext, upTo last: String?) throws -> LogicalPlan {
        var plan = plan
        for rule in Optimizer.rules(context, options) {
            plan = try rule.apply(plan)
            if rule.name == last { break }
        }
        return plan
    }
}
