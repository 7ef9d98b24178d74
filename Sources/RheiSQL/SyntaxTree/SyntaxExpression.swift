package import RheiCore

/// A scalar expression of the syntax tree. Equality ignores source ranges.
///
/// Parentheses leave no trace besides grouping and row values: `(a)` is `a`, as in SQLite.
package struct SyntaxExpression: Sendable, Equatable {
    package var kind: Kind
    /// From the first to the last byte of the expression, without parentheses around the whole.
    @IgnoredByEquality package var range: SourceRange

    package init(_ kind: Kind, range: SourceRange) {
        self.kind = kind
        self.range = range
    }

    package indirect enum Kind: Sendable, Equatable {
        case literal(Literal)
        case parameter(Parameter)
        case column(ColumnReference)
        case unary(UnaryOperator, SyntaxExpression)
        case binary(BinaryOperator, SyntaxExpression, SyntaxExpression)
        /// `ISNULL`, `IS NULL`; negated `NOTNULL`, `NOT NULL`, `IS NOT NULL`.
        case isNull(SyntaxExpression, isNegated: Bool)
        case pattern(PatternMatch)
        case between(SyntaxExpression, low: SyntaxExpression, high: SyntaxExpression, isNegated: Bool)
        case inSet(SyntaxExpression, InSource, isNegated: Bool)
        case exists(SelectStatement)
        case subquery(SelectStatement)
        /// Two or more values in parentheses.
        case row([SyntaxExpression])
        case searchedCase(CaseExpression)
        /// `CAST(x AS type)` and `x::type`.
        case cast(SyntaxExpression, TypeName)
        case collate(SyntaxExpression, Identifier)
        case function(FunctionCall)
        /// `RAISE(...)`, which only a trigger may evaluate; the message is nil for `IGNORE`.
        case raise(RaiseAction, message: String?)
        /// `EXTRACT(field FROM value)`; the field may also be written as a string.
        case extract(field: Identifier, from: SyntaxExpression)
    }
}

/// `value [NOT] LIKE pattern [ESCAPE escape]` and its relatives.
package struct PatternMatch: Sendable, Equatable {
    package var operation: PatternOperator
    package var isNegated: Bool
    package var value: SyntaxExpression
    package var pattern: SyntaxExpression
    package var escape: SyntaxExpression?
}

/// The right side of `IN`.
package enum InSource: Sendable, Equatable {
    /// Any number of expressions, none included.
    case list([SyntaxExpression])
    case select(SelectStatement)
    case table(QualifiedName)
    case function(QualifiedName, arguments: [SyntaxExpression])
}

/// `CASE [operand] WHEN … THEN … [ELSE …] END`.
package struct CaseExpression: Sendable, Equatable {
    package struct Branch: Sendable, Equatable {
        package var condition: SyntaxExpression
        package var result: SyntaxExpression
    }

    /// What the conditions are compared with; nil if they are conditions by themselves.
    package var operand: SyntaxExpression?
    /// At least one.
    package var branches: [Branch]
    package var otherwise: SyntaxExpression?
}

package enum RaiseAction: String, Sendable, Equatable {
    case ignore = "IGNORE"
    case rollback = "ROLLBACK"
    case abort = "ABORT"
    case fail = "FAIL"
}
