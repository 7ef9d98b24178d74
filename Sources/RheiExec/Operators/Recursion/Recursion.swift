import RheiCompute
import RheiPlan

/// A recursive common table, as its source runs it.
struct Recursion: Sendable {
    let types: [VectorType]
    let traits: RecursionTraits
    let working: WorkingTable
    let step: RecursionStep
    let query: QueryContext
    let memory: OperatorMemory
}

/// How the rows of one round lead to those of the next.
enum RecursionStep: Sendable {
    /// The working table's rows run through these steps, one chain per recursive SELECT. The chains stay in place, so a
    /// round costs little more than its rows.
    case chains([[any PipelineStep]])
    /// The whole plan runs anew for every round.
    case plan(PhysicalPlan)
}

/// The rows that a working table has while one round's plan runs.
struct RecursionRound {
    let working: WorkingTable
    let rows: RowCollectionBox
}

extension PhysicalPlan {
    /// Whether the rows of a working table stream through this plan, so that nothing of it has to be built per round.
    func streams(_ working: WorkingTable) -> Bool {
        switch node {
        case .scan(let scan): return scan.provider as? WorkingTable === working
        case .filter(let input, _), .project(let input, _): return input.streams(working)
        case .expand(let expansion): return expansion.input.streams(working)
        case .unionAll(let inputs): return inputs.allSatisfy { $0.streams(working) }
        case .hashJoin(let join):
            return !join.kind.keepsBuildRows && !join.yieldsBuildRows && join.probe.streams(working)
                && !join.build.reads(working)
        case .nestedLoopJoin(let join):
            return !join.kind.keepsBuildRows && join.probe.streams(working) && !join.build.reads(working)
        default: return false
        }
    }

    private func reads(_ working: WorkingTable) -> Bool {
        if case .scan(let scan) = node { return scan.provider as? WorkingTable === working }
        return children.contains { $0.reads(working) }
    }
}
