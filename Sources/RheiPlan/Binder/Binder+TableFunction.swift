import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    /// Binds a table function that stands first in FROM, so that its arguments may only read outer queries.
    func bindTableFunction(_ reference: TableFunctionReference, _ scope: Scope) throws -> BoundTables {
        let function = try tableFunction(reference)
        switch function.source {
        case .table(let open): return try bindTable(of: function, open, reference)
        case .rows(let rows):
            let nothing = BoundTables(plan: .values([[]], columns: []), sources: [])
            let expansion = try bindExpansion(rows, reference, nothing, scope)
            return BoundTables(plan: .expand(expansion.plan), sources: [expansion.source])
        }
    }

    /// Binds a join whose right side is a table function that may read the columns of the left side; nil where it is
    /// to be joined like a table.
    func bindLateralFunction(
        _ reference: TableFunctionReference, _ left: BoundTables, _ join: TableJoin, _ scope: Scope
    ) throws -> BoundTables? {
        guard case .rows(let rows) = try tableFunction(reference).source else { return nil }
        switch join.kind {
        case .right:
            // SQLite 3.40 gives rows of the function again that have been joined.
            throw EngineError.unsupported("table function on the right of a RIGHT JOIN", at: position(join.range))
        case .full: return nil
        case .comma, .inner, .cross, .left: break
        }
        if case .using = join.constraint { return nil }
        if join.isNatural { return nil }
        let bound = try bindExpansion(rows, reference, left, scope)
        var expansion = bound.plan
        expansion.keepsInput = join.kind == .left
        var source = try renamed(bound.source, reference.alias)
        source.joinKind = join.kind == .left ? .left : .inner
        var plan = LogicalPlan.expand(expansion)
        var constants = left.constantConditions
        var hasOpen = left.hasOpenCondition
        if case .on(let condition) = join.constraint {
            let inner = Scope(parent: scope.parent, commonTables: scope.commonTables)
            inner.sources = left.sources + [source]
            let subqueries = SubqueryCollector()
            let (conditions, own) = try bindJoinCondition(condition, inner, subqueries, plan.columnIDs)
            if join.kind != .left {
                constants += own.conditions
                hasOpen = hasOpen || own.hasOpen
            }
            if subqueries.joins.isEmpty {
                expansion.condition = conditions
                plan = .expand(expansion)
            } else if join.kind == .left {
                throw EngineError.unsupported(
                    "subquery in the ON clause of a table function", at: position(condition.range))
            } else {
                plan = .filter(subqueries.attach(to: plan), conditions)
            }
        }
        return BoundTables(
            plan: plan, sources: left.sources + [source], constantConditions: constants, hasOpenCondition: hasOpen)
    }

    private func tableFunction(_ reference: TableFunctionReference) throws -> TableFunction {
        let name = NameMatching.fold(reference.name.name.name)
        let range = position(reference.name.range)
        guard let function = try TableFunction.builtIn[name] ?? catalog.tableFunction(named: name) else {
            if name.hasPrefix("pragma_") || name == "flatten" {
                throw EngineError.unsupported("table function \(reference.name.name.name)", at: range)
            }
            throw EngineError(
                .unknownName, "no such table: \(reference.name.name.name)", at: range,
                hint: NameMatching.hint(for: name, among: Array(TableFunction.builtIn.keys)))
        }
        guard function.argumentCount.contains(reference.arguments.count) else {
            if reference.arguments.count > function.argumentCount.upperBound {
                throw EngineError(
                    .typeMismatch,
                    "too many arguments on \(name)() - max \(function.argumentCount.upperBound)", at: range)
            }
            throw EngineError.unsupported("\(name)() of \(reference.arguments.count) arguments", at: range)
        }
        return function
    }

    private func bindTable(
        of function: TableFunction, _ open: ([SQLValue]) throws -> any TableProvider,
        _ reference: TableFunctionReference
    ) throws -> BoundTables {
        let context = ExpressionContext(Scope(parent: nil, commonTables: nil))
        let values = try reference.arguments.map { argument in
            let folded = ConstantFolding(evaluate: evaluate).fold(try bind(argument, context).data)
            guard let value = folded.literalValue, context.subqueries.joins.isEmpty else {
                throw EngineError(
                    .typeMismatch, "the arguments of \(function.name)() must be constants",
                    at: position(argument.range))
            }
            return value
        }
        let provider = try open(values)
        let alias = reference.alias?.name.name ?? reference.name.name.name
        let bound = try scan(provider, alias: alias, schema: nil, reference.range)
        return BoundTables(plan: bound.plan, sources: [bound.source])
    }

    private func bindExpansion(
        _ function: RowFunction, _ reference: TableFunctionReference, _ left: BoundTables, _ scope: Scope
    ) throws -> (plan: LogicalExpansion, source: ScopeSource) {
        let inner = Scope(parent: scope.parent, commonTables: scope.commonTables)
        inner.sources = left.sources
        let context = ExpressionContext(inner)
        if function == .unnest {
            let bound = try bindUnnestTable(reference, left, context)
            return expansion(.unnest, bound, reference, context.subqueries.attach(to: left.plan), name: "unnest")
        }
        if let series = try bindTimestampSeries(function, reference, context) {
            return expansion(
                .timestampSeries, series, reference, context.subqueries.attach(to: left.plan),
                name: function.rawValue)
        }
        let arguments = try reference.arguments.map { argument in
            try argumentOf(function, try bind(argument, context), argument.range)
        }
        var columns: [PlanColumn] = []
        var scopeColumns: [ScopeColumn] = []
        for column in function.columns {
            let plain = PlanColumn(id: self.context.makeColumn(column.name), type: column.type)
            columns.append(plain)
            var value = BoundExpression(
                .column(plain.id, plain.type), affinity: column.affinity, collation: column.collation)
            value.columnName = column.name
            value.declaredType = column.declaredType
            scopeColumns.append(ScopeColumn(name: column.name, value: value, isHidden: column.isHidden))
        }
        if function == .jsonEach || function == .jsonTree {
            self.context.jsonMarks[columns[1].id] = .element(type: .column(columns[2].id, columns[2].type))
        }
        let expansion = LogicalExpansion(
            input: context.subqueries.attach(to: left.plan), function: function, arguments: arguments,
            functionColumns: Array(columns.indices), columns: columns)
        let name = reference.alias?.name.name ?? reference.name.name.name
        return (expansion, ScopeSource(name: name, columns: scopeColumns))
    }

    /// Brings an argument into the type that the function takes.
    private func argumentOf(
        _ function: RowFunction, _ argument: BoundExpression, _ range: SourceRange
    ) throws -> Expression {
        switch function {
        case .jsonEach, .jsonTree: return Self.cast(argument.data, to: .text)
        case .unnest, .timestampSeries: return argument.expression
        case .generateSeries, .range:
            if argument.data.type == .float64 {
                throw EngineError.unsupported("\(function.rawValue)() of REAL", at: position(range))
            }
            return Self.cast(argument.data, to: .integer)
        }
    }
}
