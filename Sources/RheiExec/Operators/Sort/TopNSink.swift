import RheiCompute
import RheiPlan
import Synchronization

/// ORDER BY with a small LIMIT: every worker keeps its first rows, `complete` the first of all.
///
/// A number that grows with the input's order is the last key, so rows that no other key tells apart stay in input
/// order whichever worker sees them.
final class TopNSink: SortingSink {
    /// Up to how many rows are kept this way; more are sorted as a whole.
    static let greatestRowCount = 65_536

    let plan: SortPlan
    private let wanted: Int
    /// The first key that rows must not come after; nil where that cannot be told from the key of a row alone.
    let threshold: TopThreshold?
    private let parts = Mutex<[Part]>([])
    private let memory: OperatorMemory
    private let sorted = Mutex<RowGatherer.Result?>(nil)

    /// Unchecked because the worker that filled it hands it over for good.
    private struct Part: @unchecked Sendable {
        var rows: TopRows
        var reservation: MemoryReservation
    }

    init(plan: SortPlan, wanted: Int, memory: OperatorMemory) {
        self.plan = plan
        self.wanted = wanted
        self.memory = memory
        let isTold = wanted > 0 && TopThreshold.supports(plan.storedTypes[plan.keySlots[0]])
        threshold = isTold ? TopThreshold(order: plan.orders[0]) : nil
    }

    var output: RowGatherer.Result? { sorted.withLock { $0 } }

    private func makeRows() -> TopRows {
        TopRows(
            types: plan.storedTypes + [.int64], keySlots: plan.keySlots + [plan.storedTypes.count],
            orders: plan.orders + [SortOrder()], wanted: wanted, shared: threshold)
    }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        Consumer(
            sink: self, evaluator: try ExpressionEvaluator(plan.computed, layout: plan.input), rows: makeRows(),
            reservation: memory.makeReservation(), worker: worker)
    }

    func complete() throws {
        let parts = parts.withLock { parts in
            defer { parts = [] }
            return parts
        }
        let all = parts.first?.rows ?? makeRows()
        for part in parts.dropFirst() { all.absorb(part.rows) }
        let order = all.sorted()
        let kept = KeptRows(
            rows: all.rows, order: order, reservations: OrderedRows.Reservations(parts.map(\.reservation)))
        sorted.withLock { $0 = .kept(kept) }
    }

    private func add(_ rows: TopRows, _ reservation: MemoryReservation) {
        let part = Part(rows: rows, reservation: reservation)
        parts.withLock { $0.append(part) }
    }

    private final class Consumer: BatchConsumer {
        private let sink: TopNSink
        private let evaluator: ExpressionEvaluator
        private let rows: TopRows
        private let reservation: MemoryReservation
        private let worker: WorkerContext
        private let numbers = RowNumbers()
        private var position = MorselPosition(sequence: -1, morsel: 0)
        private var nextNumber = 0

        init(
            sink: TopNSink, evaluator: ExpressionEvaluator, rows: TopRows, reservation: MemoryReservation,
            worker: WorkerContext
        ) {
            self.sink = sink
            self.evaluator = evaluator
            self.rows = rows
            self.reservation = reservation
            self.worker = worker
        }

        func consume(_ batch: VectorBatch) throws {
            if worker.position != position {
                position = worker.position
                nextNumber = position.number
            }
            let computed = try evaluator.evaluate(batch, worker: worker)
            let numbers = numbers.vector(from: nextNumber, count: batch.rowCount)
            nextNumber += batch.rowCount
            try reservation.resize(to: rows.rows.byteCount(adding: batch.selectedCount))
            rows.append(batch.columns + computed + [numbers], batch.rows)
        }

        func finish() { sink.add(rows, reservation) }
    }
}
