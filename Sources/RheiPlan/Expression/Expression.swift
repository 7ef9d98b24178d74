package import RheiArrow
package import RheiCore

/// Names a column of some operator's output. Unique within one query, so that plans can be rewritten without
/// renumbering positions.
package struct ColumnID: Hashable, Sendable, CustomStringConvertible {
    package var rawValue: Int
    package init(_ rawValue: Int) { self.rawValue = rawValue }
    package var description: String { "#\(rawValue)" }
}

/// A bound scalar expression: names are resolved, SQLite's affinity and type rules are explicit as casts and calls,
/// and every node knows its type.
///
/// Types: `null` (the literal NULL alone), `bool` (the result of predicates; whoever uses it as data casts it to
/// `int64` first), `int64`, `float64`, `utf8View`, `binaryView`, `any` (known per row only), and the types of
/// explicitly registered columns. A typed node yields exactly that type or NULL; where SQLite would leave it at run
/// time (integer overflow), evaluation raises ``EngineError/Code/leavesStaticType``.
package indirect enum Expression: Hashable, Sendable {
    case literal(SQLValue, DataType)
    case column(ColumnID, DataType)
    case unary(UnaryOperator, Expression, DataType)
    case binary(BinaryOperator, Expression, Expression, DataType)
    /// Compares two operands to which affinity has been applied; `bool`. Operands have equal types, or both are
    /// numeric (int64 against float64 compares exactly), or one is `any`.
    case comparison(ComparisonOperator, Expression, Expression, Collation)
    /// Conjunction in three-valued logic of `bool` operands; evaluated left to right over the rows still undecided.
    case and([Expression])
    case or([Expression])
    /// NOT of a `bool` operand.
    case not(Expression)
    /// `IS NULL`; never null itself.
    case isNull(Expression)
    /// First branch whose condition (`bool`) is true; results have the node's type already. Lazy per row: a branch is
    /// evaluated for the rows that take it, so an error in another branch is not raised.
    case conditional([ConditionalBranch], otherwise: Expression?, DataType)
    /// `operand IN (constants)`: the literals have the operand's type or the operand is `any`. Three-valued.
    case inList(Expression, [Expression], Collation)
    /// A scalar function by its catalog name (lower case); arguments have the types the function table asks for.
    case call(String, [Expression], DataType)
    case cast(Expression, CastKind, DataType)

    /// One WHEN … THEN … of a ``Expression/conditional(_:otherwise:_:)``.
    package struct ConditionalBranch: Hashable, Sendable {
        package var condition: Expression
        package var result: Expression
        package init(condition: Expression, result: Expression) {
            self.condition = condition
            self.result = result
        }
    }
}

package enum UnaryOperator: Hashable, Sendable {
    /// Arithmetic minus: int64, float64 or any.
    case negate
    /// `~`: int64.
    case bitwiseNot
}

/// Operands have been cast to the operator's type: both int64, both float64, or both any; `concatenate` takes text.
package enum BinaryOperator: Hashable, Sendable {
    case add, subtract, multiply
    /// `/`: integers divide toward zero; NULL for a zero divisor.
    case divide
    /// `%`: of integers; NULL for a zero divisor.
    case remainder
    case bitwiseAnd, bitwiseOr, shiftLeft, shiftRight
    case concatenate
}

package enum ComparisonOperator: Hashable, Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    /// `IS`: equal, or both null; never null itself.
    case isNotDistinct
    /// `IS NOT`.
    case isDistinct
}

package enum CastKind: Hashable, Sendable {
    /// Changes representation without changing the SQL value: bool → int64, int64 → float64 where SQL says so,
    /// anything → any, null → anything.
    case represent
    /// `CAST(x AS …)` with SQLite's conversion rules.
    case explicit
    /// Column affinity as a comparison applies it: text that looks like a number becomes one, otherwise it stays
    /// (to `any`); numbers become text under TEXT affinity.
    case affinity(Affinity)
    /// The number that an arithmetic operator makes of any operand ("12abc" is 12, a blob its text): to `any` or
    /// `float64` or `int64`.
    case arithmetic
    /// To `bool`: SQLite's truth of a value (non-zero number; text by its numeric prefix).
    case truth
}

extension Expression {
    /// The type of every non-null value of the expression.
    package var type: DataType {
        switch self {
        case .literal(_, let type), .column(_, let type), .unary(_, _, let type), .binary(_, _, _, let type),
            .conditional(_, _, let type), .call(_, _, let type), .cast(_, _, let type):
            type
        case .comparison, .and, .or, .not, .isNull, .inList: .bool
        }
    }
}
