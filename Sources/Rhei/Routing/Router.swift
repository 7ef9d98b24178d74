import RheiSQL

/// Chooses the engine for a query from its syntax tree and from what is mirrored.
///
/// Look-ups by key go to SQLite, whose B-tree answers them fastest. Scans, aggregates, joins and sorts go to columns
/// when every table they read is there, and so do expressions without a table. A hint overrides. (Whatever is no query
/// never comes here: it goes to SQLite.)
struct Router {
    struct Decision: Equatable {
        var target: QueryTarget
        /// For people: EXPLAIN and `--timing` show it.
        var reason: String
        /// Whether SQLite may answer when columns refuse.
        var mayTurnToSQLite = false
    }

    /// The unique keys of a table that is mirrored (or can be loaded) by name, as lower-case column names; nil when a
    /// columnar query cannot read the table.
    var uniqueKeys: (String) -> [[String]]?
    /// Whether only columns have a table of this name.
    var isColumnar: (String) -> Bool = { _ in false }
    /// Table functions that SQLite does not have, in lower case.
    var columnarFunctions: Set<String> = []

    /// Chooses the engine for a query.
    func route(_ select: SelectStatement, hint: QueryHint) -> Decision {
        switch hint {
        case .forceOltp: Decision(target: .oltp, reason: "asked for")
        case .forceOlap: Decision(target: .olap, reason: "asked for")
        case .auto: route(select)
        }
    }

    private func route(_ select: SelectStatement) -> Decision {
        let names = select.tablesRead
        let tables = names.map(\.name.name)
        if let own = names.first(where: { $0.schema == nil && isColumnar($0.name.name) })?.name.name {
            return Decision(target: .olap, reason: "only columns have '\(own)'")
        }
        if let own = select.tableFunctionsRead.intersection(columnarFunctions).min() {
            return Decision(target: .olap, reason: "only columns have \(own)()")
        }
        if let historic = select.historicTablesRead.first?.name.name {
            return Decision(target: .olap, reason: "only columns have the history of '\(historic)'")
        }
        if tables.isEmpty {
            // One row of columns is made on the calling thread; SQLite's connections have threads of their own.
            return select.isOneRow
                ? Decision(target: .olap, reason: "reads no table", mayTurnToSQLite: true)
                : Decision(target: .oltp, reason: "reads no table")
        }
        if let missing = tables.first(where: { uniqueKeys($0) == nil }) {
            return Decision(target: .oltp, reason: "table '\(missing)' is not mirrored")
        }
        if let key = keyLookup(select) { return Decision(target: .oltp, reason: "looks up \(key) by key") }
        return Decision(target: .olap, reason: "reads columns", mayTurnToSQLite: true)
    }

    // MARK: - Key look-ups

    /// The table, when the query reads one table and its filter fixes all columns of a unique key.
    private func keyLookup(_ select: SelectStatement) -> String? {
        guard case .core(let core) = select.body, case .table(let table)? = core.from, let filter = core.filter,
            let keys = uniqueKeys(table.name.name.name)
        else { return nil }
        var fixed: Set<String> = []
        Self.collectFixedColumns(filter, into: &fixed)
        let isFixed = keys.contains { key in !key.isEmpty && key.allSatisfy(fixed.contains) }
        return isFixed ? table.name.name.name : nil
    }

    /// Adds the columns that conjuncts of `filter` compare with a constant by `=` or `IN (constants)`.
    private static func collectFixedColumns(_ filter: SyntaxExpression, into columns: inout Set<String>) {
        switch filter.kind {
        case .binary(.and, let left, let right):
            collectFixedColumns(left, into: &columns)
            collectFixedColumns(right, into: &columns)
        case .binary(.equal, let left, let right):
            if let name = columnName(left), isConstant(right) { columns.insert(name) }
            if let name = columnName(right), isConstant(left) { columns.insert(name) }
        case .inSet(let operand, .list(let items), isNegated: false):
            if let name = columnName(operand), items.count <= 100, items.allSatisfy(isConstant) { columns.insert(name) }
        default: break
        }
    }

    private static func columnName(_ expression: SyntaxExpression) -> String? {
        guard case .column(let reference) = expression.kind else { return nil }
        return reference.column.name.lowercased()
    }

    private static func isConstant(_ expression: SyntaxExpression) -> Bool {
        switch expression.kind {
        case .literal, .parameter: true
        case .unary(_, let operand): isConstant(operand)
        default: false
        }
    }
}

extension SelectStatement {
    /// Whether the query is expressions alone, as `SELECT 1` is.
    var isOneRow: Bool {
        guard case .core(let core) = body else { return false }
        return with == nil && core.from == nil
    }
}
