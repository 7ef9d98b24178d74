import RheiCompute
import RheiCore
import RheiPlan

/// Collects pairs of a probe and a build row into batches, tests the condition, and pushes what the join kind yields.
///
/// Per probe batch: `begin`, `add` for its living rows, `end`.
final class JoinPairs {
    private let kind: JoinKind
    private let condition: PredicateEvaluator?
    /// Whether pairs leave nothing but marks of build rows.
    private let marksOnly: Bool
    /// The columns of the pairs that are read: all, or those of the condition where the pairs do not come out.
    private let readsProbe: [Bool]
    private let readsBuild: [Bool]
    private let next: any BatchConsumer
    private let list = JoinPairList()
    private let probeBuffers: [VectorBuffer]
    private let buildBuffers: [VectorBuffer]
    private let nullBuild: [ColumnVector]
    private let nullBuffers: [VectorBuffer]
    private let output = VectorBatch()
    private let matches = JoinMatches()
    private var batch = VectorBatch()
    private var build: RowStore?
    private var marks: MatchedRows?
    private var worker: WorkerContext?

    init(
        kind: JoinKind, condition: Expression?, probe: ColumnLayout, build: ColumnLayout, marksOnly: Bool = false,
        next: any BatchConsumer
    ) throws {
        self.kind = kind
        self.marksOnly = marksOnly
        let read = condition?.columns ?? []
        readsProbe = probe.columns.map { kind.yieldsBuildColumns || read.contains($0.id) }
        readsBuild = build.columns.map { kind.yieldsBuildColumns || read.contains($0.id) }
        self.next = next
        let both = try probe.appending(build)
        self.condition = try condition.map { try PredicateEvaluator([$0], layout: both) }
        probeBuffers = probe.types.map { VectorBuffer(type: $0) }
        buildBuffers = build.types.map { VectorBuffer(type: $0) }
        nullBuffers = build.types.map { VectorBuffer(type: $0, capacity: 64) }
        nullBuild = nullBuffers.map { $0.constantNull() }
    }

    /// Starts a probe batch. `marks` takes the build rows that found a match.
    func begin(_ batch: VectorBatch, _ build: RowStore, _ marks: MatchedRows?, _ worker: WorkerContext) throws {
        self.batch = batch
        self.build = build
        self.marks = marks
        self.worker = worker
        matches.clear()
        list.clear()
    }

    /// Pairs rows with all build rows that they match; with none of them too where `keepsMisses`.
    func add(
        _ rows: SelectionVector, _ matches: JoinMatches, in table: JoinTable, keepsMisses: Bool,
        ranges: JoinRanges? = nil
    ) throws {
        var progress = JoinPairList.Progress()
        while !list.append(rows, matches, in: table, keepsMisses: keepsMisses, ranges: ranges, from: &progress) {
            try flush()
        }
    }

    /// Tests and pushes the pairs collected so far.
    private func flush() throws {
        guard let build, let worker, list.count > 0 else { return }
        defer { list.clear() }
        // One probe batch may have any number of pairs.
        try worker.checkCancelled()
        output.columns = []
        for (slot, buffer) in probeBuffers.enumerated() {
            output.columns.append(
                readsProbe[slot] ? list.gatherProbe(batch.columns[slot], into: buffer) : buffer.vector())
        }
        for (slot, buffer) in buildBuffers.enumerated() {
            output.columns.append(
                readsBuild[slot] ? list.gatherBuild(build.columns[slot], into: buffer) : buffer.vector())
        }
        output.resetSelection(rowCount: list.count)
        if let condition {
            try condition.narrow(output, worker: worker)
            if matches.note(list, output.rows) && kind == .single { throw Self.secondMatch }
        }
        marks?.mark(list, output.rows)
        if kind.yieldsBuildColumns && output.selectedCount > 0 { try next.consume(output) }
    }

    static var secondMatch: EngineError {
        EngineError(.leavesStaticType, "a scalar subquery yields more than one row")
    }

    /// Ends the probe batch: pushes what is left, then the probe rows that the kind yields for their matches alone.
    func end() throws {
        try flush()
        guard condition != nil, !marksOnly else { return }
        let rows: SelectionVector
        switch kind {
        case .semi: rows = matches.noted(batch.rows, isNoted: true)
        case .anti, .left, .full, .single: rows = matches.noted(batch.rows, isNoted: false)
        case .inner, .right, .mark: return
        }
        guard rows.count > 0 else { return }
        output.columns = kind.yieldsBuildColumns ? batch.columns + nullBuild : batch.columns
        output.rowCount = batch.rowCount
        output.select(rows)
        try next.consume(output)
    }
}
