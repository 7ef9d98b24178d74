import RheiArrow
import RheiCore
import RheiSQL

/// A part of FROM: its plan and the sources it brings into scope, left to right.
struct BoundTables {
    var plan: LogicalPlan
    var sources: [ScopeSource]
    /// The conditions of inner joins in it that read no column of the tables they join. SQLite tests them once, for the
    /// whole of FROM.
    var constantConditions: [Expression] = []
    /// Whether it has further ones of which it is open when SQLite tests them.
    var hasOpenCondition = false
}

extension Binder {
    /// Binds what stands in FROM. `scope` is the scope of the SELECT itself, whose parent subqueries may read.
    func bindTables(_ table: TableExpression, _ scope: Scope) throws -> BoundTables {
        switch table {
        case .table(let reference):
            let point = try reference.asOf.map(bindHistoryPoint) ?? asOf
            let bound = try bindTable(
                named: reference.name, alias: reference.alias?.name.name, outer: scope, asOf: point)
            return BoundTables(plan: bound.plan, sources: [try renamed(bound.source, reference.alias)])
        case .function(let function):
            return try renamed(try bindTableFunction(function, scope), function.alias)
        case .subquery(let subquery): return try bindSubquery(subquery, outer: scope.parent, scope.commonTables)
        case .parenthesized(let table):
            return try bindParenthesized(table, scope)
        case .join(let join): return try bindJoin(join, scope)
        case .reshaped(let reshaped): return try bindReshaped(reshaped, scope)
        }
    }

    /// Binds a subquery in FROM; `outer` is what it may read: a LATERAL one also the tables to its left.
    func bindSubquery(
        _ subquery: SubqueryReference, outer: Scope?, _ frame: CommonTableFrame?
    ) throws -> BoundTables {
        fromDepth += 1
        defer { fromDepth -= 1 }
        let query = try bindQuery(subquery.select, outer: outer, commonTables: frame)
        return try renamed(derivedTable(query, alias: subquery.alias?.name.name), subquery.alias)
    }

    private func renamed(_ tables: BoundTables, _ alias: TableAlias?) throws -> BoundTables {
        var tables = tables
        tables.sources = try tables.sources.map { try renamed($0, alias) }
        return tables
    }

    /// Gives the first columns of a source the names that stand after its alias.
    func renamed(_ source: ScopeSource, _ alias: TableAlias?) throws -> ScopeSource {
        guard let alias, !alias.columns.isEmpty else { return source }
        let visible = source.columns.indices.filter { !source.columns[$0].isHidden }
        guard alias.columns.count <= visible.count else {
            throw EngineError(
                .typeMismatch,
                "table \(alias.name.name) has \(visible.count) columns, but \(alias.columns.count) names are given",
                at: position(alias.name.range))
        }
        var columns = source.columns
        for (index, name) in zip(visible, alias.columns) {
            columns[index].name = name.name
            columns[index].value.columnName = name.name
        }
        return ScopeSource(name: source.name, schema: source.schema, columns: columns, rowID: source.rowID)
    }

    private func bindParenthesized(_ table: ParenthesizedTable, _ scope: Scope) throws -> BoundTables {
        let inner = try bindTables(table.table, scope)
        guard let alias = table.alias else { return inner }
        if inner.sources.count == 1 {
            var bound = inner
            bound.sources[0].name = alias.name.name
            bound.sources[0].schema = nil
            return try renamed(bound, alias)
        }
        var columns: [OutputColumn] = []
        var projected: [ProjectedColumn] = []
        for column in starColumns(try nested(inner.sources, table.range)) {
            let id = context.makeColumn(column.name)
            projected.append(ProjectedColumn(id: id, expression: column.value.data))
            context.noteJSON(id, column.value.data)
            columns.append(OutputColumn(id: id, name: column.name, bound: column.value))
        }
        let query = BoundQuery(plan: .project(inner.plan, projected), columns: columns)
        return try renamed(derivedTable(query, alias: alias.name.name), alias)
    }

