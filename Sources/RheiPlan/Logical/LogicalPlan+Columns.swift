import RheiArrow

extension LogicalPlan {
    /// The output columns, in order.
    package var columns: [PlanColumn] {
        switch self {
        case .scan(let scan): scan.columns
        case .values(_, let columns), .unionAll(_, let columns), .shared(_, let columns): columns
        case .filter(let input, _), .sort(let input, _), .limit(let input, _, _): input.columns
        case .project(_, let columns): columns.map(\.column)
        case .aggregate(let aggregate): aggregate.keys.map(\.column) + aggregate.aggregates.map(\.column)
        case .window(let window): window.input.columns + window.functions.map(\.column)
        case .join(let join): join.columns
        case .expand(let expansion): expansion.input.columns + expansion.columns
        case .recursion(let recursion): recursion.columns
        }
    }

    /// The ids of the output columns.
    package var columnIDs: Set<ColumnID> {
        var ids = Set<ColumnID>()
        collectColumnIDs(into: &ids)
        return ids
    }

    private func collectColumnIDs(into ids: inout Set<ColumnID>) {
        switch self {
        case .filter(let input, _), .sort(let input, _), .limit(let input, _, _):
            input.collectColumnIDs(into: &ids)
        case .join(let join):
            join.left.collectColumnIDs(into: &ids)
            if join.kind.yieldsRight { join.right.collectColumnIDs(into: &ids) }
            if let mark = join.mark { ids.insert(mark) }
        case .expand(let expansion):
            expansion.input.collectColumnIDs(into: &ids)
            for column in expansion.columns { ids.insert(column.id) }
        case .window(let window):
            window.input.collectColumnIDs(into: &ids)
            for function in window.functions { ids.insert(function.id) }
        default: for column in columns { ids.insert(column.id) }
        }
    }

    /// Whether a column is among the output columns; asks without gathering them.
    func yields(_ id: ColumnID) -> Bool {
        switch self {
        case .filter(let input, _), .sort(let input, _), .limit(let input, _, _): input.yields(id)
        case .join(let join):
            join.left.yields(id) || (join.kind.yieldsRight && join.right.yields(id)) || join.mark == id
        default: columns.contains { $0.id == id }
        }
    }

    /// The inputs, left before right.
    package var inputs: [LogicalPlan] {
        switch self {
        case .scan, .values, .shared: []
        case .filter(let input, _), .sort(let input, _), .limit(let input, _, _), .project(let input, _): [input]
        case .aggregate(let aggregate): [aggregate.input]
        case .window(let window): [window.input]
        case .join(let join): [join.left, join.right]
        case .expand(let expansion): [expansion.input]
        case .unionAll(let inputs, _): inputs
        case .recursion(let recursion): [recursion.start, recursion.step]
        }
    }

    /// Returns the same operator over other inputs, which yield at least the columns of the old ones.
    package func mapInputs(_ transform: (LogicalPlan) throws -> LogicalPlan) rethrows -> LogicalPlan {
        switch self {
        case .scan, .values, .shared: return self
        case .filter(let input, let conditions): return .filter(try transform(input), conditions)
        case .sort(let input, let keys): return .sort(try transform(input), keys)
        case .limit(let input, let limit, let offset): return .limit(try transform(input), limit: limit, offset: offset)
        case .project(let input, let columns): return .project(try transform(input), columns)
        case .aggregate(var aggregate):
            aggregate.input = try transform(aggregate.input)
            return .aggregate(aggregate)
        case .window(var window):
            window.input = try transform(window.input)
            return .window(window)
        case .join(var join):
            join.left = try transform(join.left)
            join.right = try transform(join.right)
            return .join(join)
        case .expand(var expansion):
            expansion.input = try transform(expansion.input)
            return .expand(expansion)
        case .unionAll(let inputs, let columns):
            return .unionAll(try inputs.map { try transform($0).exactly($0.columns) }, columns: columns)
        case .recursion(var recursion):
            recursion.start = try transform(recursion.start).exactly(recursion.start.columns)
            recursion.step = try transform(recursion.step).exactly(recursion.step.columns)
            return .recursion(recursion)
        }
    }

    /// Projects to these columns in this order, unless that is what the plan yields: for readers by position.
    package func exactly(_ wanted: [PlanColumn]) -> LogicalPlan {
        columns.map(\.id) == wanted.map(\.id) ? self : .project(self, wanted.map { ProjectedColumn($0) })
    }

