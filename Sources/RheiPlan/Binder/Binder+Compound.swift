import RheiArrow
import RheiCore
import RheiSQL

/// UNION, UNION ALL, INTERSECT and EXCEPT, and the DISTINCT of one SELECT.
extension Binder {
    /// Binds operands and puts them together from left to right; `isOrdered` tells whether an ORDER BY follows.
    func bindCompound(
        _ body: SelectBody, isOrdered: Bool, _ outer: Scope?, _ frame: CommonTableFrame?
    ) throws -> BoundBody {
        var first = body
        var steps: [(op: CompoundOperator, right: SelectBody)] = []
        while case .compound(let op, let left, let right) = first {
            steps.append((op, right))
            first = left
        }
        steps.reverse()
        // SQLite leaves out the DISTINCT of the operands from the first to that of the last operator which compares
        // rows: it does not choose among values that compare as equal and differ. With ORDER BY it sorts and compares
        // each.
        let lastCompared = isOrdered ? nil : steps.lastIndex { $0.op != .unionAll }
        if lastCompared != nil { first = Self.withoutDistinct(first) }
        let start = try bindBody(first, outer, frame)
        var matchers = start.matchers
        var inputs = [start.query]
        var isDistinct = false
        for (number, step) in steps.enumerated() {
            let isCompared = lastCompared.map { number <= $0 } ?? false
            var right = try bindBody(isCompared ? Self.withoutDistinct(step.right) : step.right, outer, frame)
            matchers += right.matchers
            guard right.query.columns.count == inputs[0].columns.count else {
                throw EngineError(
                    .typeMismatch,
                    "SELECTs to the left and right of \(step.op.rawValue) do not have the same number of result columns",
                    at: position(step.right.range))
            }
            if case .values(let rows) = step.right, rows.count > 1 { try readAsSubquery(&right.query) }
            switch step.op {
            case .union:
                inputs.append(right.query)
                isDistinct = true
            case .unionAll:
                if isDistinct { inputs = [try distinct(try unionAll(inputs), "UNION")] }
                isDistinct = false
                inputs.append(right.query)
            case .intersect, .except:
                var left = try unionAll(inputs)
                if isDistinct { left = try distinct(left, "UNION") }
                isDistinct = false
                inputs = [try combine(step.op, left, right.query)]
            }
        }
        var result = try unionAll(inputs)
        if isDistinct { result = try distinct(result, "UNION") }
        return BoundBody(query: result, matchers: matchers)
    }

    private static func withoutDistinct(_ operand: SelectBody) -> SelectBody {
        guard case .core(var core) = operand, core.distinctOn.isEmpty else { return operand }
        core.isDistinct = false
        return .core(core)
    }

    /// SQLite reads several rows of VALUES to the right of an operator as a subquery, with the affinity and the
    /// collation of their first row; a column of a subquery always has a collation.
    private func readAsSubquery(_ values: inout BoundQuery) throws {
        for index in values.columns.indices {
            let collation = values.columns[index].firstCollation ?? .binary
            values.columns[index].collation = collation
            values.columns[index].hasExplicitCollation = false
            values.columns[index].lastCollation = (collation, false)
        }
        for column in values.columns where column.type == .any && !column.otherAffinities.isEmpty {
            guard column.affinity == .real || column.otherAffinities.contains(.real) else { continue }
            throw EngineError.unsupported("compound column of different affinities (\(column.name))")
        }
    }

    /// Concatenates results; columns of different types meet in `any`.
    func unionAll(_ parts: [BoundQuery]) throws -> BoundQuery {
        if parts.count == 1 { return parts[0] }
        var columns = parts[0].columns
        for index in columns.indices {
            let values = parts.map { BoundExpression($0.columns[index]) }
            columns[index].id = context.makeColumn(columns[index].name)
            columns[index].type = TypeRules.common(values.map(\.type))
            columns[index].mayMixNumbers = TypeRules.mayMix(values)
            columns[index].setAffinityDoubts(of: values)
            columns[index].collation = values.lazy.compactMap(\.collation).first
            columns[index].hasExplicitCollation = false
            columns[index].lastCollation = parts[parts.count - 1].columns[index].lastCollation
            columns[index].lastAffinity = parts[parts.count - 1].columns[index].lastAffinity
        }
        let inputs = parts.map { part in
            LogicalPlan.project(
                part.plan,
                zip(part.columns, columns).map { source, target in
                    ProjectedColumn(
                        id: context.makeColumn(target.name),
                        expression: Expression.column(source.id, source.type).represented(as: target.type))
                })
        }
        return BoundQuery(plan: .unionAll(inputs, columns: columns.map(\.planColumn)), columns: columns)
    }