    /// Makes a source of a subquery's result.
    func derivedTable(_ query: BoundQuery, alias: String?) -> BoundTables {
        let names = ResultNames.unique(query.columns.map(\.derivedName))
        return BoundTables(
            plan: query.plan,
            sources: [ScopeSource(name: alias, columns: scopeColumns(query.columns, names))])
    }

    private func scopeColumns(_ columns: [OutputColumn], _ names: [String]) -> [ScopeColumn] {
        zip(columns, names).map { column, name in
            var value = BoundExpression(column)
            // A column always has a collation, and an implicit one.
            value.collation = column.firstCollation ?? .binary
            value.hasExplicitCollation = false
            value.columnName = name
            return ScopeColumn(name: name, value: value)
        }
    }

    /// Binds a name in FROM: a common table, a view or a table.
    ///
    /// - Parameter point: the moment as of which to read it; a common table tells for itself of what it reads.
    func bindTable(
        named name: QualifiedName, alias: String?, outer scope: Scope, asOf point: HistoryPoint?
    ) throws -> (plan: LogicalPlan, source: ScopeSource) {
        if name.schema == nil, let (frame, entry) = scope.commonTables?.find(name.name.name) {
            return try bindCommonTable(entry, frame, alias: alias ?? name.name.name, name.range)
        }
        guard let object = try object(name, asOf: point) else {
            throw EngineError(
                .unknownName, "no such table: \(name.schema.map { $0.name + "." } ?? "")\(name.name.name)",
                at: position(name.range),
                hint: NameMatching.hint(for: name.name.name, among: catalog.objectNames))
        }
        switch object {
        case .table(let provider):
            return try scan(
                provider, alias: alias ?? provider.table.name, schema: alias == nil ? name.schema?.name ?? "main" : nil,
                name.range)
        case .view(let viewName, let columnNames, let query):
            let columns = try bindView(viewName, columnNames, query, name)
            let source = ScopeSource(
                name: alias ?? name.name.name, schema: alias == nil ? name.schema?.name ?? "main" : nil,
                columns: columns.columns)
            return (columns.plan, source)
        }
    }

    /// Looks a name up in the catalog, whose errors take the place of the name.
    private func object(_ name: QualifiedName, asOf point: HistoryPoint?) throws -> CatalogObject? {
        do {
            if let point {
                return try catalog.object(named: name.name.name, schema: name.schema?.name, asOf: point)
            }
            return try catalog.object(named: name.name.name, schema: name.schema?.name)
        } catch var error as EngineError where error.range == nil {
            error.range = position(name.range)
            throw error
        }
    }

    /// Reads all columns of a table.
    func scan(
        _ provider: any TableProvider, alias: String, schema: String?, _ range: SourceRange
    ) throws -> (plan: LogicalPlan, source: ScopeSource) {
        let table = provider.table
        var columns: [PlanColumn] = []
        var scopeColumns: [ScopeColumn] = []
        for column in table.columns {
            let type = column.type.nestedType?.dataType ?? column.type
            let plain = PlanColumn(id: context.makeColumn(column.name), type: type)
            columns.append(plain)
            let position = columns.count - 1
            // SQLite gives a rowid no collation, so that of the other side counts.
            let isRowID = position == table.rowIDColumn || position == table.hiddenRowIDColumn
            var value = BoundExpression(
                try widened(plain, column, table, range), affinity: column.affinity,
                collation: isRowID ? nil : column.collation)
            if column.quarantinedCount > 0 {
                value.unreadable =
                    "column \(table.name).\(column.name), of which \(column.quarantinedCount) values are no "
                    + column.type.sqlName
            }
            if value.isExplicit {
                value.affinity = nil
                value.collation = nil
            }
            value.mayMixNumbers = column.type == .any && column.affinity == .none
            if column.type == .any, column.affinity != .none { context.unmixedColumns.insert(plain.id) }
            value.columnName = table.hiddenRowIDColumn == position ? "rowid" : column.name
            value.declaredType = column.declaredType
            scopeColumns.append(
                ScopeColumn(
                    name: column.name, value: value, isHidden: column.isHidden,
                    isNotNull: column.isNotNull || isRowID))
        }
        let rowID: ScopeSource.RowID =
            (table.rowIDColumn ?? table.hiddenRowIDColumn).map { .column($0) }
            ?? (table.isWithoutRowID ? .absent : .hidden)
        let scan = LogicalScan(provider: provider, tableColumns: Array(columns.indices), columns: columns)
        return (.scan(scan), ScopeSource(name: alias, schema: schema, columns: scopeColumns, rowID: rowID))
    }

