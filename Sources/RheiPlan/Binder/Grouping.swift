import RheiArrow
import RheiCore

/// Turns the expressions of an aggregate query, bound over the rows before grouping, into expressions over the groups.
///
/// What equals a group key becomes the key's column. A column that is left over is a bare column: where the keys do not
/// determine it, it has the value of one row of the group. With one `min` or `max` in the query that is the row which
/// holds it, otherwise the first one; SQLite's choice where it has to make one, so a key whose equal values differ is
/// shown so.
final class Grouping {
    private let plan: LogicalPlan
    private let binder: Binder
    /// Per term of GROUP BY its key.
    private var keyOfTerm: [Int] = []
    /// Positions of keys per grouping set; nil for the one set of all keys.
    private var sets: [[Int]]?
    private var keys: [ProjectedColumn] = []
    /// Whether all values of a group are the same, not just equal, so that the key can be shown.
    private var isExact: [Bool] = []
    private var keyByExpression: [Expression: Int] = [:]
    private let inputColumns: Set<ColumnID>
    private lazy var determined = determinedColumns()
    private let order: TableOrder
    private var bareColumns: [Expression: AggregateColumn] = [:]
    /// The `min` or `max` whose row bare columns come from.
    private var chooser: AggregateCall?
    private var aggregateIDs: Set<ColumnID> = []

    init(plan: LogicalPlan, keys: GroupKeys, _ binder: Binder) {
        (self.plan, order) = plan.exposingTableOrder()
        self.binder = binder
        inputColumns = self.plan.columnIDs
        for term in keys.terms { addKey(term) }
        sets = keys.sets?.map { set in set.map { keyOfTerm[$0] } }
    }

    private func addKey(_ key: BoundExpression) {
        let data = key.data
        let collation = key.collation ?? .binary
        let isFolded =
            data.type == .intervalOfAll || (collation != .binary && (data.type == .utf8View || data.type == .any))
        let expression = isFolded ? CollationFolding.fold(data, collation) : data
        if let known = keyByExpression[data], keys[known].expression == expression {
            keyOfTerm.append(known)
            return
        }
        keyOfTerm.append(keys.count)
        let id: ColumnID
        if let column = expression.columnID, inputColumns.contains(column) {
            id = column
        } else {
            id = binder.context.makeColumn("group key")
        }
        // Of keys over the same values by several collations, the one that tells all of them apart shows them.
        if data.literalValue == nil, keyByExpression[data] == nil || !isFolded {
            keyByExpression[data] = keys.count
            // A predicate is grouped by its outcome as 0 or 1, and may be read as a predicate again.
            keyByExpression[key.expression] = keys.count
        }
        keys.append(ProjectedColumn(id: id, expression: expression))
        isExact.append(!isFolded && !key.mayMixNumbers)
    }

    /// Rewrites the result list, HAVING and ORDER BY, and returns the grouped plan, filtered by HAVING.
    func apply(
        _ aggregation: AggregateCollector, _ having: (condition: Expression, joins: [PendingJoin])?,
        _ items: inout [ResultItem], _ order: inout [OrderItem], _ windows: WindowCollector
    ) throws -> LogicalPlan {
        aggregateIDs = Set(aggregation.aggregates.map(\.id))
        chooser = aggregation.aggregates.last { $0.call.isExtreme }?.call
        try windows.rewrite { try self.rewriteReachable($0) }
        for index in items.indices {
            items[index].bound.expression = try rewriteReachable(items[index].bound.expression)
            items[index].subqueries = try rewrite(items[index].subqueries)
        }
        for index in order.indices where order[index].item == nil {
            order[index].bound.expression = try rewriteReachable(order[index].bound.expression)
            order[index].subqueries = try rewrite(order[index].subqueries)
        }
        let condition = try having.map { try rewriteReachable($0.condition) }
        let joins = try having?.joins.map { try $0.mapped(rewrite) } ?? []
        let bare = bareColumns.values.sorted { $0.id.rawValue < $1.id.rawValue }
        var grouped = try withGroupings(
            LogicalAggregate(input: plan, keys: keys, aggregates: settled(aggregation.aggregates) + bare),
            aggregation.groupings)
        if let condition {
            grouped = .filter(joins.reduce(grouped) { $1.attached(to: $0) }, condition.conjuncts)
        }
        return grouped
    }

