import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    /// Binds a join; a right join becomes a left join with its sides swapped.
    ///
    /// - Parameter hasRightOrFull: whether the list of joins that this one belongs to has a RIGHT or FULL JOIN; nil for
    ///   the last join of a list.
    func bindJoin(_ join: TableJoin, _ scope: Scope, hasRightOrFull: Bool? = nil) throws -> BoundTables {
        if join.isAsOf { return try bindAsOfJoin(join, scope) }
        let hasRightOrFull = hasRightOrFull ?? TableExpression.join(join).hasRightOrFull
        let left = try bindLeft(join.left, scope, hasRightOrFull)
        if case .function(let function) = join.right,
            let bound = try bindLateralFunction(function, left, join, scope)
        {
            return bound
        }
        if case .subquery(let subquery) = join.right, subquery.isLateral {
            return try bindLateralSubquery(subquery, left, join, scope)
        }
        var right = try bindTables(join.right, scope)
        let keepsRight = join.kind == .right || join.kind == .full
        if left.hasOpenCondition, keepsRight {
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
        right.sources = try nested(right.sources, join.right.range)
        for index in right.sources.indices { right.sources[index].joinKind = kind }
        var conditions: [Expression] = []
        var constants = ConstantConditions()
        let subqueries = SubqueryCollector()
        switch join.constraint {
        case .using(let names):
            if join.isNatural { throw naturalConstraintError(join) }
            for name in names {
                conditions.append(try merge(name, left.sources, &right.sources, joinsAll: hasRightOrFull))
            }
        case .on(let condition):
            if join.isNatural { throw naturalConstraintError(join) }
            let inner = Scope(parent: scope.parent, commonTables: scope.commonTables)
            inner.sources = left.sources + right.sources
            (conditions, constants) = try bindJoinCondition(
                condition, inner, subqueries, left.plan.columnIDs.union(right.plan.columnIDs))
            if kind != .inner { try refuseMisread(condition, ExpressionContext(inner), left.plan, right.plan) }
        case nil:
            if join.isNatural {
                if left.sources.contains(where: { $0.item != nil }), right.sources.contains(where: { $0.item != nil }) {
                    // Columns whose names SQLite has numbered count as well.
                    throw EngineError.unsupported(
                        "NATURAL JOIN of joins in parentheses", at: position(join.right.range))
                }
                for name in commonNames(left.sources, right.sources) {
                    let identifier = Identifier(name, range: join.right.range)
                    conditions.append(try merge(identifier, left.sources, &right.sources, joinsAll: hasRightOrFull))
                }
            }
        }
        let plan = try joined(kind, left, right, conditions, subqueries, join)
        var result = BoundTables(plan: plan, sources: left.sources + right.sources)
        // Where such a condition is not true SQLite gives no row of the right side either.
        if keepsRight, !left.constantConditions.isEmpty { result.plan = .filter(plan, left.constantConditions) }
        result.constantConditions = left.constantConditions
        result.hasOpenCondition = left.hasOpenCondition || right.hasOpenCondition || !right.constantConditions.isEmpty
        if kind == .inner {
            result.constantConditions += constants.conditions
            result.hasOpenCondition = result.hasOpenCondition || constants.hasOpen
        }
        return result
    }

    /// The conditions of ON that read no column of the tables that are joined.
    struct ConstantConditions {
        var conditions: [Expression] = []
        /// Whether there are further ones of which it is open when SQLite tests them: those with subqueries, and those
        /// that name columns all the same.
        var hasOpen = false
    }

    /// Binds the condition of a join over `columns`, conjunct by conjunct.
    func bindJoinCondition(
        _ condition: SyntaxExpression, _ scope: Scope, _ subqueries: SubqueryCollector, _ columns: Set<ColumnID>
    ) throws -> (conditions: [Expression], constants: ConstantConditions) {
        var operands: [SyntaxExpression] = []
        Self.collectOperands(of: .and, condition, into: &operands)
        var conditions: [Expression] = []
        var constants = ConstantConditions()
        for operand in operands {
            let context = ExpressionContext(scope, subqueries: subqueries)
            context.isRowCondition = true
            let subqueryCount = subqueries.joins.count
            let bound = try bindCondition(operand, context).conjuncts
            conditions += bound
            let free = bound.filter { $0.columns.isDisjoint(with: columns) && folded($0) != .trueLiteral }
            let readsTables = context.scopesRead.contains { $0 === scope } || subqueries.joins.count > subqueryCount
            if readsTables {
                constants.hasOpen = constants.hasOpen || !free.isEmpty
            } else {
                constants.conditions += free
            }
        }
        return (conditions, constants)
    }

    private func bindLeft(_ table: TableExpression, _ scope: Scope, _ hasRightOrFull: Bool) throws -> BoundTables {
        switch table {
        case .join(let join): return try bindJoin(join, scope, hasRightOrFull: hasRightOrFull)
        case .parenthesized(let inner) where inner.alias == nil:
            return try bindLeft(inner.table, scope, hasRightOrFull)
        default: return try bindTables(table, scope)
        }
    }

    /// Refuses conditions of outer joins that SQLite 3.40 applies to the rows that the join keeps: a column of an outer
    /// query alone, where that query has window functions, and a pattern for the rowid.
    private func refuseMisread(
        _ condition: SyntaxExpression, _ context: ExpressionContext, _ left: LogicalPlan, _ right: LogicalPlan
    ) throws {
        var operands: [SyntaxExpression] = []
        Self.collectOperands(of: .and, condition, into: &operands)
        for operand in operands {
            switch operand.kind {
            case .column(let reference):
                guard let columns = try resolve(reference, context)?.expression.columns, !columns.isEmpty,
                    columns.isDisjoint(with: left.columnIDs), columns.isDisjoint(with: right.columnIDs)
                else { continue }
                throw EngineError.unsupported(
                    "column of an outer query as the condition of an outer join", at: position(operand.range))
            case .pattern(let match) where !match.isNegated:
                guard case .column(let reference) = match.value.kind,
                    let column = try resolve(reference, context)?.expression.columnID,
                    left.isRowID(column) || right.isRowID(column)
                else { continue }
                throw EngineError.unsupported(
                    "pattern for an INTEGER PRIMARY KEY as the condition of an outer join", at: position(operand.range))
            default: continue
            }
        }
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
        // The subqueries are evaluated for the rows of the side that may stay unmatched, so they may not read the
        // other.
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
    ///
    /// - Parameter joinsAll: whether the first value that is not null counts, of all columns of the name on the left,
    ///   as in a list of joins with a RIGHT or FULL one; otherwise that of the left-most table.
    func merge(
        _ name: Identifier, _ left: [ScopeSource], _ right: inout [ScopeSource], _ op: ComparisonOperator = .equal,
        joinsAll: Bool = false
    ) throws -> Expression {
        let folded = NameMatching.fold(name.name)
        // Of a join in parentheses, SQLite takes the first column of the name.
        var items: Set<Int> = []
        let sources = left.filter { source in
            source.columnsByName[folded] != nil && source.item.map { items.insert($0).inserted } ?? true
        }
        guard let place = right.firstIndex(where: { $0.columnsByName[folded] != nil }),
            let column = right[place].columnsByName[folded], let first = sources.first
        else {
            throw EngineError(
                .unknownName, "cannot join using column \(name.name) - column not present in both tables",
                at: position(name.range))
        }
        let mayBeNull = !right[place].columns[column].isNotNull || right[place].item != nil
        if mayBeNull, !joinsAll || sources.count == 1 { try refuseEqualNulls(name, folded, first, left) }
        if joinsAll, let other = sources.dropFirst().first(where: { !$0.mergedNames.contains(folded) }) {
            throw EngineError(
                .ambiguousName, "ambiguous reference to \(name.name) in USING()", at: position(name.range),
                hint: "it is a column of \(first.displayName) and of \(other.displayName)")
        }
        let values = sources.compactMap { source in source.columnsByName[folded].map { source.columns[$0].value } }
        let leftValue = joinsAll ? values.dropFirst().reduce(values[0]) { .coalescing($0, $1) } : values[0]
        let rightValue = right[place].columns[column].value
        right[place].columns[column].isOmitted = true
        for index in right.indices where right[index].columnsByName[folded] != nil {
            if !right[index].mergedNames.contains(folded) { right[index].mergedNames.append(folded) }
        }
        let joined = Scope(parent: nil, commonTables: nil)
        joined.sources = left + right
        return try Self.compare(
            op, joined.reading(leftValue, at: position(name.range)),
            joined.reading(rightValue, at: position(name.range)))
    }

    /// SQLite 3.40 takes NULLs for equal where USING reads a column declared NOT NULL of a table that an outer join has
    /// filled with them.
    private func refuseEqualNulls(
        _ name: Identifier, _ folded: String, _ source: ScopeSource, _ left: [ScopeSource]
    ) throws {
        guard let column = source.columnsByName[folded], source.columns[column].isNotNull else { return }
        let later = left.drop { $0.name != source.name || $0.item != source.item }.dropFirst()
        let isFilled = later.contains { $0.joinKind == .right || $0.joinKind == .full }
        guard isFilled || source.joinKind == .full || source.joinKind == .left else { return }
        throw EngineError.unsupported(
            "USING of the NOT NULL column \(name.name) after an outer join", at: position(name.range))
    }

    /// The columns of `*`, or of `table.*` over the named sources; those that USING merged appear once in `*`.
    func starColumns(_ sources: [ScopeSource], of table: String? = nil) -> [ScopeColumn] {
        var columns: [ScopeColumn] = []
        for (index, source) in sources.enumerated() where source.isNamed(table: table, schema: nil) {
            let later = sources[(index + 1)...].filter { $0.item == nil || $0.item != source.item }
            // Left of a RIGHT or FULL JOIN a merged column is the one that the bare name means.
            let isLeftOfOuter = later.contains { $0.joinKind == .right || $0.joinKind == .full }
            for column in source.columns where !column.isHidden {
                let folded = NameMatching.fold(column.name)
                if table == nil, column.isOmitted { continue }
                if isLeftOfOuter, later.contains(where: { $0.mergedNames.contains(folded) }),
                    var merged = try? mergedColumn(column.name, sources)
                {
                    merged.columnName = column.value.columnName
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

extension TableExpression {
    /// Whether one of the joins in this list is a RIGHT or FULL one, those in parentheses on the right side left out.
    fileprivate var hasRightOrFull: Bool {
        switch self {
        case .join(let join): join.kind == .right || join.kind == .full || join.left.hasRightOrFull
        case .parenthesized(let inner): inner.alias == nil && inner.table.hasRightOrFull
        default: false
        }
    }
}

extension LogicalPlan {
    /// Whether the column holds the rowids of a table that is scanned in this plan.
    fileprivate func isRowID(_ column: ColumnID) -> Bool {
        var isFound = false
        forEachScan { scan in
            let table = scan.provider.table
            guard let rowID = table.rowIDColumn ?? table.hiddenRowIDColumn,
                let place = scan.tableColumns.firstIndex(of: rowID)
            else { return }
            if scan.columns[place].id == column { isFound = true }
        }
        return isFound
    }
    /// Whether the column is no table's other column: a rowid, or a column of a subquery, which may be one.
    func mayBeRowID(_ column: ColumnID) -> Bool {
        var isTableColumn = false
        forEachScan { scan in
            if scan.columns.contains(where: { $0.id == column }) { isTableColumn = true }
        }
        return !isTableColumn || isRowID(column)
    }
}