    /// Reads a column in one of the types in which expressions compute.
    private func widened(
        _ column: PlanColumn, _ description: TableColumn, _ table: TableDescription, _ range: SourceRange
    ) throws -> Expression {
        let plain = Expression.column(column.id, column.type)
        switch column.type {
        case .list, .struct, .interval(.monthDayNano): return plain
        case .int64, .float64, .utf8View, .binaryView, .any: return plain
        case .bool, .int8, .int16, .int32, .uint8, .uint16, .uint32: return .cast(plain, .represent, .int64)
        case .float32: return .cast(plain, .represent, .float64)
        case .date32, .decimal128, .time64(.microsecond), .timestamp(.microsecond, timeZone: nil): return plain
        case .timestamp(let unit, let zone) where zone == nil || zone == "UTC":
            return .call("timestamp_rescale", [plain, .integer(unit.microsecondFactor)], .timestamp)
        case .time64(.nanosecond): return .call("timestamp_rescale", [plain, .integer(-1000)], .timeOfDay)
        default:
            throw EngineError.unsupported(
                "column \(table.name).\(description.name) of type \(column.type)", at: position(range))
        }
    }

    private func bindView(
        _ viewName: String, _ columnNames: [String], _ query: SelectStatement, _ name: QualifiedName
    ) throws -> (plan: LogicalPlan, columns: [ScopeColumn]) {
        let folded = NameMatching.fold(viewName)
        guard !openViews.contains(folded) else {
            throw EngineError(.unknownName, "view \(viewName) is circularly defined", at: position(name.range))
        }
        let range = position(name.range)
        let outerText = text
        openViews.append(folded)
        fromDepth += 1
        text = nil
        defer {
            fromDepth -= 1
            openViews.removeLast()
            text = outerText
        }
        do {
            let bound = try bindQuery(query, outer: nil, commonTables: nil)
            guard columnNames.isEmpty || columnNames.count == bound.columns.count else {
                throw EngineError(
                    .typeMismatch,
                    "expected \(columnNames.count) columns for '\(viewName)' but got \(bound.columns.count)")
            }
            if columnNames.isEmpty {
                return (bound.plan, scopeColumns(bound.columns, ResultNames.unique(bound.columns.map(\.derivedName))))
            }
            var columns = scopeColumns(bound.columns, columnNames)
            for (index, column) in bound.columns.enumerated() where column.lastAffinity != column.affinity {
                let others = column.otherAffinities.union([column.affinity])
                columns[index].value.affinity = column.lastAffinity
                columns[index].value.otherAffinities = others.subtracting([column.lastAffinity])
            }
            for (index, column) in bound.columns.enumerated() where column.hasCollationOfPlan {
                columns[index].value.unreadable =
                    "column \(columnNames[index]) of view \(viewName), whose parts differ in collation"
            }
            return (bound.plan, columns)
        } catch var error as EngineError {
            // Positions inside the view's own text say nothing about this query.
            error.range = range
            throw error
        }
    }

