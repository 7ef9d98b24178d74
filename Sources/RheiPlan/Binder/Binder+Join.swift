import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    /// Binds a join; a right join becomes a left join with its sides swapped.
    func bindJoin(_ join: TableJoin, _ scope: Scope) throws -> BoundTables {
        if join.isAsOf { return try bindAsOfJoin(join, scope) }
        let left = try bindTables(join.left, scope)
        if case .function(let function) = join.right,
            let bound = try bindLateralFunction(function, left, join, scope)
        {
            return bound
        }
        if case .subquery(let subquery) = join.right, subquery.isLateral {
            return try bindLateralSubquery(subquery, left, join, scope)
        }
        var right = try bindTables(join.right, scope)
        if left.hasConstantInnerCondition, join.kind == .right || join.kind == .full {
            // SQLite tests such a condition once for the whole query and then gives no row of the right side either.
            throw EngineError.unsupported(
                "constant condition of a join before a \(join.kind == .full ? "FULL" : "RIGHT") JOIN",
                at: position(join.range))
        }
        let kind: JoinKind =
            switch join.kind {
            case .comma, .inner, .cross: .inner
            case .left: .left
            case .right: .right
            case .full: .full
            }
        try refuseNestedJoin(join, right.sources)
        if right.sources.count > 1 { Self.nameResults(of: &right.sources) }
        for index in right.sources.indices { right.sources[index].joinKind = kind }
        var conditions: [Expression] = []
        var subqueries = SubqueryCollector()
        switch join.constraint {
        case .using(let names):
            if join.isNatural { throw naturalConstraintError(join) }
            for name in names { conditions.append(try merge(name, left.sources, &right.sources)) }
        case .on(let condition):
            if join.isNatural { throw naturalConstraintError(join) }
            let inner = Scope(parent: scope.parent, commonTables: scope.commonTables)
            inner.sources = left.sources + right.sources
            let context = ExpressionContext(inner)
            conditions = try bindCondition(condition, context).conjuncts
            subqueries = context.subqueries
        case nil:
            if join.isNatural {
                for name in commonNames(left.sources, right.sources) {
                    let identifier = Identifier(name, range: join.right.range)
                    conditions.append(try merge(identifier, left.sources, &right.sources))
                }
            }
        }
        let plan = try joined(kind, left, right, conditions, subqueries, join)
        let hasConstant = kind == .inner && conditions.contains { $0.columns.isEmpty }
        return BoundTables(
            plan: plan, sources: left.sources + right.sources,
            hasConstantInnerCondition: hasConstant || left.hasConstantInnerCondition || right.hasConstantInnerCondition)
    }

    /// SQLite reads a join in parentheses on the right side as a subquery; where USING or NATURAL merges columns of it,
    /// which one a name means follows rules of its own.
    private func refuseNestedJoin(_ join: TableJoin, _ sources: [ScopeSource]) throws {
        guard sources.count > 1 else { return }
        var isAmbiguous = join.isNatural || sources.contains { !$0.mergedNames.isEmpty }
        if case .using = join.constraint { isAmbiguous = true }
        if isAmbiguous {
            throw EngineError.unsupported(
                "USING or NATURAL beside a join in parentheses", at: position(join.right.range))
        }
    }

    /// As results, columns of a join in parentheses are called as those of a subquery, no two alike.
    private static func nameResults(of sources: inout [ScopeSource]) {
        let columns = sources.indices.flatMap { source in
            sources[source].columns.indices.filter { !sources[source].columns[$0].isHidden }.map { (source, $0) }
        }
        let names = ResultNames.unique(
            columns.map { sources[$0].columns[$1].value.columnName ?? sources[$0].columns[$1].name })
        for ((source, column), name) in zip(columns, names) { sources[source].columns[column].value.columnName = name }
    }

    private func naturalConstraintError(_ join: TableJoin) -> EngineError {
        EngineError(.syntax, "a NATURAL join may not have an ON or USING clause", at: position(join.range))
    }

    private func joined(
        _ kind: JoinKind, _ left: BoundTables, _ right: BoundTables, _ conditions: [Expression],
        _ subqueries: SubqueryCollector, _ join: TableJoin
    ) throws -> LogicalPlan {
        if subqueries.joins.isEmpty {
            return kind == .right
                ? .join(LogicalJoin(.left, right.plan, left.plan, on: conditions))
                : .join(LogicalJoin(kind, left.plan, right.plan, on: conditions))
        }
        if kind == .inner {
            return .filter(subqueries.attach(to: .join(LogicalJoin(.inner, left.plan, right.plan))), conditions)
        }
        // The subqueries are evaluated for the rows of the side that may stay unmatched, so they may not read the other.
        let kept = (kind == .right ? right.plan : left.plan).columnIDs
        var read = Set<ColumnID>()
        for pending in subqueries.joins {
            read.formUnion(pending.plan.freeColumns)
            for expression in pending.membership + pending.condition { expression.collectColumns(into: &read) }
        }
        guard kind != .full, read.isDisjoint(with: kept) else {
            return try joinedRowByRow(kind, left.plan, right.plan, conditions, subqueries, join)
        }
        return kind == .right
            ? .join(LogicalJoin(.left, right.plan, subqueries.attach(to: left.plan), on: conditions))
            : .join(LogicalJoin(.left, left.plan, subqueries.attach(to: right.plan), on: conditions))
    }

    /// An outer join whose condition holds subqueries over both sides: for each row of the kept side the rows of the
    /// other side that satisfy the condition, and for FULL also the rows of that side that satisfy it with none.
    private func joinedRowByRow(
        _ kind: JoinKind, _ left: LogicalPlan, _ right: LogicalPlan, _ conditions: [Expression],
        _ subqueries: SubqueryCollector, _ join: TableJoin
    ) throws -> LogicalPlan {
        let dependent = { (kind: JoinKind, kept: LogicalPlan, other: LogicalPlan) in
            LogicalPlan.join(
                LogicalJoin(
                    kind, kept, .filter(subqueries.attach(to: other), conditions).exactly(other.columns),
                    isDependent: true))
        }
        switch kind {
        case .right: return dependent(.left, right, left)
        case .full: break
        default: return dependent(.left, left, right)
        }
        guard left.freeColumns.isEmpty, right.freeColumns.isEmpty else {
            throw EngineError.unsupported(
                "correlated subquery in the ON clause of a FULL JOIN", at: position(join.range))
        }
        let columns = left.columns + right.columns
        let sharedLeft = context.share(left)
        let sharedRight = context.share(right)
        let readLeft = LogicalPlan.shared(sharedLeft, columns: left.columns)
        let readRight = LogicalPlan.shared(sharedRight, columns: right.columns)
        let alone = dependent(.anti, readRight, readLeft)
        let padded = columns.map { column in
            ProjectedColumn(
                id: context.makeColumn(like: column).id,
                expression: right.columnIDs.contains(column.id)
                    ? .column(column.id, column.type) : .literal(.null, column.type))
        }
        let parts = [dependent(.left, readLeft, readRight).exactly(columns), .project(alone, padded)]
        let result = columns.map { context.makeColumn(like: $0) }
        for (column, copy) in zip(columns, result) where context.unmixedColumns.contains(column.id) {
            context.unmixedColumns.insert(copy.id)
        }
        // The result takes the names of the inputs' columns again.
        return .project(
            .unionAll(parts, columns: result),
            zip(columns, result).map { ProjectedColumn(id: $0.id, expression: .column($1.id, $1.type)) })
    }

    /// The columns of the right side whose names the left side has too, for NATURAL.
    private func commonNames(_ left: [ScopeSource], _ right: [ScopeSource]) -> [String] {
        var names: [String] = []
        for column in right.flatMap(\.columns) where !column.isHidden {
            let folded = NameMatching.fold(column.name)
            let isShared = left.contains { source in
                source.columnsByName[folded].map { !source.columns[$0].isHidden } ?? false
            }
            if isShared, !names.contains(where: { NameMatching.equal($0, column.name) }) { names.append(column.name) }
        }
        return names
    }

    /// Equates a column of USING with the one of the same name on the left, and marks it as merged.
    func merge(
        _ name: Identifier, _ left: [ScopeSource], _ right: inout [ScopeSource], _ op: ComparisonOperator = .equal
    ) throws -> Expression {
        let folded = NameMatching.fold(name.name)
        let reference = ColumnReference(column: name)
        let rightScope = Scope(parent: nil, commonTables: nil)
        rightScope.sources = right
        let leftScope = Scope(parent: nil, commonTables: nil)
        leftScope.sources = left
        guard right.contains(where: { $0.columnsByName[folded] != nil }),
            left.contains(where: { $0.columnsByName[folded] != nil }),
            case .column(let rightValue) = try rightScope.match(reference)
        else {
            throw EngineError(
                .unknownName, "cannot join using column \(name.name) - column not present in both tables",
                at: position(name.range))
        }
        let leftValue: BoundExpression
        if left.contains(where: { $0.joinKind == .right || $0.joinKind == .full }) {
            try refuseEqualNulls(name, folded, left)
            guard case .column(let value) = try leftScope.match(reference) else {
                throw EngineError.unsupported("USING (\(name.name)) after an outer join", at: position(name.range))
            }
            leftValue = value
        } else {
            // Without outer joins to the left, SQLite takes the left-most table that has the column.
            guard let source = left.first(where: { $0.columnsByName[folded] != nil }),
                let index = source.columnsByName[folded]
            else { throw EngineError.unsupported("USING (\(name.name))", at: position(name.range)) }
            leftValue = source.columns[index].value
        }
        for index in right.indices where right[index].columnsByName[folded] != nil {
            right[index].mergedNames.insert(folded)
        }
        let joined = Scope(parent: nil, commonTables: nil)
        joined.sources = left + right
        return try Self.compare(
            op, joined.reading(leftValue, at: position(name.range)),
            joined.reading(rightValue, at: position(name.range)))
    }

    /// SQLite 3.40 takes NULLs for equal where USING reads a column declared NOT NULL of a table that a RIGHT or FULL
    /// JOIN has filled with them.
    private func refuseEqualNulls(_ name: Identifier, _ folded: String, _ left: [ScopeSource]) throws {
        for (index, source) in left.enumerated() {
            guard let column = source.columnsByName[folded], source.columns[column].isNotNull else { continue }
            let isFilled = left[(index + 1)...].contains { $0.joinKind == .right || $0.joinKind == .full }
            if isFilled || source.joinKind == .full {
                throw EngineError.unsupported(
                    "USING of the NOT NULL column \(name.name) after a RIGHT or FULL JOIN", at: position(name.range))
            }
        }
    }

    /// The columns of `*`, or of `table.*` over the named sources; those that USING merged appear once in `*`.
    func starColumns(_ sources: [ScopeSource], of table: String? = nil) -> [ScopeColumn] {
        var columns: [ScopeColumn] = []
        for (index, source) in sources.enumerated() where source.isNamed(table: table, schema: nil) {
            let later = sources[(index + 1)...]
            // Left of a RIGHT or FULL JOIN a merged column is the one that the bare name means.
            let isLeftOfOuter = later.contains { $0.joinKind == .right || $0.joinKind == .full }
            for column in source.columns where !column.isHidden {
                let folded = NameMatching.fold(column.name)
                if table == nil, source.mergedNames.contains(folded) { continue }
                if isLeftOfOuter, later.contains(where: { $0.mergedNames.contains(folded) }),
                    let merged = try? mergedColumn(column.name, sources)
                {
                    columns.append(ScopeColumn(name: column.name, value: merged))
                } else {
                    columns.append(column)
                }
            }
        }
        return columns
    }

    private func mergedColumn(_ name: String, _ sources: [ScopeSource]) throws -> BoundExpression? {
        let scope = Scope(parent: nil, commonTables: nil)
        scope.sources = sources
        let reference = ColumnReference(column: Identifier(name, range: SourceRange(0, 0)))
        if case .column(let value) = try scope.match(reference) { return value }
        return nil
    }
}
