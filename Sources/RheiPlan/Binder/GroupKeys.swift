/// The terms of GROUP BY, and the sets of them by which rows are grouped.
struct GroupKeys {
    var terms: [BoundExpression] = []
    /// Positions of terms per grouping set; nil for the one set of all terms.
    var sets: [[Int]]?
}
