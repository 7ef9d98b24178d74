import RheiArrow
import RheiCore
import RheiSQL

/// The names that expressions of one SELECT see: the columns of its FROM clause, its result aliases where the clause
/// allows them, and everything that the enclosing SELECT sees.
final class Scope {
    var sources: [ScopeSource] = []
    /// The AS names of the result list, for clauses in which SQLite reads them where no column has the name.
    var resultAliases: [(name: String, expression: SyntaxExpression)] = []
    var allowsResultAliases = false
    /// Aliases of group keys that hold subqueries, which are evaluated once, before grouping.
    var groupedAliases: [String: BoundExpression] = [:]
    /// Set for GROUP BY and ORDER BY, whose terms may not name columns of an outer query.
    var hidesOuterNames = false
    /// Aliases whose expression is being bound; they are not looked up again inside it.
    var openAliases: Set<String> = []
    /// Takes the aggregates that subqueries call over columns of this SELECT alone; nil where aggregates may not stand.
    var aggregation: AggregateCollector?
    /// The WINDOW clause.
    var windows: [NamedWindow] = []
    /// The names of the rowid where no column has them.
    static let rowIDNames: Set<String> = ["rowid", "oid", "_rowid_"]
    let parent: Scope?
    let commonTables: CommonTableFrame?

    init(parent: Scope?, commonTables: CommonTableFrame?) {
        self.parent = parent
        self.commonTables = commonTables
    }

    /// What a name stands for on this level, enclosing scopes left out.
    enum Match {
        case column(BoundExpression)
        case alias(String, SyntaxExpression)
    }

    /// Looks a column reference up among the sources and aliases of this level.
    func match(_ reference: ColumnReference) throws -> Match? {
        let name = NameMatching.fold(reference.column.name)
        var found: [(source: ScopeSource, value: BoundExpression)] = []
        // The join in parentheses in which a merged column has been found: its other columns do not count.
        var closedItem: Int?
        for source in sources where source.isNamed(table: reference.table?.name, schema: reference.schema?.name) {
            guard let column = source.columnsByName[name], source.item == nil || source.item != closedItem else {
                continue
            }
            if source.isMerged { closedItem = source.item }
            let value = source.columns[column].value
            if found.isEmpty || !source.mergedNames.contains(name) {
                found.append((source, value))
            } else if source.joinKind == .right {
                found = [(source, value)]
            } else if source.joinKind == .full {
                found = [(source, .coalescing(found[0].value, value))]
            }
        }
        if found.count > 1 {
            throw EngineError(
                .ambiguousName, "ambiguous column name: \(reference.written)", at: reference.range,
                hint: "it is a column of \(found.map { $0.source.displayName }.joined(separator: " and of "))")
        }
        if let only = found.first {
            return .column(try reading(only.value, at: reference.range))
        }
        if let rowID = try rowID(reference, name: name) { return .column(rowID) }
        if allowsResultAliases, reference.table == nil, let key = groupedAliases[name] { return .column(key) }
        if allowsResultAliases, reference.table == nil, !openAliases.contains(name),
            let alias = resultAliases.first(where: { NameMatching.equal($0.name, name) })
        {
            return .alias(name, alias.expression)
        }
        return nil
    }

    /// The value of a column as an expression of this SELECT reads it.
    ///
    /// The affinity of a compound's column is that of its first part, in a view with names of its own its last. SQLite
    /// reads integers of a column of REAL affinity as reals. In a join it may convert all values of a subquery to their
    /// columns' affinities; whether it does is not ours to guess, so a value that this would change is refused when it
    /// is met.
    func reading(_ value: BoundExpression, at range: SourceRange?) throws -> BoundExpression {
        if let problem = value.unreadable { throw EngineError.unsupported(problem, at: range) }
        let isJoin = sources.count > 1
        var conversions: Set<Affinity> = []
        if value.isAffinityUncertain, let first = value.affinity {
            if isJoin { conversions.insert(first) } else if first == .real { return value.withRealIntegers() }
        }
        if value.mayLeaveAffinity, isJoin { conversions.insert(.numeric) }
        return value.kept(by: conversions)
    }

    private func rowID(_ reference: ColumnReference, name: String) throws -> BoundExpression? {
        guard Self.rowIDNames.contains(name) else { return nil }
        let candidates = sources.filter { $0.isNamed(table: reference.table?.name, schema: reference.schema?.name) }
        guard candidates.count == 1, let source = candidates.first else { return nil }
        switch source.rowID {
        case .column(let index): return source.columns[index].value
        case .hidden:
            throw EngineError.unsupported("\(name) of a table without INTEGER PRIMARY KEY", at: reference.range)
        case .absent: return nil
        }
    }