    /// Removes duplicates. Of values that compare as equal and differ the first is shown where the order of the rows is
    /// known; elsewhere it is an error that there are such values.
    func distinct(_ query: BoundQuery, _ construct: String) throws -> BoundQuery {
        var nothing: [PlanColumn] = []
        return try distinct(query, construct, inOrder: construct == "DISTINCT", showing: &nothing)
    }

    /// - Parameters:
    ///   - inOrder: whether SQLite meets the rows in the order of their table.
    ///   - shown: further columns, of which the result has those of the rows that stay.
    func distinct(
        _ query: BoundQuery, _ construct: String, inOrder: Bool, showing shown: inout [PlanColumn]
    ) throws -> BoundQuery {
        if query.plan.isAtMostOneRow { return query }
        if !shown.isEmpty || query.columns.contains(where: isAmbiguous) {
            return distinctShowingOne(query, inOrder: inOrder, showing: &shown)
        }
        let exact = LogicalPlan.project(query.plan, exactly: query.columns, context)
        var columns = query.columns
        for index in columns.indices { columns[index].id = exact.columns[index].id }
        let keys = exact.columns.map { ProjectedColumn($0) }
        return BoundQuery(
            plan: .aggregate(LogicalAggregate(input: exact.plan, keys: keys, aggregates: [])), columns: columns)
    }

    private func isAmbiguous(_ column: OutputColumn) -> Bool {
        isAmbiguous(BoundExpression(column), under: column.collation ?? .binary)
    }

    /// Removes duplicates where values that compare as equal differ: of equal rows the first is shown, or the one value
    /// that they must have.
    private func distinctShowingOne(
        _ query: BoundQuery, inOrder: Bool, showing others: inout [PlanColumn]
    ) -> BoundQuery {
        let (plan, order) = inOrder ? query.plan.exposingTableOrder() : (query.plan, .open)
        var columns = query.columns
        var keys: [ProjectedColumn] = []
        var shown: [AggregateColumn] = []
        for index in columns.indices {
            let value = Expression.column(columns[index].id, columns[index].type)
            let key = CollationFolding.fold(value, columns[index].collation ?? .binary)
            let id = context.makeColumn(columns[index].name)
            if isAmbiguous(columns[index]) {
                keys.append(ProjectedColumn(id: context.makeColumn("key"), expression: key))
                shown.append(AggregateColumn(id: id, call: order.first(value)))
            } else {
                keys.append(ProjectedColumn(id: id, expression: value))
            }
            columns[index].id = id
        }
        for index in others.indices {
            let value = Expression.column(others[index].id, others[index].type)
            others[index] = context.makeColumn(like: others[index])
            shown.append(AggregateColumn(id: others[index].id, call: order.first(value)))
        }
        let grouped = LogicalAggregate(input: plan, keys: keys, aggregates: shown)
        return BoundQuery(plan: .aggregate(grouped), columns: columns)
    }

    private func combine(_ op: CompoundOperator, _ left: BoundQuery, _ right: BoundQuery) throws -> BoundQuery {
        var left = left
        for index in left.columns.indices {
            left.columns[index].setAffinityDoubts(
                of: [BoundExpression(left.columns[index]), BoundExpression(right.columns[index])])
            left.columns[index].lastCollation = right.columns[index].lastCollation
            left.columns[index].lastAffinity = right.columns[index].lastAffinity
            if left.columns[index].collation == nil { left.columns[index].collation = right.columns[index].collation }
        }
        let conditions = zip(left.columns, right.columns).map { first, second in
            Self.compare(
                .isNotDistinct, .column(first.id, first.type), .column(second.id, second.type),
                collation: first.collation ?? .binary)
        }
        let kind: JoinKind = op == .intersect ? .semi : .anti
        left.plan = .join(LogicalJoin(kind, left.plan, right.plan, on: conditions))
        return try distinct(left, op.rawValue)
    }
}

extension OutputColumn {
    /// Takes over what is open about the affinity when the values of several parts meet in one column.
    mutating func setAffinityDoubts(of parts: [BoundExpression]) {
        otherAffinities = Set(parts.flatMap(\.possibleAffinities))
        otherAffinities.remove(affinity)
        mayLeaveAffinity = parts.contains(where: \.mayLeaveAffinity)
    }
}