    /// Groups by every grouping set and puts the results together; keys that a set lacks are null. Adds the values of
    /// `grouping` calls.
    private func withGroupings(
        _ aggregate: LogicalAggregate, _ groupings: [(id: ColumnID, keys: [Expression])]
    ) throws -> LogicalPlan {
        let asked = try groupings.map { id, expressions in
            let keys = try expressions.map { expression in
                guard let key = keyByExpression[expression] else {
                    throw EngineError(.misusedAggregate, "an argument of grouping() is not in GROUP BY")
                }
                return key
            }
            return (id: id, keys: keys)
        }
        func bits(_ keys: [Int], _ set: Set<Int>) -> Expression {
            .literal(.integer(keys.reduce(0) { $0 << 1 | (set.contains($1) ? 0 : 1) }), .int64)
        }
        guard let sets else {
            let plan = LogicalPlan.aggregate(aggregate)
            if asked.isEmpty { return plan }
            let all = Set(keys.indices)
            return .project(
                plan,
                plan.columns.map { ProjectedColumn($0) }
                    + asked.map { ProjectedColumn(id: $0.id, expression: bits($0.keys, all)) })
        }
        let context = binder.context
        let columns =
            LogicalPlan.aggregate(aggregate).columns + asked.map { PlanColumn(id: $0.id, type: .int64) }
        if let combined = CombinedGroupings(aggregate, sets: sets, context) {
            let parts = sets.map { list -> LogicalPlan in
                let set = Set(list)
                let (plan, results) = combined.groups(of: set)
                return .project(
                    plan,
                    zip(columns, results + asked.map { bits($0.keys, set) }).map { column, value in
                        ProjectedColumn(id: context.makeColumn(like: column).id, expression: value)
                    })
            }
            return .unionAll(parts, columns: columns)
        }
        let input = aggregate.input.columns
        // A shared plan cannot read columns of an outer query.
        let shared = aggregate.input.freeColumns.isEmpty ? context.share(aggregate.input) : nil
        let parts = sets.map { list -> LogicalPlan in
            let set = Set(list)
            let fresh = input.map { context.makeColumn(like: $0) }
            let renamed = Dictionary(
                zip(input, fresh).map { ($0.id, Expression.column($1.id, $1.type)) },
                uniquingKeysWith: { first, _ in first })
            let own = keys.indices.filter { set.contains($0) }.map { index in
                let expression = keys[index].expression.substituting(renamed)
                let id = expression.columnID ?? context.makeColumn("group key")
                return (index: index, key: ProjectedColumn(id: id, expression: expression))
            }
            let aggregates = aggregate.aggregates.map { column in
                let mapped = column.mapped { $0.substituting(renamed) }
                return AggregateColumn(id: context.makeColumn(like: column.column).id, call: mapped.call)
            }
            let grouped = LogicalPlan.aggregate(
                LogicalAggregate(
                    input: shared.map { .shared($0, columns: fresh) }
                        ?? .project(
                            aggregate.input,
                            zip(input, fresh).map {
                                ProjectedColumn(id: $1.id, expression: .column($0.id, $0.type))
                            }), keys: own.map(\.key), aggregates: aggregates))
            let shown = keys.indices.map { index -> Expression in
                let type = keys[index].expression.type
                guard let key = own.first(where: { $0.index == index })?.key else { return .literal(.null, type) }
                return .column(key.id, type)
            }
            let results = shown + aggregates.map { .column($0.id, $0.call.type) } + asked.map { bits($0.keys, set) }
            return .project(
                grouped,
                zip(columns, results).map { column, value in
                    ProjectedColumn(id: context.makeColumn(like: column).id, expression: value)
                })
        }
        return .unionAll(parts, columns: columns)
    }

    private func rewrite(_ collector: SubqueryCollector) throws -> SubqueryCollector {
        let result = SubqueryCollector()
        result.joins = try collector.joins.map { try $0.mapped(rewrite) }
        return result
    }