    /// Every column name that is visible here or further out, for hints.
    var visibleNames: [String] {
        sources.flatMap { source in source.columns.filter { !$0.isHidden }.map(\.name) }
            + (hidesOuterNames ? [] : parent?.visibleNames ?? [])
    }
}

/// One table, view, subquery or common table in FROM.
struct ScopeSource {
    enum RowID {
        case column(Int)
        /// The table has a rowid, but no column holds it.
        case hidden
        case absent
    }

    /// The name by which columns are qualified; nil for a subquery without alias.
    var name: String?
    /// The schema of a table, which may be written before its name.
    var schema: String?
    var columns: [ScopeColumn]
    var columnsByName: [String: Int]
    var rowID: RowID
    /// Folded names of the columns that USING or NATURAL merged with those of sources to the left.
    var mergedNames: [String] = []
    /// The number of the join in parentheses that it belongs to.
    var item: Int?
    /// Whether its columns are those that USING or NATURAL merged inside a join in parentheses.
    var isMerged = false
    /// How the source is joined to those left of it.
    var joinKind: JoinKind = .inner

    init(name: String?, schema: String? = nil, columns: [ScopeColumn], rowID: RowID = .absent) {
        self.name = name
        self.schema = schema
        self.columns = columns
        self.rowID = rowID
        columnsByName = [:]
        for (index, column) in columns.enumerated() where columnsByName[NameMatching.fold(column.name)] == nil {
            columnsByName[NameMatching.fold(column.name)] = index
        }
    }

    var displayName: String { name ?? "a subquery" }

    /// Whether columns may be qualified in this way; no qualification names every source.
    func isNamed(table: String?, schema: String?) -> Bool {
        guard let table else { return true }
        guard let name, NameMatching.equal(name, table) else { return false }
        guard let schema else { return true }
        return self.schema.map { NameMatching.equal($0, schema) } ?? false
    }
}

/// A column of a source.
struct ScopeColumn {
    var name: String
    var value: BoundExpression
    var isHidden = false
    /// Whether `*` leaves it out since it was merged with another one; `table.*` does not.
    var isOmitted = false
    /// Whether the column is declared NOT NULL, or is the rowid.
    var isNotNull = false
}

extension ColumnReference {
    /// The reference as it stands in messages.
    var written: String { [schema?.name, table?.name, column.name].compactMap { $0 }.joined(separator: ".") }
    var range: SourceRange { (schema ?? table).map { $0.range.union(column.range) } ?? column.range }
}

extension BoundExpression {
    /// The value as it is read of a column of REAL affinity: integers have become reals.
    fileprivate func withRealIntegers() -> BoundExpression {
        guard type == .any || type == .int64 else { return self }
        let kind = Expression.call("typeof", [expression], .utf8View)
        let isInteger = Expression.comparison(.equal, kind, .literal(.text("integer"), .utf8View), .binary)
        var result = self
        result.expression = .conditional(
            [.init(condition: isInteger, result: Binder.cast(expression, to: .real).represented(as: .any))],
            otherwise: expression.represented(as: .any), .any)
        return result
    }

    /// The value, refused at run time where one of the affinities would change it.
    func kept(by affinities: Set<Affinity>) -> BoundExpression {
        let conversions = affinities.filter { $0.mayConvert(type) }
        if conversions.isEmpty { return self }
        var result = self
        result.expression = .call(
            "kept_by_affinity", [expression, .integer(conversions.reduce(0) { $0 | $1.conversionBit })], type)
        return result
    }

    /// The first value that is not null: how a FULL JOIN merges a column.
    static func coalescing(_ first: BoundExpression, _ second: BoundExpression) -> BoundExpression {
        let type = TypeRules.common(first.type, second.type)
        var result = BoundExpression(
            .conditional(
                [
                    .init(condition: .not(.isNull(first.expression)), result: first.expression.represented(as: type))
                ], otherwise: second.expression.represented(as: type), type))
        result.mayMixNumbers = TypeRules.mayMix([first, second])
        result.columnName = first.columnName
        return result
    }
}

extension Affinity {
    /// Whether the affinity may change values of the type.
    fileprivate func mayConvert(_ type: DataType) -> Bool {
        switch (self, type) {
        case (.none, _), (_, .null), (_, .binaryView): false
        case (.text, .utf8View), (.numeric, .int64), (.integer, .int64), (.real, .float64): false
        default: true
        }
    }

    /// The bit of the conversion in the second argument of `kept_by_affinity`.
    fileprivate var conversionBit: Int {
        switch self {
        case .none: 0
        case .text: 1
        case .numeric, .integer: 2
        case .real: 4
        }
    }
}
