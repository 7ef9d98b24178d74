import RheiArrow
import RheiCore

/// Writes logical plans as indented trees; columns of one name are told apart by a suffix.
struct LogicalPlanPrinter {
    private let context: PlanContext

    init(_ context: PlanContext) { self.context = context }

    /// The plan, and after it the bodies of the shared subplans that are read.
    func text(_ plan: LogicalPlan) -> String {
        let names = ColumnNaming(context)
        var lines: [String] = []
        write(plan, 0, names, &lines)
        var written = Set<Int>()
        var pending = reads(plan)
        while let id = pending.popLast() {
            guard written.insert(id).inserted, let body = context.sharedPlans[id] else { continue }
            lines.append("shared \(id):")
            write(body, 1, names, &lines)
            pending += reads(body)
        }
        return lines.joined(separator: "\n")
    }

    private func reads(_ plan: LogicalPlan) -> [Int] {
        var counts: [Int: Int] = [:]
        plan.countShared(into: &counts)
        return counts.keys.sorted(by: >)
    }

    private func write(_ plan: LogicalPlan, _ depth: Int, _ names: ColumnNaming, _ lines: inout [String]) {
        lines.append(String(repeating: "  ", count: depth) + line(plan, names))
        for input in plan.inputs { write(input, depth + 1, names, &lines) }
    }

    private func line(_ plan: LogicalPlan, _ names: ColumnNaming) -> String {
        let list = { (expressions: [Expression]) in expressions.map { $0.text(names.name) }.joined(separator: ", ") }
        switch plan {
        case .scan(let scan):
            let columns = scan.columns.map { names.name($0.id) }.joined(separator: ", ")
            return "scan \(scan.provider.table.name) [\(columns)]"
        case .values(let rows, _): return "values " + rows.map { "(\(list($0)))" }.joined(separator: ", ")
        case .filter(_, let conditions):
            return "filter " + conditions.map { $0.text(names.name) }.joined(separator: " AND ")
        case .project(_, let columns): return "project " + columns.map { text($0, names) }.joined(separator: ", ")
        case .aggregate(let aggregate):
            let keys = aggregate.keys.map { text($0, names) }.joined(separator: ", ")
            let calls = aggregate.aggregates.map { "\(names.name($0.id)): \($0.call.text(names.name))" }
            return "aggregate [\(keys)] " + calls.joined(separator: ", ")
        case .window(let window):
            let calls = window.functions.map { "\(names.name($0.id)): \($0.call.text(window.keys, names.name))" }
            return "window " + calls.joined(separator: ", ")
        case .join(let join): return text(join, names)
        case .expand(let expansion):
            let columns = expansion.columns.map { names.name($0.id) }.joined(separator: ", ")
            return
                "expand\(expansion.keepsInput ? " left" : "") \(expansion.function.rawValue)(\(list(expansion.arguments)))"
                + " [\(columns)]"
                + (expansion.condition.isEmpty
                    ? "" : " on " + expansion.condition.map { $0.text(names.name) }.joined(separator: " AND "))
        case .sort(_, let keys): return "sort " + keys.map { $0.text(names.name) }.joined(separator: ", ")
        case .limit(_, let limit, let offset):
            return "limit \(limit.map(String.init) ?? "none")" + (offset == 0 ? "" : " offset \(offset)")
        case .unionAll(_, let columns):
            return "union all [\(columns.map { names.name($0.id) }.joined(separator: ", "))]"
        case .recursion(let recursion):
            let columns = recursion.columns.map { names.name($0.id) }.joined(separator: ", ")
            return "recursion \(recursion.traits.isDistinct ? "union" : "union all") [\(columns)]"
        case .shared(let id, let columns):
            return "read shared \(id) [\(columns.map { names.name($0.id) }.joined(separator: ", "))]"
        }
    }

    private func text(_ column: ProjectedColumn, _ names: ColumnNaming) -> String {
        column.isPassedThrough
            ? names.name(column.id) : "\(names.name(column.id)): \(column.expression.text(names.name))"
    }