    /// Rewrites an expression; a bare column in a branch that constants rule out does no harm.
    private func rewriteReachable(_ expression: Expression) throws -> Expression {
        do {
            return try rewrite(expression)
        } catch {
            let folded = binder.folded(expression)
            guard folded != expression, folded.type == expression.type else { throw error }
            return try rewrite(folded)
        }
    }

    private func rewrite(_ expression: Expression) throws -> Expression {
        try expression.replacing { node in
            if let key = keyByExpression[node] {
                guard isExact[key] else {
                    guard sets == nil else {
                        throw EngineError.unsupported(
                            "group key whose equal values differ (\(name(node))) in the result")
                    }
                    return try bareColumn(node)
                }
                let column = Expression.column(keys[key].id, keys[key].expression.type)
                return node.type == .bool ? Binder.truth(column) : column
            }
            guard case .column(let id, let type) = node, inputColumns.contains(id), !aggregateIDs.contains(id) else {
                return nil
            }
            return try sets == nil && determined.contains(id) ? determinedColumn(id, type) : bareColumn(node)
        }
    }

    private func name(_ node: Expression) -> String {
        node.text { binder.context.columnNames[$0] ?? $0.description }
    }

    /// A column of which all rows of a group have the same value.
    private func determinedColumn(_ id: ColumnID, _ type: DataType) -> Expression {
        add(AggregateCall(function: .anyValue, arguments: [.column(id, type)], type: type), for: .column(id, type))
    }

    /// The value that an expression has in the row of the group that bare columns come from.
    private func bareColumn(_ value: Expression) throws -> Expression {
        // Of no rows SQLite shows the constant, where it takes the subquery apart, or NULL.
        if keys.isEmpty, !plan.constantColumns.isDisjoint(with: value.columns) {
            throw EngineError.unsupported("bare column \(name(value)) of a subquery that gives a constant")
        }
        guard let chooser else { return add(order.first(value), for: value) }
        // A repeated value of DISTINCT is not looked at: its row counts when the row looked at last was chosen.
        if chooser.isDistinct { return add(TableOrder.open.first(value), for: value) }
        guard chooser.filter == nil else {
            throw EngineError.unsupported("bare column \(name(value)) beside min() or max() with FILTER")
        }
        let isMinimum = chooser.function == .minimum || chooser.function == .rowOfMinimum
        var call = AggregateCall(
            function: isMinimum ? .rowOfMinimum : .rowOfMaximum, arguments: [chooser.arguments[0], value],
            collation: chooser.collation, type: value.type)
        call.mustAgree = !order.isAsYielded
        return add(call, for: value)
    }

    private func add(_ call: AggregateCall, for value: Expression) -> Expression {
        if let known = bareColumns[value] { return .column(known.id, value.type) }
        let name = value.columnID.flatMap { binder.context.columnNames[$0] } ?? "column"
        let column = AggregateColumn(id: binder.context.makeColumn(name), call: call)
        bareColumns[value] = column
        return .column(column.id, value.type)
    }

    /// Lets an open choice among extreme values be made where the order of the rows is known. Alone in a query without
    /// groups, `max` may be read from the end of an index, which then shows another of the values that compare as
    /// equal. Lets values that are put together come in the order of their table.
    private func settled(_ aggregates: [AggregateColumn]) -> [AggregateColumn] {
        aggregates.map { column in
            var column = column
            let call = column.call
            if call.keepsOrderOfRows, case .byRowID(let rowID) = order, rowID.columns.isSubset(of: inputColumns) {
                column.call.arguments.append(rowID)
                column.call.order = [KeyOrder(isDescending: false, nullsFirst: true, collation: .binary)]
            }
            guard call.isExtreme else { return column }
            // The least of distinct values is the least of all.
            column.call.isDistinct = false
            guard call.function != .minimum, call.function != .maximum else { return column }
            let isAlone = keys.isEmpty && aggregates.count == 1 && call.function == .rowOfMaximum
            column.call.mustAgree = isAlone || !order.isAsYielded
            return column
        }
    }

