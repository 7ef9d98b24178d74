package import RheiArrow
import RheiCore

/// An expression with what SQLite's comparison rules need to know of it.
struct BoundExpression {
    var expression: Expression
    /// The affinity it brings into a comparison; nil where it has none (anything but a column, CAST or subquery).
    /// `Affinity.none` is the BLOB affinity of a column, which is not the same.
    var affinity: Affinity?
    /// The collation it brings into a comparison.
    var collation: Collation?
    /// Whether the collation comes from a COLLATE operator, which wins over a column's.
    var hasExplicitCollation = false
    /// Whether 1 and 1.0 may both occur, so that which of two equal values is shown matters.
    var mayMixNumbers = false
    /// The affinities that SQLite may give the column beside ``affinity``, where the parts of a compound select
    /// disagree.
    var otherAffinities: Set<Affinity?> = []
    /// Whether applying its own affinity may change the value: CAST AS NUMERIC keeps 1.0, the affinity makes it 1.
    var mayLeaveAffinity = false
    /// What the expression is to operands of a type that SQLite lacks: of `0.06` a decimal, of `CAST(x AS DATE)` a
    /// date. Nil where that is no other than the expression.
    var typedReading: Expression?
    /// Why the column cannot be read from columns.
    var unreadable: String?
    /// The declared type and the name of the column this expression is.
    var declaredType: String?
    var columnName: String?

    init(_ expression: Expression, affinity: Affinity? = nil, collation: Collation? = nil) {
        self.expression = expression
        self.affinity = affinity
        self.collation = collation
        self.mayMixNumbers = expression.type == .any
    }

    var type: DataType { expression.type }

    var isAffinityUncertain: Bool { !otherAffinities.isEmpty }

    /// All affinities that SQLite may give the expression.
    var possibleAffinities: [Affinity?] { [affinity] + otherAffinities.filter { $0 != affinity } }

    /// The expression as data: a predicate's outcome becomes 0 or 1.
    var data: Expression { type == .bool ? expression.represented(as: .int64) : expression }

    /// Takes over the explicit collation of the first operand that has one, as SQLite's operators and calls do.
    func propagatingCollation(of operands: [BoundExpression]) -> BoundExpression {
        var result = self
        if let source = operands.first(where: \.hasExplicitCollation) {
            result.collation = source.collation
            result.hasExplicitCollation = true
        }
        return result
    }

    /// Marks a result that cannot mix integers and reals.
    func withoutMixing() -> BoundExpression {
        var result = self
        result.mayMixNumbers = false
        return result
    }
}

/// A column of a query's result, as an enclosing query sees it.
package struct OutputColumn: Sendable {
    package var id: ColumnID
    package var name: String
    /// The name as a column of a subquery in FROM, where a COLLATE operator does not count.
    package var derivedName: String
    package var type: DataType
    package var affinity: Affinity?
    package var collation: Collation?
    /// Whether the collation comes from a COLLATE operator.
    package var hasExplicitCollation: Bool
    /// The collation of the first part of a compound select, by which a query around it compares the column.
    var firstCollation: Collation?
    /// The collation of the last part of a compound select, by which IN compares the column, and whether it comes from
    /// a COLLATE operator.
    var lastCollation: (name: Collation?, isExplicit: Bool)
    /// The affinity of the last part of a compound select, which the column of a view with names of its own has.
    var lastAffinity: Affinity?
    /// Whether 1 and 1.0 may both occur among the values.
    package var mayMixNumbers: Bool
    /// The affinities that SQLite may give the column beside ``affinity``.
    package var otherAffinities: Set<Affinity?>
    /// Whether applying the affinity may change values.
    package var mayLeaveAffinity: Bool
    /// The declared type of the table column it comes from.
    package var declaredType: String?

    /// Whether SQLite's plan decides on the collation of the column as that of a view with names of its own: by the
    /// first part of the compound, or by the last.
    var hasCollationOfPlan: Bool {
        (type == .utf8View || type == .any) && firstCollation ?? .binary != lastCollation.name ?? .binary
    }

    /// The column as an operator's output.
    package var planColumn: PlanColumn { PlanColumn(id: id, type: type) }

    init(id: ColumnID, name: String, derivedName: String? = nil, bound: BoundExpression) {
        self.id = id
        self.name = name
        self.derivedName = derivedName ?? name
        self.type = bound.type == .bool ? .int64 : bound.type
        self.affinity = bound.affinity
        self.collation = bound.collation
        self.hasExplicitCollation = bound.hasExplicitCollation
        self.firstCollation = bound.collation
        self.lastCollation = (bound.collation, bound.hasExplicitCollation)
        self.lastAffinity = bound.affinity
        self.mayMixNumbers = bound.mayMixNumbers
        self.otherAffinities = bound.otherAffinities
        self.mayLeaveAffinity = bound.mayLeaveAffinity
        self.declaredType = bound.declaredType
    }
}

extension BoundExpression {
    /// A column of a query's result as an expression of the query around it.
    init(_ column: OutputColumn) {
        self.init(.column(column.id, column.type), affinity: column.affinity, collation: column.collation)
        hasExplicitCollation = column.hasExplicitCollation
        mayMixNumbers = column.mayMixNumbers
        otherAffinities = column.otherAffinities
        mayLeaveAffinity = column.mayLeaveAffinity
        declaredType = column.declaredType
    }
}

/// A bound query: its plan, and the columns of its result in order (all of them among the plan's columns).
struct BoundQuery {
    var plan: LogicalPlan
    var columns: [OutputColumn]
}
