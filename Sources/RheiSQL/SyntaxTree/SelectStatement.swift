package import RheiCore

/// A query: common tables, a body, and what applies to the body's whole result.
package struct SelectStatement: Sendable, Equatable {
    package var with: WithClause?
    package var body: SelectBody
    package var orderBy: [OrderingTerm]
    package var limit: SyntaxExpression?
    /// Present only together with `limit`.
    package var offset: SyntaxExpression?
    @IgnoredByEquality package var range: SourceRange
}

/// The part of a query before `ORDER BY`.
package indirect enum SelectBody: Sendable, Equatable {
    case core(SelectCore)
    /// At least one row; all rows have the same number of values, at least one.
    case values([[SyntaxExpression]])
    /// Left-associative, all operators with the same precedence; the right side is never a compound.
    case compound(CompoundOperator, left: SelectBody, right: SelectBody)
}

package enum CompoundOperator: String, Sendable, Equatable, CaseIterable {
    case union = "UNION"
    case unionAll = "UNION ALL"
    case intersect = "INTERSECT"
    case except = "EXCEPT"
}

/// `WITH [RECURSIVE] …`
package struct WithClause: Sendable, Equatable {
    /// Whether `RECURSIVE` is written; SQLite lets tables recurse with or without it.
    package var isRecursive: Bool
    package var tables: [CommonTable]
    @IgnoredByEquality package var range: SourceRange
}

/// `name(columns) AS [[NOT] MATERIALIZED] (select)`
package struct CommonTable: Sendable, Equatable {
    package enum Materialization: Sendable, Equatable {
        case automatic, materialized, notMaterialized
    }

    package var name: Identifier
    /// Empty if the names come from the select.
    package var columns: [Identifier]
    package var materialization: Materialization
    package var select: SelectStatement
    @IgnoredByEquality package var range: SourceRange
}

/// One term of `ORDER BY`.
package struct OrderingTerm: Sendable, Equatable {
    package enum Nulls: String, Sendable, Equatable {
        case first = "NULLS FIRST"
        case last = "NULLS LAST"
    }

    package var expression: SyntaxExpression
    package var isDescending: Bool
    /// Nil if not written: NULL is then less than every value.
    package var nulls: Nulls?
    /// `ORDER BY ALL`: every result column, from the left. It is the only term, and its expression means nothing.
    package var isAll = false

    package init(_ expression: SyntaxExpression, isDescending: Bool = false, nulls: Nulls? = nil) {
        self.expression = expression
        self.isDescending = isDescending
        self.nulls = nulls
    }
}

/// `SELECT … [FROM …] [WHERE …] [GROUP BY …] [HAVING …] [WINDOW …] [QUALIFY …]`
package struct SelectCore: Sendable, Equatable {
    package var isDistinct: Bool
    /// `DISTINCT ON (…)`; empty if absent, and `isDistinct` is false then or not by itself.
    package var distinctOn: [SyntaxExpression]
    /// At least one.
    package var columns: [ResultColumn]
    package var from: TableExpression?
    package var filter: SyntaxExpression?
    /// Empty if there is no `GROUP BY`.
    package var groupBy: [GroupingElement]
    package var having: SyntaxExpression?
    package var windows: [NamedWindow]
    package var qualify: SyntaxExpression?
    @IgnoredByEquality package var range: SourceRange
}

/// One term of `GROUP BY`.
package indirect enum GroupingElement: Sendable, Equatable {
    case expression(SyntaxExpression)
    /// Expressions in parentheses as one element of `ROLLUP`, `CUBE` or `GROUPING SETS`; may be empty in the last.
    case set([SyntaxExpression])
    case rollup([GroupingElement])
    case cube([GroupingElement])
    case groupingSets([GroupingElement])
    /// `GROUP BY ALL`: every result column without an aggregate; stands alone.
    case all
}

/// One term between `SELECT` and `FROM`.
package enum ResultColumn: Sendable, Equatable {
    case expression(ResultExpression)
    case star(StarColumn)
}

/// An expression in the result list.
package struct ResultExpression: Sendable, Equatable {
    package var expression: SyntaxExpression
    package var alias: Identifier?
    /// What SQLite names the column after if it has no alias and is no plain column: the text up to the next token,
    /// comments included, without white space at the end.
    @IgnoredByEquality package var textRange: SourceRange
    /// Set where the text ends in `date '…'` or the like without an alias: SQLite reads the type's name as a column
    /// and the string as its alias, and that reading must win where such a column is visible.
    package var ambiguousLiteral: TypedLiteral?
}

/// `*` or `table.*`
package struct StarColumn: Sendable, Equatable {
    package var table: Identifier?
    /// `EXCLUDE (…)`
    package var excluded: [Identifier]
    /// `REPLACE (expression AS name, …)`; every element has an alias.
    package var replaced: [ResultExpression]
    @IgnoredByEquality package var range: SourceRange
}
