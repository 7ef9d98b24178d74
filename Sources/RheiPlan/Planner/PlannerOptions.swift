package import RheiCore

/// How queries are planned.
package struct PlannerOptions: Sendable {
    /// Off leaves only the steps that execution needs.
    package var optimize: Bool
    /// Rows per batch of execution, by which it is judged whether something is worth doing for so many rows.
    package var vectorSize = 2_048
    /// Computes `+`, `-`, `*` and `/` of integers in `any`, in which results that leave 64 bits go on as reals.
    package var widensArithmetic = false
    /// Computes an expression without columns when planning; nil where that fails, and it is left to execution, which
    /// then reports the error if a row needs the value.
    package var evaluate: (@Sendable (Expression) -> SQLValue?)?

    /// Runs a plan to its end and returns its rows, for subqueries in LIMIT and whatever else must be known when
    /// planning; nil where that is not possible, and such queries are refused.
    package var run: (@Sendable (QueryPlan) throws -> [[SQLValue]])?

    /// The moment as of which tables are read that name none themselves; nil for now.
    package var asOf: HistoryPoint?

    package init(
        optimize: Bool = true, evaluate: (@Sendable (Expression) -> SQLValue?)? = nil,
        run: (@Sendable (QueryPlan) throws -> [[SQLValue]])? = nil
    ) {
        self.optimize = optimize
        self.evaluate = evaluate
        self.run = run
    }
}