    /// The input columns that the group keys determine: all columns of a table of which a unique key is among the
    /// keys, directly or by an equality that every row satisfies.
    private func determinedColumns() -> Set<ColumnID> {
        var found = Set(zip(keys, isExact).compactMap { $1 ? $0.expression.columnID : nil })
        let equalities = plan.rowEqualities
        var didGrow = true
        while didGrow {
            let before = found.count
            for (left, right) in equalities {
                if found.contains(left) { found.insert(right) }
                if found.contains(right) { found.insert(left) }
            }
            plan.forEachScan { scan in
                for key in scan.provider.table.uniqueKeys {
                    let ids = key.compactMap { column in
                        scan.tableColumns.firstIndex(of: column).map { scan.columns[$0].id }
                    }
                    if !key.isEmpty, ids.count == key.count, found.isSuperset(of: ids) {
                        found.formUnion(scan.columns.map(\.id))
                    }
                }
            }
            didGrow = found.count > before
        }
        return found
    }
}

/// Maps text so that what a collation holds equal becomes the same bytes.
enum CollationFolding {
    /// NOCASE compares without regard to the case of ASCII letters, RTRIM without spaces at the end.
    static func fold(_ expression: Expression, _ collation: Collation) -> Expression {
        switch (collation, expression.type) {
        case (_, .interval): return expression.comparisonKey
        case (.binary, _): return expression
        case (.noCase, .utf8View): return .call("lower", [expression], .utf8View)
        case (.rightTrim, .utf8View):
            return .call("rtrim", [expression, .literal(.text(" "), .utf8View)], .utf8View)
        case (_, .any):
            let text = Expression.cast(expression, .explicit, .utf8View)
            let isText = Expression.comparison(
                .equal, .call("typeof", [expression], .utf8View), .literal(.text("text"), .utf8View), .binary)
            return .conditional(
                [.init(condition: isText, result: fold(text, collation).represented(as: .any))],
                otherwise: expression, .any)
        default: return expression
        }
    }
}

extension AggregateCall {
    /// Whether the result has the values of all rows in the order in which they come.
    fileprivate var keepsOrderOfRows: Bool {
        guard order.isEmpty, !isDistinct else { return false }
        if case .collect = function { return true }
        return function == .groupConcat
    }

    /// Whether this is `min` or `max`.
    var isExtreme: Bool {
        switch function {
        case .minimum, .maximum: true
        // Of one value twice; arg_min of others is no min.
        case .rowOfMinimum, .rowOfMaximum: arguments[0] == arguments[1]
        default: false
        }
    }
}

extension LogicalPlan {
    /// Columns that projections make of constants.
    fileprivate var constantColumns: Set<ColumnID> {
        var found = inputs.reduce(into: Set<ColumnID>()) { $0.formUnion($1.constantColumns) }
        if case .project(_, let columns) = self {
            for column in columns where column.expression.columns.isSubset(of: found) { found.insert(column.id) }
        }
        return found
    }

    /// Calls `visit` for every scan whose columns may reach the output under their own ids.
    func forEachScan(_ visit: (LogicalScan) -> Void) {
        if case .scan(let scan) = self { visit(scan) }
        for input in inputs { input.forEachScan(visit) }
    }

    /// Pairs of columns of one type that are equal in every row: equalities of filters and inner joins at the top.
    var rowEqualities: [(ColumnID, ColumnID)] {
        switch self {
        case .filter(let input, let conditions): return Self.equalities(conditions) + input.rowEqualities
        case .project(let input, _), .sort(let input, _), .limit(let input, _, _): return input.rowEqualities
        case .join(let join):
            switch join.kind {
            case .inner:
                return Self.equalities(join.condition) + join.left.rowEqualities + join.right.rowEqualities
            case .semi, .anti, .mark, .left, .single: return join.left.rowEqualities
            case .right: return join.right.rowEqualities
            case .full: return []
            }
        default: return []
        }
    }

    private static func equalities(_ conditions: [Expression]) -> [(ColumnID, ColumnID)] {
        conditions.flatMap(\.conjuncts).compactMap { condition in
            guard
                case .comparison(.equal, .column(let left, let leftType), .column(let right, let rightType), .binary) =
                    condition,
                leftType == rightType, leftType != .any
            else { return nil }
            return (left, right)
        }
    }
}
