import RheiCompute
import RheiPlan

/// The probe side of a hash join, as a description that workers make their consumers from.
struct HashJoinProbeStep: PipelineStep {
    let kind: JoinKind
    /// See ``PhysicalHashJoin/yieldsBuildRows``.
    let yieldsBuildRows: Bool
    let keys: [JoinKey]
    let range: JoinRange?
    let residual: Expression?
    let probe: ColumnLayout
    var buildSink: HashJoinBuildSink

    func makeConsumer(worker: WorkerContext, next: any BatchConsumer) throws -> any BatchConsumer {
        try HashJoinProbe(self, worker: worker, next: next)
    }
}

extension HashJoinProbeStep {
    /// What comes out after the probe side has ended: build rows that found a match, or none.
    var sourceAfterProbe: (any PipelineSource)? {
        if yieldsBuildRows {
            return HashJoinBuildRowsSource(buildSink: buildSink, isMarked: kind == .semi, nullTypes: [])
        }
        return kind.keepsBuildRows
            ? HashJoinBuildRowsSource(buildSink: buildSink, isMarked: false, nullTypes: probe.types) : nil
    }
}

extension JoinKind {
    /// Whether rows of either side come out that have no match.
    var keepsRowsWithoutMatch: Bool { keepsProbeRows || keepsBuildRows || self == .anti }

    /// Whether output rows carry the build side's columns.
    var yieldsBuildColumns: Bool {
        switch self {
        case .inner, .left, .right, .full, .single: true
        case .semi, .anti, .mark: false
        }
    }

    /// Whether probe rows without a match come out with nulls for the build side.
    var keepsProbeRows: Bool { self == .left || self == .full || self == .single }

    /// Whether build rows without a match come out with nulls for the probe side.
    var keepsBuildRows: Bool { self == .right || self == .full }
}