    private func text(_ join: LogicalJoin, _ names: ColumnNaming) -> String {
        var text = (join.isDependent ? "dependent join " : "join ") + "\(join.kind)"
        if let key = join.nearest { text += " nearest \(key.text(names.name))" }
        if !join.condition.isEmpty {
            text += " on " + join.condition.map { $0.text(names.name) }.joined(separator: " AND ")
        }
        if !join.membership.isEmpty {
            text += " in " + join.membership.map { $0.text(names.name) }.joined(separator: " AND ")
        }
        return text + (join.mark.map { " as \(names.name($0))" } ?? "")
    }
}

/// Readable names of columns: the second `a` of a query is `a.2`.
struct ColumnNaming {
    private var names: [ColumnID: String] = [:]

    init(_ context: PlanContext) {
        var counts: [String: Int] = [:]
        for (id, name) in context.columnNames.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            counts[name, default: 0] += 1
            let count = counts[name] ?? 1
            names[id] = count == 1 ? name : "\(name).\(count)"
        }
    }

    func name(_ id: ColumnID) -> String { names[id] ?? id.description }
}

extension AggregateCall {
    /// The call as written in plans.
    func text(_ name: (ColumnID) -> String) -> String {
        let label = function.label
        let values = arguments.dropLast(order.count).map { $0.text(name) }.joined(separator: ", ")
        let keys = zip(arguments.suffix(order.count), order).map { key, order in
            SortKey(
                expression: key, isDescending: order.isDescending, nullsFirst: order.nullsFirst,
                collation: order.collation
            ).text(name)
        }
        let list =
            (function == .countStar ? "*" : values) + (keys.isEmpty ? "" : " ORDER BY \(keys.joined(separator: ", "))")
        return "\(label)(\(mustAgree ? "SAME " : "")\(isDistinct ? "DISTINCT " : "")\(list))"
            + (filter.map { " FILTER (\($0.text(name)))" } ?? "")
    }
}

extension AggregateFunction {
    /// The name as written in plans.
    var label: String {
        switch self {
        case .countStar: "count"
        case .count: "count"
        case .sum: "sum"
        case .total: "total"
        case .average: "avg"
        case .minimum: "min"
        case .maximum: "max"
        case .groupConcat: "group_concat"
        case .anyValue: "any_value"
        case .firstRow: "first"
        case .rowOfMinimum: "row_of_min"
        case .rowOfMaximum: "row_of_max"
        case .lastRow: "last"
        case .product: "product"
        case .mode: "mode"
        case .collect: "list"
        case .quantile(let fraction, let isContinuous): "quantile_\(isContinuous ? "cont" : "disc")[\(fraction)]"
        case .statistic(let statistic): statistic.label
        }
    }
}

extension AggregateFunction.Statistic {
    fileprivate var label: String {
        switch self {
        case .variance(let isSample): isSample ? "var_samp" : "var_pop"
        case .deviation(let isSample): isSample ? "stddev_samp" : "stddev_pop"
        case .covariance(let isSample): isSample ? "covar_samp" : "covar_pop"
        case .correlation: "corr"
        case .slope: "regr_slope"
        case .intercept: "regr_intercept"
        case .determination: "regr_r2"
        case .pairCount: "regr_count"
        case .meanX: "regr_avgx"
        case .meanY: "regr_avgy"
        case .squaresX: "regr_sxx"
        case .squaresY: "regr_syy"
        case .products: "regr_sxy"
        }
    }
}

extension SortKey {
    /// The key as written in plans.
    func text(_ name: (ColumnID) -> String) -> String {
        var text = expression.text(name)
        if collation != .binary { text += " COLLATE \(collation.rawValue)" }
        if isDescending { text += " DESC" }
        if nullsFirst == isDescending { text += nullsFirst ? " NULLS FIRST" : " NULLS LAST" }
        return text
    }
}
