import RheiCompute
import RheiCore
import RheiPlan

/// A join by any condition: every probe row meets every build row.
struct NestedLoopJoinStep: PipelineStep {
    let kind: JoinKind
    let condition: Expression?
    let probe: ColumnLayout
    let buildSink: HashJoinBuildSink

    func makeConsumer(worker: WorkerContext, next: any BatchConsumer) throws -> any BatchConsumer {
        try NestedLoopJoinConsumer(self, worker: worker, next: next)
    }
}

/// Tries the pairs of one worker's batches without copying them: one side's row stands as constants beside a vector of
/// the other side.
final class NestedLoopJoinConsumer: BatchConsumer {
    private let step: NestedLoopJoinStep
    private let worker: WorkerContext
    private let next: any BatchConsumer
    private let condition: PredicateEvaluator?
    /// The condition's value for `mark`, which tells unknown from false.
    private let value: ExpressionEvaluator?
    private let constantProbe: ConstantRow
    private let constantBuild: ConstantRow
    private let matches = JoinMatches()
    private let markBuffer = VectorBuffer(type: .bool)
    private let pairBatch = VectorBatch()
    private let output = VectorBatch()
    private let nullBuffers: [VectorBuffer]
    private let nullBuild: [ColumnVector]
    private var marks: MatchedRows?

    init(_ step: NestedLoopJoinStep, worker: WorkerContext, next: any BatchConsumer) throws {
        self.step = step
        self.worker = worker
        self.next = next
        let build = step.buildSink.input
        let both = try step.probe.appending(build)
        let isMark = step.kind == .mark
        condition = isMark ? nil : try step.condition.map { try PredicateEvaluator([$0], layout: both) }
        value = isMark ? try step.condition.map { try ExpressionEvaluator([$0], layout: both) } : nil
        constantProbe = ConstantRow(columnCount: step.probe.count)
        constantBuild = ConstantRow(columnCount: build.count)
        nullBuffers = build.types.map { VectorBuffer(type: $0, capacity: 64) }
        nullBuild = nullBuffers.map { $0.constantNull() }
    }

    func consume(_ batch: VectorBatch) throws {
        guard let build = step.buildSink.build else {
            throw EngineError(.invariant, "a join is probed before its build side is complete")
        }
        if step.kind.keepsBuildRows && marks == nil { marks = MatchedRows(count: build.rows.rowCount) }
        matches.clear()
        if build.rows.rowCount <= batch.selectedCount {
            try pairByBuildRow(batch, build)
        } else {
            try pairByProbeRow(batch, build)
        }
        try pushProbeRows(batch)
    }

    private func pairByBuildRow(_ batch: VectorBatch, _ build: HashJoinBuild) throws {
        for row in 0..<build.rows.rowCount {
            try worker.checkCancelled()
            if worker.isStopped { return }
            let block = build.vectors(from: row & ~63, count: 64)
            pairBatch.columns = batch.columns + constantBuild.constants(of: block, row: row & 63)
            pairBatch.rowCount = batch.rowCount
            pairBatch.select(batch.rows)
            let passing = try test()
            if matches.note(passing) && step.kind == .single { throw JoinPairs.secondMatch }
            if passing.count > 0 { marks?.mark(row) }
            try pushPairs(passing)
        }
    }

    private func pairByProbeRow(_ batch: VectorBatch, _ build: HashJoinBuild) throws {
        for position in 0..<batch.selectedCount {
            let row = batch.rows.row(at: position)
            let constants = constantProbe.constants(of: batch.columns, row: row)
            for first in stride(from: 0, to: build.rows.rowCount, by: VectorBatch.capacity) {
                try worker.checkCancelled()
                if worker.isStopped { return }
                let count = min(VectorBatch.capacity, build.rows.rowCount - first)
                pairBatch.columns = constants + build.vectors(from: first, count: count)
                pairBatch.resetSelection(rowCount: count)
                let passing = try test(unknownRow: row)
                if matches.note(row, count: passing.count) && step.kind == .single { throw JoinPairs.secondMatch }
                marks?.mark(passing, offset: first)
                try pushPairs(passing)
                if matches.isNoted(row) && !step.kind.yieldsBuildColumns { break }
            }
        }
    }

    /// Returns the rows of the pair batch that satisfy the condition and notes those for which it is unknown.
    ///
    /// - Parameter unknownRow: the probe row that all pairs belong to; nil when rows are probe rows.
    private func test(unknownRow: Int? = nil) throws -> SelectionVector {
        if let condition {
            try condition.narrow(pairBatch, worker: worker)
        } else if let value = try value?.evaluate(pairBatch, worker: worker).first {
            pairBatch.select(matches.selectTrue(value, pairBatch.rows, unknownRow: unknownRow))
        }
        return pairBatch.rows
    }

    private func pushPairs(_ passing: SelectionVector) throws {
        guard step.kind.yieldsBuildColumns, passing.count > 0 else { return }
        pairBatch.select(passing)
        try next.consume(pairBatch)
    }

    /// Pushes what comes out once per probe row.
    private func pushProbeRows(_ batch: VectorBatch) throws {
        var rows = batch.rows
        output.columns = batch.columns
        switch step.kind {
        case .inner, .right: return
        case .semi: rows = matches.noted(rows, isNoted: true)
        case .anti: rows = matches.noted(rows, isNoted: false)
        case .mark: output.columns.append(matches.notedMark(rows, into: markBuffer))
        case .left, .full, .single:
            rows = matches.noted(rows, isNoted: false)
            output.columns += nullBuild
        }
        guard rows.count > 0 else { return }
        output.rowCount = batch.rowCount
        output.select(rows)
        try next.consume(output)
    }

    func finish() throws {
        if let marks { step.buildSink.build?.add(marks) }
        marks = nil
        try next.finish()
    }
}
