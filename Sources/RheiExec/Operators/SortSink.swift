import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// What a sort keeps: the input's columns, then those keys that are not columns of the input themselves.
struct SortPlan: Sendable {
    let input: ColumnLayout
    let computed: [Expression]
    /// Per key its stored column.
    let keySlots: [Int]
    let orders: [SortOrder]
    let storedTypes: [VectorType]
    let limit: Int?
    let offset: Int

    init(keys: [SortKey], limit: Int?, offset: Int, input: ColumnLayout) throws {
        var computed: [Expression] = []
        var types = input.types
        keySlots = try keys.map { key in
            if case .column(let id, _) = key.expression { return try input.slot(of: id) }
            computed.append(key.expression)
            types.append(try vectorType(of: key.expression.type))
            return types.count - 1
        }
        self.input = input
        self.computed = computed
        orders = keys.map {
            SortOrder(
                isDescending: $0.isDescending, nullsFirst: $0.nullsFirst, collation: $0.collation.kernel)
        }
        storedTypes = types
        self.limit = limit.map { max($0, 0) }
        self.offset = max(offset, 0)
    }

    /// How many of the sorted rows can come out, counted from the first; nil for all.
    var wantedRowCount: Int? {
        guard let limit else { return nil }
        let (sum, overflows) = limit.addingReportingOverflow(offset)
        return overflows ? nil : sum
    }
}

/// Rows in their final order.
struct SortedOutput: Sendable {
    let rows: RowStore
    let order: SortedRows
}

/// A sink whose rows come out sorted.
protocol SortingSink: PipelineSink {
    var plan: SortPlan { get }
    /// Nil until the sink is complete.
    var output: SortedOutput? { get }
}

/// ORDER BY: every worker keeps its rows; `complete` brings them into input order and sorts them, so that rows that no
/// key tells apart stay in input order.
final class SortSink: SortingSink {
    let plan: SortPlan
    private let parts = Mutex<[Part]>([])
    private let sorted = Mutex<SortedOutput?>(nil)

    /// One worker's rows, and which of them came with which morsel.
    private struct Part: Sendable {
        var rows: RowStore
        var runs: [Run]
    }

    private struct Run: Sendable {
        var position: MorselPosition
        var rows: Range<Int>
    }

    init(plan: SortPlan) { self.plan = plan }

    var output: SortedOutput? { sorted.withLock { $0 } }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        Consumer(
            sink: self, evaluator: try ExpressionEvaluator(plan.computed, layout: plan.input),
            rows: RowStore(types: plan.storedTypes), worker: worker)
    }

    func complete() throws {
        let parts = parts.withLock { parts in
            defer { parts = [] }
            return parts
        }
        var runs: [Run] = []
        var rowCount = 0
        for part in parts {
            runs += part.runs.map {
                Run(position: $0.position, rows: $0.rows.lowerBound + rowCount..<$0.rows.upperBound + rowCount)
            }
            rowCount += part.rows.rowCount
        }
        guard rowCount < Int(noStoredRow) else { throw EngineError.unsupported("sorting four billion rows") }
        runs.sort { $0.position < $1.position }
        let rows = RowStore.joined(parts.map(\.rows), types: plan.storedTypes)
        let order = SortedRows(runs: runs.map(\.rows))
        RowSorter(keys: plan.keySlots.map { rows.columns[$0] }, orders: plan.orders).sort(order)
        sorted.withLock { $0 = SortedOutput(rows: rows, order: order) }
    }

    private func add(_ rows: RowStore, _ runs: [Run]) { parts.withLock { $0.append(Part(rows: rows, runs: runs)) } }

    private final class Consumer: BatchConsumer {
        private let sink: SortSink
        private let evaluator: ExpressionEvaluator
        private let rows: RowStore
        private let worker: WorkerContext
        private var runs: [Run] = []

        init(sink: SortSink, evaluator: ExpressionEvaluator, rows: RowStore, worker: WorkerContext) {
            self.sink = sink
            self.evaluator = evaluator
            self.rows = rows
            self.worker = worker
        }

        func consume(_ batch: VectorBatch) throws {
            let computed = try evaluator.evaluate(batch, worker: worker)
            let first = rows.rowCount
            rows.append(batch.columns + computed, batch.rows)
            if let last = runs.last, last.position == worker.position {
                runs[runs.count - 1].rows = last.rows.lowerBound..<rows.rowCount
            } else {
                runs.append(Run(position: worker.position, rows: first..<rows.rowCount))
            }
        }

        func finish() { sink.add(rows, runs) }
    }
}