    /// Returns the same operator with its own expressions rewritten (not those of its inputs).
    package func mapOwnExpressions(_ transform: (Expression) throws -> Expression) rethrows -> LogicalPlan {
        switch self {
        case .scan, .shared, .limit, .unionAll, .recursion: return self
        case .values(let rows, let columns): return .values(try rows.map { try $0.map(transform) }, columns: columns)
        case .filter(let input, let conditions): return .filter(input, try conditions.map(transform))
        case .sort(let input, let keys):
            return .sort(input, try keys.map { try $0.mapped(transform) })
        case .project(let input, let columns): return .project(input, try columns.map { try $0.mapped(transform) })
        case .aggregate(var aggregate):
            aggregate.keys = try aggregate.keys.map { try $0.mapped(transform) }
            aggregate.aggregates = try aggregate.aggregates.map { try $0.mapped(transform) }
            return .aggregate(aggregate)
        case .window(var window):
            window.keys = try window.keys.map { try $0.mapped(transform) }
            window.functions = try window.functions.map { try $0.mapped(transform) }
            return .window(window)
        case .join(var join):
            join.condition = try join.condition.map(transform)
            join.membership = try join.membership.map(transform)
            join.nearest = try join.nearest?.mapped(transform)
            return .join(join)
        case .expand(var expansion):
            expansion.arguments = try expansion.arguments.map(transform)
            expansion.condition = try expansion.condition.map(transform)
            return .expand(expansion)
        }
    }

    /// Rewrites every expression of the plan; shared subplans are left alone.
    package func mapExpressions(_ transform: (Expression) throws -> Expression) rethrows -> LogicalPlan {
        try mapInputs { try $0.mapExpressions(transform) }.mapOwnExpressions(transform)
    }

    /// Calls `visit` for the operator's own expressions.
    package func forEachOwnExpression(_ visit: (Expression) -> Void) {
        switch self {
        case .scan, .shared, .limit, .unionAll, .recursion: break
        case .values(let rows, _): rows.forEach { $0.forEach(visit) }
        case .filter(_, let conditions): conditions.forEach(visit)
        case .sort(_, let keys): keys.forEach { visit($0.expression) }
        case .project(_, let columns): columns.forEach { visit($0.expression) }
        case .aggregate(let aggregate):
            aggregate.keys.forEach { visit($0.expression) }
            for column in aggregate.aggregates {
                column.call.arguments.forEach(visit)
                if let filter = column.call.filter { visit(filter) }
            }
        case .window(let window):
            window.keys.forEach { visit($0.expression) }
            for function in window.functions { function.call.expressions.forEach(visit) }
        case .join(let join):
            join.condition.forEach(visit)
            join.membership.forEach(visit)
            if let key = join.nearest { visit(key.expression) }
        case .expand(let expansion):
            expansion.arguments.forEach(visit)
            expansion.condition.forEach(visit)
        }
    }

    /// The columns that the plan reads without producing them: those of an outer query.
    package var freeColumns: Set<ColumnID> {
        var read = Set<ColumnID>()
        var produced = Set<ColumnID>()
        collectReadAndProduced(read: &read, produced: &produced)
        return read.subtracting(produced)
    }

    private func collectReadAndProduced(read: inout Set<ColumnID>, produced: inout Set<ColumnID>) {
        forEachOwnExpression { $0.collectColumns(into: &read) }
        if case .project(_, let columns) = self {
            // A column passed through is produced below, or belongs to an outer query.
            for column in columns where !column.isPassedThrough { produced.insert(column.id) }
        } else if case .aggregate(let aggregate) = self {
            for key in aggregate.keys where !key.isPassedThrough { produced.insert(key.id) }
            for column in aggregate.aggregates { produced.insert(column.id) }
        } else if case .window(let window) = self {
            for function in window.functions { produced.insert(function.id) }
        } else if case .join(let join) = self {
            if let mark = join.mark { produced.insert(mark) }
        } else if case .expand(let expansion) = self {
            for column in expansion.columns { produced.insert(column.id) }
        } else if inputs.isEmpty || isPositional {
            for column in columns { produced.insert(column.id) }
        }
        for input in inputs { input.collectReadAndProduced(read: &read, produced: &produced) }
    }

    /// Whether the output columns have ids of their own that stand for the inputs' columns by position.
    private var isPositional: Bool {
        switch self {
        case .unionAll, .recursion: true
        default: false
        }
    }
}

extension LogicalJoin {
    /// The output columns, in order.
    package var columns: [PlanColumn] {
        left.columns + (kind.yieldsRight ? right.columns : []) + (mark.map { [PlanColumn(id: $0, type: .bool)] } ?? [])
    }
}

extension JoinKind {
    /// Whether the right side's columns are part of the output.
    package var yieldsRight: Bool {
        switch self {
        case .inner, .left, .right, .full, .single: true
        case .semi, .anti, .mark: false
        }
    }

    /// Whether every left row appears in the output, at least once.
    package var keepsLeft: Bool {
        switch self {
        case .left, .full, .single, .mark: true
        case .inner, .right, .semi, .anti: false
        }
    }
}

extension ProjectedColumn {
    func mapped(_ transform: (Expression) throws -> Expression) rethrows -> ProjectedColumn {
        ProjectedColumn(id: id, expression: try transform(expression))
    }
}

extension AggregateColumn {
    func mapped(_ transform: (Expression) throws -> Expression) rethrows -> AggregateColumn {
        var column = self
        column.call.arguments = try call.arguments.map(transform)
        column.call.filter = try call.filter.map(transform)
        return column
    }
}
