package import RheiCore

/// A table turned round or thinned out: PIVOT, UNPIVOT and samples, all of them extensions.
package struct ReshapedTable: Sendable, Equatable {
    package indirect enum Change: Sendable, Equatable {
        case pivot(PivotClause)
        case unpivot(UnpivotClause)
        case sample(SampleClause)
    }

    package var table: TableExpression
    package var change: Change
    package var alias: TableAlias?
    @IgnoredByEquality package var range: SourceRange
}

extension ReshapedTable {
    /// The expressions in the clause.
    package var expressions: [SyntaxExpression] {
        guard case .pivot(let clause) = change else { return [] }
        return clause.aggregates.map(\.expression) + clause.keys.map(\.expression)
            + clause.keys.flatMap { $0.values ?? [] }.map(\.expression) + (clause.groupBy ?? [])
    }
}

/// What PIVOT computes, and which values become columns.
package struct PivotClause: Sendable, Equatable {
    package struct Key: Sendable, Equatable {
        package var expression: SyntaxExpression
        /// The values that become columns, with their names where they are written; nil for all that occur.
        package var values: [ResultExpression]?
    }

    /// Empty for `count(*)`.
    package var aggregates: [ResultExpression]
    package var keys: [Key]
    /// Nil for all columns that neither keys nor aggregates read.
    package var groupBy: [SyntaxExpression]?
}

/// Which columns UNPIVOT turns into rows.
package struct UnpivotClause: Sendable, Equatable {
    /// Columns whose values make one row, and the name that the row shows for them.
    package struct Group: Sendable, Equatable {
        package var columns: [Identifier]
        package var alias: Identifier?

        package init(columns: [Identifier], alias: Identifier?) {
            self.columns = columns
            self.alias = alias
        }
    }

    package var includesNulls: Bool
    package var name: Identifier
    /// As many as each group has columns.
    package var values: [Identifier]
    package var groups: [Group]
    /// Of `*` and `COLUMNS(* EXCLUDE …)` what is left out; nil where the groups are written.
    package var starExcept: [Identifier]?
}

/// How much of a table a sample takes.
package struct SampleClause: Sendable, Equatable {
    package enum Method: String, Sendable, Equatable {
        /// So many rows, or this share of them.
        case reservoir
        /// Each row by chance.
        case bernoulli
        /// Each run of 2048 rows by chance.
        case system
    }

    package var method: Method
    package var amount: Double
    package var isPercent: Bool
    /// With which equal samples of equal rows are taken.
    package var seed: Int64?
}

// MARK: - Queries that stand for them

extension SelectCore {
    /// Makes `SELECT columns FROM table [WHERE filter] [GROUP BY groupBy]`; no columns are all of them.
    package init(
        _ columns: [(expression: SyntaxExpression, name: Identifier?)], from table: TableExpression,
        filter: SyntaxExpression? = nil, groupBy: [SyntaxExpression] = [], range: SourceRange
    ) {
        let results = columns.map { column in
            ResultColumn.expression(
                ResultExpression(
                    expression: column.expression, alias: column.name, textRange: column.expression.range))
        }
        let all = [ResultColumn.star(StarColumn(excluded: [], replaced: [], range: range))]
        self.init(
            isDistinct: false, distinctOn: [], columns: results.isEmpty ? all : results, from: table,
            filter: filter,
            groupBy: groupBy.map { .expression($0) }, having: nil, windows: [], qualify: nil, range: range
        )
    }
}

extension SelectStatement {
    /// Makes a statement of one SELECT.
    package init(_ core: SelectCore) {
        self.init(with: nil, body: .core(core), orderBy: [], range: core.range)
    }
}

extension TableExpression {
    /// Makes `(SELECT …)` of one SELECT.
    package static func derived(_ core: SelectCore) -> TableExpression {
        .subquery(
            SubqueryReference(
                select: SelectStatement(core), alias: nil, isLateral: false, range: core.range))
    }
}
