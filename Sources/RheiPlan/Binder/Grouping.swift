import RheiArrow
import RheiCore

/// Turns the expressions of an aggregate query, bound over the rows before grouping, into expressions over the groups.
///
/// What equals a group key becomes the key's column. A column that is left over is a bare column: it has one value per
/// group only where the keys determine it, and is refused otherwise.
final class Grouping {
    private let plan: LogicalPlan
    private let binder: Binder
    private let bound: [BoundExpression]
    private var keys: [ProjectedColumn] = []
    /// Whether all values of a group are the same, not just equal, so that the key can be shown.
    private var isExact: [Bool] = []
    private var keyByExpression: [Expression: Int] = [:]
    private let inputColumns: Set<ColumnID>
    private lazy var determined = determinedColumns()
    private var bareColumns: [ColumnID: AggregateColumn] = [:]
    private var aggregateIDs: Set<ColumnID> = []

    init(plan: LogicalPlan, keys bound: [BoundExpression], _ binder: Binder) {
        self.plan = plan
        self.binder = binder
        self.bound = bound
        inputColumns = plan.columnIDs
        for key in bound { addKey(key) }
    }

    private func addKey(_ key: BoundExpression) {
        let data = key.data
        guard keyByExpression[data] == nil else { return }
        let collation = key.collation ?? .binary
        let isFolded = collation != .binary && (data.type == .utf8View || data.type == .any)
        let expression = isFolded ? CollationFolding.fold(data, collation) : data
        let id: ColumnID
        if let column = expression.columnID, inputColumns.contains(column) {
            id = column
        } else {
            id = binder.context.makeColumn("group key")
        }
        if data.literalValue == nil {
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
        var grouped = LogicalPlan.aggregate(
            LogicalAggregate(input: plan, keys: keys, aggregates: aggregation.aggregates + bare))
        if let condition {
            grouped = .filter(joins.reduce(grouped) { $1.attached(to: $0) }, condition.conjuncts)
        }
        return grouped
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
                    throw EngineError.unsupported("group key whose equal values differ (\(name(node))) in the result")
                }
                let column = Expression.column(keys[key].id, keys[key].expression.type)
                return node.type == .bool ? Binder.truth(column) : column
            }
            guard case .column(let id, let type) = node, inputColumns.contains(id), !aggregateIDs.contains(id) else {
                return nil
            }
            guard determined.contains(id) else {
                throw EngineError.unsupported("bare column \(name(node)) in an aggregate query")
            }
            return bareColumn(id, type)
        }
    }

    private func name(_ node: Expression) -> String {
        node.text { binder.context.columnNames[$0] ?? $0.description }
    }

    /// A column of which all rows of a group have the same value.
    private func bareColumn(_ id: ColumnID, _ type: DataType) -> Expression {
        if let known = bareColumns[id] { return .column(known.id, type) }
        let call = AggregateCall(function: .anyValue, arguments: [.column(id, type)], type: type)
        let column = AggregateColumn(
            id: binder.context.makeColumn(binder.context.columnNames[id] ?? "column"), call: call)
        bareColumns[id] = column
        return .column(column.id, type)
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

extension LogicalPlan {
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
