import RheiCompute
import RheiCore
import RheiPlan

/// Looks up the build rows of one worker's probe batches.
///
/// When every key has one build row and no residual must hold, the build columns are written at the probe rows' own
/// positions; otherwise pairs of rows are collected into batches of their own.
final class HashJoinProbe: BatchConsumer {
    private let step: HashJoinProbeStep
    private let worker: WorkerContext
    private let next: any BatchConsumer
    private let keyEvaluator: ExpressionEvaluator
    private let pairs: JoinPairs
    private let lookup = JoinProbe()
    private let matches = JoinMatches()
    private let range: HashJoinRangeProbe?
    private let output = VectorBatch()
    private let buildBuffers: [VectorBuffer]
    private let markBuffer = VectorBuffer(type: .bool)
    private var marks: MatchedRows?
    /// Takes the rows where those of the build side were put aside.
    private let partitions: SpillPartitions?

    init(_ step: HashJoinProbeStep, worker: WorkerContext, next: any BatchConsumer) throws {
        self.step = step
        self.worker = worker
        self.next = next
        partitions = step.buildSink.makeProbePartitions(types: step.probe.types)
        keyEvaluator = try ExpressionEvaluator(step.keys.map(\.probe), layout: step.probe)
        range = try step.range.map { try HashJoinRangeProbe($0, layout: step.probe) }
        buildBuffers = step.kind.yieldsBuildColumns ? step.buildSink.input.types.map { VectorBuffer(type: $0) } : []
        pairs = try JoinPairs(
            kind: step.kind, condition: step.residual, probe: step.probe, build: step.buildSink.input,
            marksOnly: step.yieldsBuildRows, next: next)
    }

    func consume(_ batch: VectorBatch) throws {
        if let partitions {
            let keys = try keyEvaluator.evaluate(batch, worker: worker)
            return try partitions.append(batch.columns, keys: keys, batch.rows, sequence: 0)
        }
        guard let build = step.buildSink.build, let table = build.table else {
            throw EngineError(.invariant, "a join is probed before its build side is complete")
        }
        let keys = try keyEvaluator.evaluate(batch, worker: worker)
        matches.find(keys, batch.rows, in: table, lookup)
        try range?.narrow(matches, batch, in: table, worker: worker)
        if marks == nil, step.kind.keepsBuildRows || step.yieldsBuildRows {
            marks = MatchedRows(count: build.rows.rowCount)
        }
        if step.yieldsBuildRows { return try markBuildRows(batch, build, table) }
        if step.residual != nil { return try pairAll(batch, build, table) }
        switch step.kind {
        case .semi: try pushSelected(batch, matches.matched(batch.rows))
        case .anti: try pushSelected(batch, matches.unmatched(batch.rows))
        case .mark: try pushMarked(batch, keys, build)
        case .inner, .left, .right, .full, .single:
            if table.isUnique { try pushUnique(batch, build, table) } else { try pairAll(batch, build, table) }
        }
    }

    /// Marks the build rows that match one of the probe rows; nothing is pushed.
    private func markBuildRows(_ batch: VectorBatch, _ build: HashJoinBuild, _ table: JoinTable) throws {
        let rows = matches.matched(batch.rows)
        if rows.count == 0 { return }
        if step.residual == nil, table.isUnique {
            marks?.mark(matches.uniqueRows(of: rows, in: table))
            return
        }
        try pairs.begin(batch, build.rows, marks, worker)
        try pairs.add(rows, matches, in: table, keepsMisses: false, ranges: range?.ranges)
        try pairs.end()
    }

    private func pushSelected(_ batch: VectorBatch, _ rows: SelectionVector) throws {
        guard rows.count > 0 else { return }
        output.columns = batch.columns
        output.rowCount = batch.rowCount
        output.select(rows)
        try next.consume(output)
    }

    private func pushMarked(_ batch: VectorBatch, _ keys: [ColumnVector], _ build: HashJoinBuild) throws {
        let mark: ColumnVector
        if let unknowns = build.unknowns {
            let isUnknown = unknowns.areUnknown(keys, batch.rows, lookup)
            mark = matches.mark(batch.rows, into: markBuffer, isUnknown: isUnknown)
        } else {
            mark = matches.mark(batch.rows, into: markBuffer) { _ in false }
        }
        output.columns = batch.columns + [mark]
        output.rowCount = batch.rowCount
        output.select(batch.rows)
        try next.consume(output)
    }

    /// Writes the build columns beside the probe columns, one build row at most for each probe row.
    private func pushUnique(_ batch: VectorBatch, _ build: HashJoinBuild, _ table: JoinTable) throws {
        let keepsMisses = step.kind.keepsProbeRows
        let rows = keepsMisses ? batch.rows : matches.matched(batch.rows)
        guard rows.count > 0 else { return }
        let found = matches.uniqueRows(of: rows, in: table)
        marks?.mark(found)
        output.columns = batch.columns
        for (column, buffer) in zip(build.rows.columns, buildBuffers) {
            output.columns.append(column.gather(found, at: rows, mayMiss: keepsMisses, into: buffer))
        }
        output.rowCount = batch.rowCount
        output.select(rows)
        try next.consume(output)
    }

    private func pairAll(_ batch: VectorBatch, _ build: HashJoinBuild, _ table: JoinTable) throws {
        // Without a condition it is known at once that a row finds nothing, which keeps the probe's order.
        let keepsMisses = step.residual == nil && step.kind.keepsProbeRows
        let rows = keepsMisses ? batch.rows : matches.matched(batch.rows)
        if step.residual == nil, step.kind == .single, matches.hasSecondMatch(rows, in: table) {
            throw JoinPairs.secondMatch
        }
        try pairs.begin(batch, build.rows, marks, worker)
        try pairs.add(rows, matches, in: table, keepsMisses: keepsMisses, ranges: range?.ranges)
        try pairs.end()
    }

    func finish() throws {
        if let marks { step.buildSink.build?.add(marks) }
        marks = nil
        if let partitions { step.buildSink.spilled?.addProbe(try partitions.finish()) }
        try next.finish()
    }
}
