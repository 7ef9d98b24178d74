import RheiCompute
import RheiCore
import RheiPlan

/// Narrows the matches of one worker's probe batches by inequalities.
final class HashJoinRangeProbe {
    let ranges = JoinRanges()
    private let sides: [JoinBound.Side]
    private let takesNearest: Bool
    /// The bounds, then the reach.
    private let evaluator: ExpressionEvaluator
    private let hasReach: Bool

    init(_ range: JoinRange, layout: ColumnLayout) throws {
        sides = try range.bounds.map { bound in
            switch bound.comparison {
            case .greater: .above
            case .greaterOrEqual: .atLeast
            case .less: .below
            case .lessOrEqual: .atMost
            default: throw EngineError(.invariant, "a bound of a join is no inequality")
            }
        }
        takesNearest = range.takesNearest
        hasReach = range.reach != nil
        evaluator = try ExpressionEvaluator(
            range.bounds.map(\.probe) + (range.reach.map { [$0.probe] } ?? []), layout: layout)
    }

    /// Leaves of the matches those whose build row is within the bounds.
    func narrow(_ matches: JoinMatches, _ batch: VectorBatch, in table: JoinTable, worker: WorkerContext) throws {
        let values = try evaluator.evaluate(batch, worker: worker)
        let bounds = zip(sides, values).map { JoinBound($0, $1) }
        ranges.narrow(
            matches, batch.rows, in: table, bounds, reach: hasReach ? values.last : nil, takesNearest: takesNearest)
    }
}
