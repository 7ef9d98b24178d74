package import RheiCore

/// What `FROM` reads: tables and joins of them. Equality ignores source ranges.
package indirect enum TableExpression: Sendable, Equatable {
    case table(TableReference)
    case function(TableFunctionReference)
    case subquery(SubqueryReference)
    /// A table or join in parentheses, with an alias or without.
    case parenthesized(ParenthesizedTable)
    case join(TableJoin)
    case reshaped(ReshapedTable)

    package var range: SourceRange {
        switch self {
        case .table(let table): table.range
        case .function(let function): function.range
        case .subquery(let subquery): subquery.range
        case .parenthesized(let table): table.range
        case .join(let join): join.range
        case .reshaped(let table): table.range
        }
    }
}

/// `[AS] name [(columns)]`; the column names are an extension.
package struct TableAlias: Sendable, Equatable {
    package var name: Identifier
    package var columns: [Identifier]
}

package struct TableReference: Sendable, Equatable {
    package enum IndexHint: Sendable, Equatable {
        case indexedBy(Identifier)
        case notIndexed
    }

    package var name: QualifiedName
    package var alias: TableAlias?
    package var indexHint: IndexHint?
    /// `AS OF expression` of a temporal table.
    package var asOf: SyntaxExpression?
    @IgnoredByEquality package var range: SourceRange
}

/// A call of a table-valued function.
package struct TableFunctionReference: Sendable, Equatable {
    package var name: QualifiedName
    package var arguments: [SyntaxExpression]
    package var alias: TableAlias?
    package var isLateral: Bool
    @IgnoredByEquality package var range: SourceRange
}

package struct SubqueryReference: Sendable, Equatable {
    package var select: SelectStatement
    package var alias: TableAlias?
    package var isLateral: Bool
    @IgnoredByEquality package var range: SourceRange
}

package struct ParenthesizedTable: Sendable, Equatable {
    package var table: TableExpression
    package var alias: TableAlias?
    @IgnoredByEquality package var range: SourceRange
}

/// Two table expressions and how they are joined. Chains lean to the left.
package struct TableJoin: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// A comma. Means the same as `inner` and may have a constraint too.
        case comma
        /// `JOIN` or `INNER JOIN`
        case inner
        case cross
        case left
        case right
        case full
    }

    package enum Constraint: Sendable, Equatable {
        case on(SyntaxExpression)
        case using([Identifier])
    }

    package var left: TableExpression
    package var right: TableExpression
    package var kind: Kind
    package var isNatural: Bool
    /// `ASOF JOIN` and `ASOF LEFT JOIN`: the nearest match by the one inequality of the constraint.
    package var isAsOf: Bool
    package var constraint: Constraint?
    @IgnoredByEquality package var range: SourceRange
}
