import RheiArrow
import RheiCore

/// Writes a physical plan as the text of EXPLAIN: one line per operator, inputs indented below it.
///
/// Columns go by their table names; where those would be ambiguous or a column is computed, by what computes it.
package struct PlanPrinter {
    private var names: [ColumnID: String] = [:]

    package init() {}

    /// The whole text, without a line end after the last line.
    package static func text(_ plan: QueryPlan) -> String {
        var printer = PlanPrinter()
        printer.collectNames(plan.root)
        var lines: [String] = []
        var shared = Set<Int>()
        printer.write(plan.root, 0, &lines, &shared)
        return lines.joined(separator: "\n")
    }

    /// A function that gives the line of each operator of a plan.
    static func describer(of query: QueryPlan) -> (PhysicalPlan) -> String {
        var printer = PlanPrinter()
        printer.collectNames(query.root)
        return { [printer] in printer.line($0) }
    }

    /// The line of one operator without its inputs, such as `hash_join inner (a = b)`.
    package static func line(_ plan: PhysicalPlan, in query: QueryPlan) -> String {
        var printer = PlanPrinter()
        printer.collectNames(query.root)
        return printer.line(plan)
    }

    private func name(_ id: ColumnID) -> String { names[id] ?? id.description }

    private mutating func collectNames(_ plan: PhysicalPlan) {
        for input in plan.inputs { collectNames(input) }
        switch plan.node {
        case .scan(let scan):
            let columns = scan.provider.table.columns
            for (index, column) in zip(scan.tableColumns, plan.columns) { names[column.id] = columns[index].name }
        case .project(_, let expressions):
            for (expression, column) in zip(expressions, plan.columns) where names[column.id] == nil {
                names[column.id] = expression.text(name)
            }
        case .aggregate(let aggregate):
            let texts = aggregate.keys.map { $0.text(name) } + aggregate.aggregates.map { $0.text(name) }
            for (text, column) in zip(texts, plan.columns) where names[column.id] == nil { names[column.id] = text }
        case .expand(let node):
            let own = plan.columns.suffix(node.functionColumns.count)
            for (index, column) in zip(node.functionColumns, own) {
                let columns = node.function.columns
                names[column.id] = columns.indices.contains(index) ? columns[index].name : node.function.rawValue
            }
        case .window(let window):
            let added = plan.columns.suffix(window.calls.count)
            for (call, column) in zip(window.calls, added) where names[column.id] == nil {
                names[column.id] = call.text(window.keys, name)
            }
        case .unionAll(let inputs):
            for (index, column) in plan.columns.enumerated() {
                names[column.id] = inputs.first.map { name($0.columns[index].id) }
            }
        case .recursion(let recursion):
            for (source, column) in zip(recursion.start.columns, plan.columns) { names[column.id] = name(source.id) }
        case .shared(_, let body):
            for (source, column) in zip(body.columns, plan.columns) where source.id != column.id {
                names[column.id] = name(source.id)
            }
        default: break
        }
    }

    private func write(_ plan: PhysicalPlan, _ depth: Int, _ lines: inout [String], _ shared: inout Set<Int>) {
        lines.append(
            String(repeating: "  ", count: depth) + line(plan) + "  ~\(Self.grouped(plan.estimatedRowCount)) rows")
        if case .shared(let id, _) = plan.node, !shared.insert(id).inserted { return }
        for input in plan.inputs { write(input, depth + 1, &lines, &shared) }
    }

    private func line(_ plan: PhysicalPlan) -> String {
        switch plan.node {
        case .scan(let scan):
            let columns = plan.columns.map { name($0.id) }.joined(separator: ", ")
            return "scan \(scan.provider.table.name) [\(columns)]"
                + (scan.filters.isEmpty ? "" : " where \(conjunction(scan.filters))")
        case .values(let rows): return "values \(rows.count) x \(plan.columns.count)"
        case .filter(_, let conditions): return "filter \(conjunction(conditions))"
        case .project(_, let expressions): return "project \(list(expressions))"
        case .aggregate(let aggregate):
            let calls = aggregate.aggregates.map { $0.text(name) }.joined(separator: ", ")
            let keys = aggregate.keys.isEmpty ? "" : " by \(list(aggregate.keys))"
            return aggregate.aggregates.isEmpty ? "distinct \(list(aggregate.keys))" : "aggregate \(calls)\(keys)"
        case .window(let window):
            return "window " + window.calls.map { $0.text(window.keys, name) }.joined(separator: ", ")
        case .hashJoin(let join):
            let keys = join.keys.map { key in
                "\(key.probe.text(name)) \(key.nullsMatch ? "IS" : "=") \(key.build.text(name))"
            }
            let conditions = keys + (join.range.map { $0.conditions(name) } ?? [])
            let algorithm = keys.isEmpty ? "range_join" : "hash_join"
            let kind = (join.yieldsBuildRows ? "build " : "") + (join.range?.takesNearest == true ? "nearest " : "")
            return "\(algorithm) \(kind)\(join.kind) (\(conditions.joined(separator: " AND ")))"
                + (join.residual.map { " and \($0.text(name))" } ?? "")
        case .nestedLoopJoin(let join):
            return "nested_loop_join \(join.kind)" + (join.condition.map { " (\($0.text(name)))" } ?? "")
        case .expand(let node):
            return "expand\(node.keepsInput ? " left" : "") \(node.function.rawValue)(\(list(node.arguments)))"
                + (node.condition.isEmpty ? "" : " where \(conjunction(node.condition))")
        case .sort(_, let keys, let limit, let offset):
            let order = keys.map { $0.text(name) }.joined(separator: ", ")
            return limit == nil && offset == 0 ? "sort \(order)" : "top_n \(order)\(Self.limit(limit, offset))"
        case .limit(_, let limit, let offset): return "limit" + Self.limit(limit, offset)
        case .unionAll(let inputs): return "union_all of \(inputs.count)"
        case .shared(let id, _): return "shared \(id)"
        case .recursion(let recursion):
            let order = recursion.traits.order.isEmpty ? "" : " in order"
            return (recursion.traits.isDistinct ? "recursion union" : "recursion union_all") + order
                + Self.limit(recursion.traits)
        }
    }

    private static func limit(_ traits: RecursionTraits) -> String {
        traits.limit == nil && traits.offset == 0 ? "" : " limit" + limit(traits.limit, traits.offset)
    }

    private static func limit(_ limit: Int?, _ offset: Int) -> String {
        " \(limit.map(String.init) ?? "none")" + (offset == 0 ? "" : " offset \(offset)")
    }

    private func list(_ expressions: [Expression]) -> String {
        expressions.map { $0.text(name) }.joined(separator: ", ")
    }

    private func conjunction(_ conditions: [Expression]) -> String {
        conditions.count == 1 ? conditions[0].text(name) : Expression.and(conditions).text(name)
    }

    /// A count with a thin gap between thousands: `1 234`.
    static func grouped(_ count: Double) -> String {
        let digits = String(Int64(min(max(0, count.rounded()), 9e18)))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += " " }
            text.append(digit)
        }
        return text
    }
}

extension PhysicalPlan {
    /// The inputs, the probe side of a join before the build side.
    package var inputs: [PhysicalPlan] {
        switch node {
        case .scan, .values: []
        case .filter(let input, _), .project(let input, _), .sort(let input, _, _, _), .limit(let input, _, _),
            .shared(_, let input):
            [input]
        case .aggregate(let aggregate): [aggregate.input]
        case .expand(let node): [node.input]
        case .window(let window): [window.input]
        case .hashJoin(let join): [join.probe, join.build]
        case .nestedLoopJoin(let join): [join.probe, join.build]
        case .unionAll(let inputs): inputs
        case .recursion(let recursion): [recursion.start, recursion.step]
        }
    }
}
