import RheiPlan

/// What a plan node that must see all of its input becomes: the end of one pipeline and the start of another.
package struct Breaker: Sendable {
    package var sink: any PipelineSink
    /// Yields the node's output once the sink is complete.
    package var source: any PipelineSource

    package init(sink: any PipelineSink, source: any PipelineSource) {
        self.sink = sink
        self.source = source
    }
}

/// What a join becomes: the end of the build side's pipeline, a step of the probe side's, and, for kinds that yield
/// build rows without a match, a source that is read after the probe side has ended.
package struct JoinBreaker: Sendable {
    package var buildSink: any PipelineSink
    /// Turns batches of probe columns into batches of the node's columns.
    package var probeStep: any PipelineStep
    /// Yields batches of the node's columns.
    package var unmatchedSource: (any PipelineSource)?

    package init(
        buildSink: any PipelineSink, probeStep: any PipelineStep, unmatchedSource: (any PipelineSource)? = nil
    ) {
        self.buildSink = buildSink
        self.probeStep = probeStep
        self.unmatchedSource = unmatchedSource
    }
}

extension JoinBreaker {
    /// The same without rows that come out after the probe side has ended.
    var withoutSource: JoinBreaker { JoinBreaker(buildSink: buildSink, probeStep: probeStep) }
}

/// A ``JoinBreaker`` whose build side can make filters of its keys.
struct HashJoinBreaker {
    var buildSink: HashJoinBuildSink
    var probeStep: HashJoinProbeStep
    var unmatchedSource: (any PipelineSource)?
    /// Yields what the rows that were put aside give; nil for a join that puts none aside.
    var spilledSource: (any PipelineSource)?
}

/// Makes the operators that break pipelines. Layouts say where the inputs' columns lie in batches.
enum BreakerFactory {
    static func aggregate(
        _ node: PhysicalAggregate, input: ColumnLayout, query: QueryContext, memory: OperatorMemory
    ) throws -> Breaker {
        let sink = HashAggregateSink(plan: try HashAggregatePlan(node, input: input), query: query, memory: memory)
        return Breaker(sink: sink, source: HashAggregateSource(sink: sink))
    }

    static func window(
        _ node: PhysicalWindow, input: ColumnLayout, query: QueryContext, memory: OperatorMemory
    ) throws -> Breaker {
        let sink = WindowSink(plan: try WindowPlan(node, input: input), query: query, memory: memory)
        return Breaker(sink: sink, source: WindowSource(sink: sink))
    }

    static func sort(
        keys: [SortKey], limit: Int?, offset: Int, input: ColumnLayout, query: QueryContext, memory: OperatorMemory
    ) throws -> Breaker {
        let plan = try SortPlan(keys: keys, limit: limit, offset: offset, input: input)
        if let wanted = plan.wantedRowCount, wanted <= TopNSink.greatestRowCount {
            let sink = TopNSink(plan: plan, wanted: wanted, memory: memory)
            return Breaker(sink: sink, source: SortSource(sink: sink))
        }
        let sink = SortSink(plan: plan, query: query, memory: memory)
        return Breaker(sink: sink, source: SortSource(sink: sink))
    }

    static func hashJoin(
        _ node: PhysicalHashJoin, probe: ColumnLayout, build: ColumnLayout, query: QueryContext, memory: OperatorMemory,
        canSpill: Bool
    ) throws -> HashJoinBreaker {
        // Whether a mark is unknown depends on nulls in all parts.
        let canSpill = canSpill && node.kind != .mark
        let sink = try HashJoinBuildSink(
            input: build, keys: node.keys, range: node.range, memory: memory, canSpill: canSpill,
            isMarked: node.kind == .mark, check: { try query.checkCancelled() })
        let step = HashJoinProbeStep(
            kind: node.kind, yieldsBuildRows: node.yieldsBuildRows, keys: node.keys, range: node.range,
            residual: node.residual, probe: probe, buildSink: sink)
        return HashJoinBreaker(
            buildSink: sink, probeStep: step, unmatchedSource: step.sourceAfterProbe,
            spilledSource: canSpill ? HashJoinSpilledSource(step: step) : nil)
    }

    static func nestedLoopJoin(
        _ node: PhysicalNestedLoopJoin, probe: ColumnLayout, build: ColumnLayout, memory: OperatorMemory
    ) throws -> JoinBreaker {
        let sink = try HashJoinBuildSink(input: build, keys: [], memory: memory, canSpill: false)
        let step = NestedLoopJoinStep(kind: node.kind, condition: node.condition, probe: probe, buildSink: sink)
        return JoinBreaker(buildSink: sink, probeStep: step, unmatchedSource: unmatched(node.kind, sink, probe))
    }

    private static func unmatched(
        _ kind: JoinKind, _ sink: HashJoinBuildSink, _ probe: ColumnLayout
    ) -> (any PipelineSource)? {
        kind.keepsBuildRows
            ? HashJoinBuildRowsSource(buildSink: sink, isMarked: false, nullTypes: probe.types) : nil
    }
}
