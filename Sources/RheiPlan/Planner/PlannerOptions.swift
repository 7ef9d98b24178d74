package import RheiCore

/// How queries are planned.
package struct PlannerOptions: Sendable {
    /// Off leaves only the steps that execution needs.
    package var optimize: Bool
    /// Computes an expression without columns when planning; nil where that fails, and it is left to execution, which
    /// then reports the error if a row needs the value.
    package var evaluate: (@Sendable (Expression) -> SQLValue?)?

    package init(optimize: Bool = true, evaluate: (@Sendable (Expression) -> SQLValue?)? = nil) {
        self.optimize = optimize
        self.evaluate = evaluate
    }
}
