import RheiCore

/// Leaves out of the inputs of operators that keep rows what is read neither by them nor above them: the keys of joins
/// below, and what only a condition looked at. Batches carry such columns for nothing; to keep them costs a copy of each.
///
/// A projection is put before the operator. What else an operator yields stays as it is.
struct StoredColumnPruning {
    func apply(_ plan: PhysicalPlan) -> PhysicalPlan { pruned(plan, Set(plan.columns.map(\.id))) }

    /// Returns the plan without columns that are stored for nothing; `needed` are those of its columns that are read.
    private func pruned(_ plan: PhysicalPlan, _ needed: Set<ColumnID>) -> PhysicalPlan {
        var result = plan
        switch plan.node {
        case .scan, .values: break
        case .filter(let input, let conditions):
            let input = pruned(input, needed.reading(conditions))
            (result.node, result.columns) = (.filter(input, conditions), input.columns)
        case .project(let input, let expressions):
            result.node = .project(pruned(input, Set().reading(expressions)), expressions)
        case .aggregate(var aggregate):
            let read = aggregate.keys + aggregate.aggregates.flatMap { $0.arguments + ($0.filter.map { [$0] } ?? []) }
            aggregate.input = pruned(aggregate.input, Set().reading(read))
            result.node = .aggregate(aggregate)
        case .window(var window):
            let read = window.keys.map(\.expression) + window.calls.flatMap(\.expressions)
            window.input = stored(window.input, needed.reading(read))
            (result.node, result.columns) = (
                .window(window), window.input.columns + plan.columns.suffix(window.calls.count)
            )
        case .hashJoin(let join): return pruned(join, plan, needed)
        case .nestedLoopJoin(var join):
            let read = needed.reading(join.condition.map { [$0] } ?? [])
            join.probe = pruned(join.probe, read)
            join.build = stored(join.build, read)
            result.node = .nestedLoopJoin(join)
            result.columns = Self.columns(join.kind, join.probe, join.build, of: plan)
        case .expand(var expansion):
            expansion.input = pruned(expansion.input, needed.reading(expansion.arguments + expansion.condition))
            let own = plan.columns.suffix(expansion.functionColumns.count)
            (result.node, result.columns) = (.expand(expansion), expansion.input.columns + own)
        case .sort(let input, let keys, let limit, let offset):
            let input = stored(input, needed.reading(keys.map(\.expression)))
            (result.node, result.columns) = (.sort(input, keys, limit: limit, offset: offset), input.columns)
        case .limit(let input, let limit, let offset):
            let input = pruned(input, needed)
            (result.node, result.columns) = (.limit(input, limit: limit, offset: offset), input.columns)
        // Their inputs are read by position.
        case .unionAll, .recursion, .shared: result.node = plan.node.mapInputs(apply)
        }
        return result
    }

    private func pruned(_ join: PhysicalHashJoin, _ plan: PhysicalPlan, _ needed: Set<ColumnID>) -> PhysicalPlan {
        var (join, result) = (join, plan)
        var read = join.keys.flatMap { [$0.probe, $0.build] } + (join.residual.map { [$0] } ?? [])
        if let range = join.range {
            read += range.comparisons.map(\.build) + range.bounds.map(\.probe) + (range.reach.map { [$0.probe] } ?? [])
        }
        let all = needed.reading(read)
        join.probe = pruned(join.probe, all)
        join.build = stored(join.build, all)
        result.node = .hashJoin(join)
        result.columns =
            join.yieldsBuildRows ? join.build.columns : Self.columns(join.kind, join.probe, join.build, of: plan)
        return result
    }

    /// What a join of these inputs yields; the column of a mark is the last one of `plan`.
    private static func columns(
        _ kind: JoinKind, _ probe: PhysicalPlan, _ build: PhysicalPlan, of plan: PhysicalPlan
    ) -> [PlanColumn] {
        if kind == .mark { return probe.columns + plan.columns.suffix(1) }
        return kind.yieldsRight ? probe.columns + build.columns : probe.columns
    }

    /// The input of an operator that keeps its rows.
    private func stored(_ input: PhysicalPlan, _ needed: Set<ColumnID>) -> PhysicalPlan {
        let input = pruned(input, needed)
        let kept = input.columns.filter { needed.contains($0.id) }
        if kept.count == input.columns.count { return input }
        return PhysicalPlan(
            node: .project(input, kept.map { .column($0.id, $0.type) }), columns: kept,
            estimatedRowCount: input.estimatedRowCount)
    }
}
