import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    /// Binds a subquery that stands for one value.
    func bindScalarSubquery(
        _ statement: SelectStatement, _ syntax: SyntaxExpression, _ context: ExpressionContext
    ) throws -> BoundExpression {
        let row = try bindSubqueryRow(statement, context)
        guard row.count == 1 else {
            throw columnCountError(row.count, expected: 1, syntax.range)
        }
        return row[0]
    }

    func columnCountError(_ count: Int, expected: Int, _ range: SourceRange) -> EngineError {
        EngineError(
            .typeMismatch, "sub-select returns \(count) columns - expected \(expected)", at: position(range))
    }

    /// Binds a subquery that stands for one row of values, NULLs when it has no row.
    func bindSubqueryRow(_ statement: SelectStatement, _ context: ExpressionContext) throws -> [BoundExpression] {
        let query = try bindQuery(statement, outer: context.scope, commonTables: context.scope.commonTables)
        let plan = try limitedInTableOrder(query.plan, takesFirst: true, statement)
        context.subqueries.joins.append(PendingJoin(kind: .single, plan: firstRow(of: plan)))
        return query.columns.map { column in
            var value = BoundExpression(column)
            value.collation = nil
            value.hasExplicitCollation = false
            return value
        }
    }

    /// A subquery of which it matters which rows LIMIT leaves: without an ORDER BY the first ones of a table.
    ///
    /// - Parameter takesFirst: whether only the first row counts, which unnesting then chooses.
    private func limitedInTableOrder(
        _ plan: LogicalPlan, takesFirst: Bool, _ statement: SelectStatement
    ) throws -> LogicalPlan {
        guard case .limit(let input, let limit, let offset) = plan, limit != 0, !input.isAtMostOneRow else {
            return plan
        }
        if case .sort = input { return plan }
        let (exposed, order) = input.exposingTableOrder()
        switch order {
        case .asYielded: return plan
        case _ where takesFirst && offset == 0: return input
        case .byRowID(let rowID):
            let key = SortKey(expression: rowID, isDescending: false, nullsFirst: true, collation: .binary)
            return .limit(.sort(exposed, [key]), limit: limit, offset: offset).exactly(plan.columns)
        case .open:
            throw EngineError.unsupported(
                "LIMIT without ORDER BY in a subquery whose rows SQLite orders",
                at: statement.limit.flatMap { position($0.range) })
        }
    }

    /// SQLite takes the first row of a scalar subquery. With an ORDER BY that row is determined; without one unnesting
    /// takes the first one of a table.
    private func firstRow(of plan: LogicalPlan) -> LogicalPlan {
        switch plan {
        case .sort: .limit(plan, limit: 1, offset: 0)
        case .project(let input, let columns):
            if case .sort = input { .limit(plan, limit: 1, offset: 0) } else { .project(firstRow(of: input), columns) }
        case .limit(let input, let limit?, let offset) where limit > 1: .limit(input, limit: 1, offset: offset)
        default: plan
        }
    }

    func bindExists(_ statement: SelectStatement, _ context: ExpressionContext) throws -> BoundExpression {
        let query = try bindQuery(statement, outer: context.scope, commonTables: context.scope.commonTables)
        let (plan, outcome) = Existence.simplified(query.plan)
        if let outcome { return BoundExpression(outcome ? .trueLiteral : .falseLiteral) }
        let mark = self.context.makeColumn("exists")
        context.subqueries.joins.append(PendingJoin(kind: .mark, plan: plan, mark: mark))
        return BoundExpression(.column(mark, .bool))
    }

    func bindIn(
        _ operand: SyntaxExpression, _ source: InSource, _ isNegated: Bool, _ syntax: SyntaxExpression,
        _ context: ExpressionContext
    ) throws -> BoundExpression {
        // SQLite's parser drops the operand of IN (), and with it an aggregate that it may call.
        if case .list(let values) = source, values.isEmpty {
            return BoundExpression(isNegated ? .trueLiteral : .falseLiteral)
        }
        let row = try bindRow(operand, context)
        if row.count > 1, source.isQuery, !isNegated, context.isRowCondition || fromDepth > 0,
            context.scope.sources.contains(where: { $0.joinKind == .right || $0.joinKind == .full })
        {
            // SQLite 3.40 finds rows twice, or not at all, by an index that it looks up for each row of the subquery.
            throw EngineError.unsupported(
                "IN of a row value and a subquery beside a RIGHT or FULL JOIN", at: position(syntax.range))
        }
        let outcome: Expression
        switch source {
        case .list(let values):
            if values.count == 1, case .subquery(let statement) = values[0].kind {
                outcome = try bindIn(row, select: statement, operand.range, context)
            } else {
                outcome = try bindIn(row, list: values, operand.range, context)
            }
        case .select(let statement): outcome = try bindIn(row, select: statement, operand.range, context)
        case .table(let name):
            let source = try bindTable(named: name, alias: nil, outer: context.scope, asOf: asOf)
            let columns = source.source.columns.filter { !$0.isHidden }
            outcome = try bindIn(row, source.plan, columns.map(\.value), operand.range, context)
        case .function(let name, _):
            throw EngineError.unsupported("table function \(name.name.name)", at: position(name.range))
        }
        return BoundExpression(isNegated ? .not(outcome) : outcome).propagatingCollation(of: row)
    }

    private func bindIn(
        _ row: [BoundExpression], select: SelectStatement, _ range: SourceRange, _ context: ExpressionContext
    ) throws -> Expression {
        let query = try bindQuery(select, outer: context.scope, commonTables: context.scope.commonTables)
        let columns = query.columns.map { column in
            var value = BoundExpression(column)
            (value.collation, value.hasExplicitCollation) = column.lastCollation
            value.affinity = column.lastAffinity
            if column.lastAffinity != column.affinity {
                value.otherAffinities.insert(column.affinity)
                value.otherAffinities.remove(column.lastAffinity)
            }
            return value
        }
        let plan = try limitedInTableOrder(query.plan, takesFirst: false, select)
        return try bindIn(row, plan, columns, range, context)
    }

    private func bindIn(
        _ row: [BoundExpression], _ plan: LogicalPlan, _ columns: [BoundExpression], _ range: SourceRange,
        _ context: ExpressionContext
    ) throws -> Expression {
        guard row.count == columns.count else {
            throw columnCountError(columns.count, expected: row.count, range)
        }
        let columns = zip(row, columns).map { value, column in
            column.isAffinityUncertain && !value.isAffinityUncertain && !value.isExplicit
                ? Self.settled(column, comparedWith: value) : column
        }
        let mark = self.context.makeColumn("in")
        let membership = try zip(row, columns).map { try Self.compare(.equal, $0, $1) }
        var join = PendingJoin(kind: .mark, plan: Existence.withoutOrder(plan), membership: membership, mark: mark)
        if row.count > 1, let exact = try membershipInSteps(row, columns, membership, range) {
            join.membership = [exact]
            join.plainMembership = membership
        }
        context.subqueries.joins.append(join)
        return .column(mark, .bool)
    }

    /// A column of a compound after IN: SQLite gives all its values the affinity of the comparison with the last part.
    private static func settled(_ column: BoundExpression, comparedWith value: BoundExpression) -> BoundExpression {
        var bare = column
        bare.affinity = nil
        var result = column
        result.expression = applying(comparisonAffinity(value.affinity, column.affinity), to: bare)
        result.otherAffinities = []
        return result
    }

    /// Whether a row is among those of a subquery, as SQLite finds out where that is not plainly what comparing gives.
    ///
    /// SQLite looks the row up, and where it is not found compares value by value to tell unknown from false: then by
    /// the collation of the left side alone, and where one of its values is null without applying affinity to them.
    private func membershipInSteps(
        _ row: [BoundExpression], _ columns: [BoundExpression], _ membership: [Expression], _ range: SourceRange
    ) throws -> Expression? {
        let hasNull = Expression.or(row.map { .isNull($0.data) })
        var differs = false
        let steps = try zip(zip(row, columns), membership).map { pair, plain -> Expression in
            let (value, column) = pair
            if value.isExplicit || column.isExplicit { return plain }
            let affinity = Self.comparisonAffinity(value.affinity, column.affinity)
            let converted = Self.applying(affinity, to: value)
            let collation = value.collation ?? .binary
            if converted == value.data, Self.comparisonCollation(value, column) == collation { return plain }
            if value.isAffinityUncertain || column.isAffinityUncertain {
                throw EngineError.unsupported(
                    "IN of a row value in which \(value.columnName ?? "a value") is converted", at: position(range))
            }
            differs = true
            let other = Self.applying(affinity, to: column)
            let test = Self.compare(.equal, converted, other, collation: collation)
            if converted == value.data { return test }
            let raw = Self.compare(.equal, value.data, other, collation: collation)
            return .or([.and([hasNull, raw]), .and([.not(hasNull), test])])
        }
        guard differs else { return nil }
        let isFound = Expression.and(membership).isTrue
        return .or([isFound, .and(steps + [.literal(.null, .bool)])])
    }

    private func bindIn(
        _ row: [BoundExpression], list: [SyntaxExpression], _ range: SourceRange, _ context: ExpressionContext
    ) throws -> Expression {
        if row.count > 1 {
            let rows = try list.map { try bindRow($0, context) }
            for other in rows { try checkRows(row, other, range) }
            return .or(try rows.map { try Self.compareRows(.equal, row, Self.withoutAffinity($0)) })
        }
        let values = Self.withoutAffinity(try list.map { try bind($0, context) })
        if row[0].isExplicit || values.contains(where: \.isExplicit) || row[0].isAffinityUncertain {
            return .or(try values.map { try Self.compare(.equal, row[0], $0) })
        }
        let operand = Self.applying(row[0].affinity, to: row[0])
        let converted = values.map { folded(Self.applying(row[0].affinity, to: $0)) }
        return membership(of: operand, in: converted, collation: row[0].collation ?? .binary)
    }

    /// The values in a list count as expressions without affinity and collation, whatever they are.
    private static func withoutAffinity(_ values: [BoundExpression]) -> [BoundExpression] {
        values.map { value in
            var value = value
            value.affinity = nil
            value.otherAffinities = []
            value.collation = nil
            value.hasExplicitCollation = false
            return value
        }
    }

    private func membership(of operand: Expression, in values: [Expression], collation: Collation) -> Expression {
        let constants = values.filter { $0.literalValue != nil && !$0.isNullLiteral }
        var alternatives: [Expression] = []
        if constants.count == 1 || operand.isNullLiteral {
            alternatives = constants.map { Self.compare(.equal, operand, $0, collation: collation) }
        } else if !constants.isEmpty {
            alternatives = [Self.inList(operand, constants, collation)]
        }
        alternatives += values.filter { $0.literalValue == nil }.map {
            Self.compare(.equal, operand, $0, collation: collation)
        }
        if values.contains(where: \.isNullLiteral) { alternatives.append(.literal(.null, .bool)) }
        return alternatives.count == 1 ? alternatives[0] : .or(alternatives)
    }

    private static func inList(_ operand: Expression, _ constants: [Expression], _ collation: Collation) -> Expression {
        let isText = operand.type == .utf8View || operand.type == .any
        let sameType = constants.compactMap { constant -> Expression? in
            if constant.type == operand.type { return constant }
            switch (constant, operand.type) {
            case (.literal(.real(let real), _), .int64):
                return Int64(exactly: real).map { .literal(.integer($0), .int64) }
            case (.literal(.integer(let integer), _), .float64):
                let real = Double(integer)
                return Int64(exactly: real) == integer ? .literal(.real(real), .float64) : nil
            default: return nil
            }
        }
        if sameType.count == constants.count { return .inList(operand, sameType, isText ? collation : .binary) }
        return .inList(
            operand.represented(as: .any), constants.map { $0.represented(as: .any) }, isText ? collation : .binary)
    }

    /// Evaluates a constant expression now, where that is possible.
    func folded(_ expression: Expression) -> Expression {
        ConstantFolding(evaluate: evaluate).fold(expression)
    }
}

extension InSource {
    /// Whether its rows come from a query or a table.
    fileprivate var isQuery: Bool {
        switch self {
        case .select, .table: return true
        case .list(let values):
            guard values.count == 1, case .subquery = values[0].kind else { return false }
            return true
        case .function: return false
        }
    }
}