    private func bindCommonTable(
        _ entry: CommonTableEntry, _ frame: CommonTableFrame, alias: String, _ range: SourceRange
    ) throws -> (plan: LogicalPlan, source: ScopeSource) {
        if entry.isOpen {
            let open = try readWorkingTable(entry, range)
            return (
                open.plan,
                ScopeSource(name: alias, columns: scopeColumns(open.columns, columnNames(entry, open.columns)))
            )
        }
        if let shared = entry.shared {
            if entry.table.materialization != .notMaterialized { keepAffinity(of: shared, entry) }
            return read(shared.id, shared.columns, entry, alias: alias)
        }
        entry.isOpen = true
        fromDepth += 1
        defer {
            fromDepth -= 1
            entry.isOpen = false
        }
        let bound =
            try bindRecursion(entry, frame)
            ?? bindQuery(entry.table.select, outer: frame.outer, commonTables: frame)
        try checkColumnCount(entry, bound.columns.count)
        guard bound.plan.freeColumns.isEmpty else {
            let columns = scopeColumns(bound.columns, columnNames(entry, bound.columns))
            return (bound.plan, ScopeSource(name: alias, columns: columns))
        }
        // The shared body yields exactly the result's columns; uses of it are told apart by fresh ids.
        let body = LogicalPlan.project(bound.plan, exactly: bound.columns, context)
        let id = context.share(body.plan)
        var columns = bound.columns
        for index in columns.indices { columns[index].id = body.columns[index].id }
        entry.shared = (id, columns)
        if entry.table.materialization == .materialized { keepAffinity(of: (id, columns), entry) }
        return read(id, columns, entry, alias: alias)
    }

    /// SQLite gives all values of a column that it materializes the affinity of the compound's first SELECT: values
    /// that it would change are refused when they are met.
    private func keepAffinity(of shared: (id: Int, columns: [OutputColumn]), _ entry: CommonTableEntry) {
        guard !entry.keepsAffinity, let body = context.sharedPlans[shared.id] else { return }
        entry.keepsAffinity = true
        let isOpen = { (column: OutputColumn) in column.type == .any && !column.otherAffinities.isEmpty }
        guard shared.columns.contains(where: isOpen) else { return }
        let projected = shared.columns.map { column in
            let value = BoundExpression(column)
            guard isOpen(column) else { return ProjectedColumn(column.planColumn) }
            return ProjectedColumn(
                id: context.makeColumn(column.name),
                expression: value.kept(by: value.affinity.map { [$0] } ?? []).expression)
        }
        context.sharedPlans[shared.id] = .project(body, projected)
    }

    private func read(
        _ id: Int, _ columns: [OutputColumn], _ entry: CommonTableEntry, alias: String
    ) -> (plan: LogicalPlan, source: ScopeSource) {
        var fresh = columns
        for index in fresh.indices { fresh[index].id = context.makeColumn(columns[index].name) }
        return (
            .shared(id, columns: fresh.map(\.planColumn)),
            ScopeSource(name: alias, columns: scopeColumns(fresh, columnNames(entry, fresh)))
        )
    }

    /// The names of a common table's columns: those written after its name, else those of its result.
    private func columnNames(_ entry: CommonTableEntry, _ columns: [OutputColumn]) -> [String] {
        let names = entry.table.columns.map(\.name)
        return names.isEmpty ? ResultNames.unique(columns.map(\.derivedName)) : names
    }
}

extension LogicalPlan {
    /// Projects to exactly the result columns, in order; a column that occurs twice gets a second id.
    static func project(
        _ plan: LogicalPlan, exactly columns: [OutputColumn], _ context: PlanContext
    ) -> (plan: LogicalPlan, columns: [PlanColumn]) {
        var seen = Set<ColumnID>()
        var projected: [ProjectedColumn] = []
        for column in columns {
            let id = seen.insert(column.id).inserted ? column.id : context.makeColumn(column.name)
            projected.append(ProjectedColumn(id: id, expression: .column(column.id, column.type)))
        }
        return (.project(plan, projected), projected.map(\.column))
    }
}
