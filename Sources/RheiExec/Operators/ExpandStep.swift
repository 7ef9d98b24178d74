import RheiCompute
import RheiPlan

/// Yields the rows of a table function for each row of its input, beside that row.
struct ExpandStep: PipelineStep {
    let node: PhysicalExpansion
    let input: ColumnLayout
    let output: ColumnLayout

    init(_ node: PhysicalExpansion, input: ColumnLayout, output: ColumnLayout) {
        self.node = node
        self.input = input
        self.output = output
    }

    func makeConsumer(worker: WorkerContext, next: any BatchConsumer) throws -> any BatchConsumer {
        try ExpandConsumer(self, worker: worker, next: next)
    }
}

/// Packs the function's rows of many input rows into batches; the input's columns are gathered beside them.
@safe final class ExpandConsumer: BatchConsumer {
    private let worker: WorkerContext
    private let next: any BatchConsumer
    private let arguments: ExpressionEvaluator
    private let condition: PredicateEvaluator?
    private let keepsInput: Bool
    private let producer: RowProducer
    private let produced: ProducedRows
    private let inputBuffers: [VectorBuffer]
    private let nullBuffers: [VectorBuffer]
    /// The input row of each collected row.
    private let positions = SelectionBuffer()
    private let unmatched = SelectionBuffer()
    /// Per input row of the batch, whether some row of the function came out.
    private var isMatched = [Bool](repeating: false, count: VectorBatch.capacity)
    private let output = VectorBatch()

    init(_ step: ExpandStep, worker: WorkerContext, next: any BatchConsumer) throws {
        self.worker = worker
        self.next = next
        arguments = try ExpressionEvaluator(step.node.arguments, layout: step.input)
        condition =
            step.node.condition.isEmpty ? nil : try PredicateEvaluator(step.node.condition, layout: step.output)
        keepsInput = step.node.keepsInput
        producer = step.node.function.makeProducer()
        let types = Array(step.output.types.suffix(step.node.functionColumns.count))
        produced = ProducedRows(columns: step.node.functionColumns, types: types)
        inputBuffers = step.input.types.map { VectorBuffer(type: $0) }
        nullBuffers = types.map { VectorBuffer(type: $0, capacity: 64) }
    }

    func consume(_ batch: VectorBatch) throws {
        let values = try arguments.evaluate(batch, worker: worker)
        let rows = batch.rows
        if keepsInput { for position in 0..<rows.count { isMatched[rows.row(at: position)] = false } }
        for position in 0..<rows.count {
            let row = rows.row(at: position)
            try producer.begin(values.map { $0.datum(row) }, arena: worker.arena)
            var isDone = false
            while !isDone {
                let first = produced.count
                isDone = try produced.append(producer, capacity: worker.query.vectorSize)
                positions.fill(UInt16(truncatingIfNeeded: row), from: first, to: produced.count)
                if !isDone {
                    try push(batch)
                    if worker.isStopped { return produced.clear() }
                }
            }
        }
        try push(batch)
        if keepsInput { try pushUnmatched(batch) }
    }

    /// Pushes the collected rows that fulfil the condition.
    private func push(_ batch: VectorBatch) throws {
        try worker.checkCancelled()
        let count = produced.count
        guard count > 0 else { return }
        output.columns =
            zip(batch.columns, inputBuffers).map { column, buffer in
                positions.gather(column, count: count, into: buffer)
            } + produced.columns
        output.resetSelection(rowCount: count)
        try condition?.narrow(output, worker: worker)
        if keepsInput {
            let rows = output.rows
            for position in 0..<rows.count { isMatched[positions[rows.row(at: position)]] = true }
        }
        if output.selectedCount > 0 { try next.consume(output) }
        produced.clear()
    }

    private func pushUnmatched(_ batch: VectorBatch) throws {
        let rows = unmatched.filter(batch.rows) { !isMatched[$0] }
        guard rows.count > 0 else { return }
        output.columns = batch.columns + nullBuffers.map { $0.constantNull() }
        output.rowCount = batch.rowCount
        output.select(rows)
        try next.consume(output)
    }

    func finish() throws { try next.finish() }
}

extension RowFunction {
    /// Makes what computes the function's rows.
    func makeProducer() -> RowProducer {
        switch self {
        case .generateSeries: SeriesProducer()
        case .unnest: UnnestProducer()
        case .range: RangeProducer()
        case .timestampSeries: TimestampSeriesProducer()
        case .jsonEach: JSONRowProducer(isRecursive: false)
        case .jsonTree: JSONRowProducer(isRecursive: true)
        }
    }
}
