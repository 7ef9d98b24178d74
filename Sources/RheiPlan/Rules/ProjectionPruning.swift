import RheiArrow
import RheiCore

/// Drops the columns, aggregates, joins and subplans whose results nothing reads.
final class ProjectionPruning {
    private let context: PlanContext
    /// Which positions of a shared subplan are read, over all places that read it.
    private var readPositions: [Int: Set<Int>] = [:]

    init(_ context: PlanContext) { self.context = context }

    /// Prunes a plan of which all output columns are read, and the shared subplans below it.
    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        let pruned = prune(plan, plan.columnIDs)
        for id in context.readersFirst(plan) {
            guard let body = context.sharedPlans[id] else { continue }
            let positions = readPositions[id] ?? []
            let columns = body.columns
            let kept = positions.sorted().map { columns[$0] }
            context.sharedPlans[id] = prune(body, Set(kept.map(\.id))).exactly(kept)
        }
        for id in context.sharedPlans.keys { context.sharedPlans[id] = context.sharedPlans[id].map(narrowingShared) }
        return narrowingShared(pruned)
    }

    private func narrowingShared(_ plan: LogicalPlan) -> LogicalPlan {
        if case .shared(let id, let columns) = plan {
            let positions = (readPositions[id] ?? []).sorted()
            return .shared(id, columns: positions.map { columns[$0] })
        }
        return plan.mapInputs(narrowingShared)
    }

    private func prune(_ plan: LogicalPlan, _ needed: Set<ColumnID>) -> LogicalPlan {
        switch plan {
        case .scan(var scan):
            let kept = scan.columns.indices.filter { needed.contains(scan.columns[$0].id) }
            scan.tableColumns = kept.map { scan.tableColumns[$0] }
            scan.columns = kept.map { scan.columns[$0] }
            return .scan(scan)
        case .values(let rows, let columns):
            let kept = columns.indices.filter { needed.contains(columns[$0].id) }
            return .values(rows.map { row in kept.map { row[$0] } }, columns: kept.map { columns[$0] })
        case .filter(let input, let conditions): return .filter(prune(input, needed.reading(conditions)), conditions)
        case .sort(let input, let keys):
            return .sort(prune(input, needed.reading(keys.map(\.expression))), keys)
        case .limit(let input, let limit, let offset): return .limit(prune(input, needed), limit: limit, offset: offset)
        case .project(let input, let columns): return prune(input, columns, needed)
        case .aggregate(let aggregate): return prune(aggregate, needed)
        case .window(let window): return prune(window, needed)
        case .join(let join): return prune(join, needed)
        case .expand(var expansion):
            let read = needed.reading(expansion.condition)
            let kept = expansion.columns.indices.filter { read.contains(expansion.columns[$0].id) }
            expansion.functionColumns = kept.map { expansion.functionColumns[$0] }
            expansion.columns = kept.map { expansion.columns[$0] }
            expansion.input = prune(expansion.input, read.reading(expansion.arguments))
            return .expand(expansion)
        case .unionAll(let inputs, let columns): return prune(inputs, columns, needed)
        case .recursion: return plan.mapInputs { prune($0, $0.columnIDs) }
        case .shared(let id, let columns):
            let positions = columns.indices.filter { needed.contains(columns[$0].id) }
            readPositions[id, default: []].formUnion(positions)
            return plan
        }
    }

    private func prune(
        _ input: LogicalPlan, _ columns: [ProjectedColumn], _ needed: Set<ColumnID>
    ) -> LogicalPlan {
        let kept = columns.filter { needed.contains($0.id) }
        var below = prune(input, Set<ColumnID>().reading(kept.map(\.expression)))
        var merged = kept
        // Two projections in a row are one, as long as nothing is computed twice.
        if case .project(let inner, let innerColumns) = below, Self.mayMerge(kept, innerColumns) {
            let expressions = Dictionary(
                innerColumns.map { ($0.id, $0.expression) }, uniquingKeysWith: { first, _ in first })
            merged = kept.map { column in column.mapped { $0.substituting(expressions) } }
            below = inner
        }
        if merged.allSatisfy(\.isPassedThrough), merged.map(\.id) == below.columns.map(\.id) { return below }
        return .project(below, merged)
    }

    private static func mayMerge(_ outer: [ProjectedColumn], _ inner: [ProjectedColumn]) -> Bool {
        let computed = Set(
            inner.filter { $0.expression.columnID == nil && $0.expression.literalValue == nil }.map(\.id))
        if computed.isEmpty { return true }
        var uses: [ColumnID: Int] = [:]
        for column in outer {
            column.expression.forEach { node in
                if let id = node.columnID, computed.contains(id) { uses[id, default: 0] += 1 }
            }
        }
        return uses.values.allSatisfy { $0 <= 1 }
    }

    private func prune(_ aggregate: LogicalAggregate, _ needed: Set<ColumnID>) -> LogicalPlan {
        var aggregate = aggregate
        aggregate.aggregates = aggregate.aggregates.filter { needed.contains($0.id) }
        if aggregate.keys.isEmpty, aggregate.aggregates.isEmpty { return .values([[]], columns: []) }
        let read =
            aggregate.keys.map(\.expression)
            + aggregate.aggregates.flatMap { column in
                column.call.arguments + (column.call.filter.map { [$0] } ?? [])
            }
        aggregate.input = prune(aggregate.input, Set<ColumnID>().reading(read))
        return .aggregate(aggregate)
    }

    private func prune(_ window: LogicalWindow, _ needed: Set<ColumnID>) -> LogicalPlan {
        var window = window
        window.functions = window.functions.filter { needed.contains($0.id) }
        if window.functions.isEmpty { return prune(window.input, needed) }
        window.keys = window.usedKeys
        let read = window.keys.map(\.expression) + window.functions.flatMap(\.call.expressions)
        window.input = prune(window.input, needed.reading(read))
        return .window(window)
    }

    private func prune(_ join: LogicalJoin, _ needed: Set<ColumnID>) -> LogicalPlan {
        let right = join.right.columnIDs
        if needed.isDisjoint(with: right) {
            switch join.kind {
            case .left where join.hasUniqueRight: return prune(join.left, needed)
            case .inner where join.condition.isEmpty && join.right.isExactlyOneRow: return prune(join.left, needed)
            case .mark:
                if let mark = join.mark, !needed.contains(mark) { return prune(join.left, needed) }
            default: break
            }
        }
        if join.kind == .inner, join.condition.isEmpty, join.left.isExactlyOneRow,
            needed.isDisjoint(with: join.left.columnIDs)
        {
            return prune(join.right, needed)
        }
        var join = join
        let read = needed.reading(join.condition + join.membership + (join.nearest.map { [$0.expression] } ?? []))
        join.left = prune(join.left, read)
        join.right = prune(join.right, read)
        return .join(join)
    }

    private func prune(
        _ inputs: [LogicalPlan], _ columns: [PlanColumn], _ needed: Set<ColumnID>
    ) -> LogicalPlan {
        let kept = columns.indices.filter { needed.contains(columns[$0].id) }
        let parts = inputs.map { input in
            let own = input.columns
            let wanted = kept.map { own[$0] }
            return prune(input, Set(wanted.map(\.id))).exactly(wanted)
        }
        return .unionAll(parts, columns: kept.map { columns[$0] })
    }
}

extension Set<ColumnID> {
    /// The set with the columns that the expressions read.
    func reading(_ expressions: [Expression]) -> Set<ColumnID> {
        var result = self
        for expression in expressions { expression.collectColumns(into: &result) }
        return result
    }
}
