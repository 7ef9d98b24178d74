import RheiArrow
import RheiCore

/// Chooses the operators' algorithms: logical plan to physical plan.
struct PhysicalPlanner {
    let context: PlanContext
    let estimator: CardinalityEstimator
    /// Whether sides of joins may be swapped for cost.
    let mayReorder: Bool
    let vectorSize: Int

    /// Converts a plan whose joins are all independent.
    func convert(_ plan: LogicalPlan) throws -> PhysicalPlan {
        switch plan {
        case .scan(let scan): return convert(scan, filters: [])
        case .values(let rows, let columns): return make(.values(rows), columns, plan)
        case .filter(let input, let conditions):
            let ordered = order(conditions.flatMap(\.conjuncts))
            if case .scan(let scan) = input {
                var converted = convert(scan, filters: ordered)
                converted.estimatedRowCount = estimator.rowCount(plan)
                return converted
            }
            let converted = try convert(input)
            return make(.filter(converted, ordered), converted.columns, plan)
        case .project(let input, let columns):
            return make(.project(try convert(input), columns.map(\.expression)), columns.map(\.column), plan)
        case .aggregate(let aggregate):
            let node = PhysicalAggregate(
                input: try convert(aggregate.input), keys: aggregate.keys.map(\.expression),
                aggregates: aggregate.aggregates.map(\.call))
            return make(.aggregate(node), plan.columns, plan)
        case .window(let window):
            let input = try convert(window.input)
            let node = PhysicalWindow(input: input, keys: window.usedKeys, calls: window.functions.map(\.call))
            return make(.window(node), input.columns + window.functions.map(\.column), plan)
        case .join(let join): return try convert(join, plan)
        case .expand(let expansion):
            let input = try convert(expansion.input)
            let node = PhysicalExpansion(
                input: input, function: expansion.function, arguments: expansion.arguments,
                functionColumns: expansion.functionColumns, condition: expansion.condition,
                keepsInput: expansion.keepsInput)
            return make(.expand(node), input.columns + expansion.columns, plan)
        case .sort(let input, let keys):
            let converted = try convert(input)
            return make(.sort(converted, keys, limit: nil, offset: 0), converted.columns, plan)
        case .limit(let input, let limit, let offset): return try convertLimit(input, limit, offset, plan)
        case .unionAll(let inputs, let columns):
            return make(.unionAll(try inputs.map { try exactly($0.columns, try convert($0)) }), columns, plan)
        case .recursion(let recursion):
            let node = PhysicalRecursion(
                start: try exactly(recursion.start.columns, try convert(recursion.start)),
                step: try exactly(recursion.step.columns, try convert(recursion.step)), working: recursion.working,
                traits: recursion.traits)
            return make(.recursion(node), recursion.columns, plan)
        case .shared(let id, let columns):
            guard let body = context.sharedPlans[id] else {
                throw EngineError(.invariant, "shared subplan \(id) has no body")
            }
            return make(.shared(id, try exactly(body.columns, try convert(body))), columns, plan)
        }
    }

    private func make(_ node: PhysicalNode, _ columns: [PlanColumn], _ plan: LogicalPlan) -> PhysicalPlan {
        PhysicalPlan(node: node, columns: columns, estimatedRowCount: estimator.rowCount(plan))
    }

    /// Brings the columns into the order that a positional reader expects.
    func exactly(_ columns: [PlanColumn], _ plan: PhysicalPlan) throws -> PhysicalPlan {
        if plan.columns == columns { return plan }
        return PhysicalPlan(
            node: .project(plan, columns.map { .column($0.id, $0.type) }), columns: columns,
            estimatedRowCount: plan.estimatedRowCount)
    }

    private func convertLimit(
        _ input: LogicalPlan, _ limit: Int?, _ offset: Int, _ plan: LogicalPlan
    ) throws -> PhysicalPlan {
        if case .sort(let sorted, let keys) = input {
            let converted = try convert(sorted)
            return make(.sort(converted, keys, limit: limit, offset: offset), converted.columns, plan)
        }
        let converted = try convert(input)
        return make(.limit(converted, limit: limit, offset: offset), converted.columns, plan)
    }

    // MARK: scans

    private func convert(_ scan: LogicalScan, filters: [Expression]) -> PhysicalPlan {
        let node = PhysicalScan(
            provider: scan.provider, tableColumns: scan.tableColumns, filters: filters,
            zoneFilters: filters.flatMap { ZoneFilters.derive(from: $0, scan) })
        return PhysicalPlan(
            node: .scan(node), columns: scan.columns, estimatedRowCount: Double(scan.provider.rowCount))
    }

    /// Cheap and selective conditions first; the order of equals stays.
    private func order(_ conditions: [Expression]) -> [Expression] {
        conditions.enumerated().sorted {
            let first = (cost($0.element), estimator.selectivity($0.element))
            let second = (cost($1.element), estimator.selectivity($1.element))
            return first == second ? $0.offset < $1.offset : first < second
        }.map(\.element)
    }

    private func cost(_ condition: Expression) -> Int {
        var cost = 0
        condition.forEach { node in
            switch node {
            case .literal, .column: break
            case .call: cost += 20
            case .conditional: cost += 10
            case .comparison(_, let left, _, _) where left.type == .utf8View || left.type == .any: cost += 4
            default: cost += 1
            }
        }
        return cost
    }
}
