import RheiArrow
import RheiCore

/// Inequalities of a join for which the build rows of each key are kept in order, so that a probe row's matches are
/// found by halving instead of one by one.
package struct JoinRange: Hashable, Sendable {
    /// An inequality: how the ordered value of a build row compares with a probe row's.
    package struct Bound: Hashable, Sendable {
        /// `<`, `<=`, `>` or `>=`; the build side stands on its left.
        package var comparison: ComparisonOperator
        /// Over the probe's columns, of the type of the ordered value.
        package var probe: Expression

        package init(_ comparison: ComparisonOperator, _ probe: Expression) {
            self.comparison = comparison
            self.probe = probe
        }
    }

    /// A further value of the build rows that is not below one of the probe row. It leads over rows; the condition
    /// itself stays in the residual.
    package struct Reach: Hashable, Sendable {
        package var build: Expression
        package var probe: Expression

        package init(build: Expression, probe: Expression) {
            self.build = build
            self.probe = probe
        }
    }

    /// Over the build's columns: the ordered value.
    package var build: Expression
    package var collation: Collation
    /// At least one; all of them hold for a match.
    package var bounds: [Bound]
    package var reach: Reach?
    /// Whether of all matches only the nearest to the first bound counts (`ASOF JOIN`); any one of several that are.
    package var takesNearest: Bool

    package init(
        build: Expression, collation: Collation, bounds: [Bound], reach: Reach? = nil, takesNearest: Bool = false
    ) {
        self.build = build
        self.collation = collation
        self.bounds = bounds
        self.reach = reach
        self.takesNearest = takesNearest
    }
}

extension JoinRange {
    /// What is compared: the ordered value with the first bound, then the reach.
    package var comparisons: [(build: Expression, probe: Expression)] {
        [(build, bounds[0].probe)] + (reach.map { [($0.build, $0.probe)] } ?? [])
    }

    /// The inequalities as text.
    func conditions(_ name: (ColumnID) -> String) -> [String] {
        bounds.map { "\(build.text(name)) \($0.comparison.symbol) \($0.probe.text(name))" }
    }
}
