import RheiCompute
import Synchronization

/// Keeps the rows `offset ..< offset + limit` of its input in the order of pipelines and morsels, and stops the
/// pipeline as soon as the morsels finished without a gap hold that many.
///
/// Each morsel keeps at most `offset + limit` rows, so little more than what is asked for is held.
final class LimitSink: PipelineSink {
    let output = RowCollectionBox()
    private let types: [VectorType]
    private let chunkCapacity: Int
    private let offset: Int
    private let limit: Int
    private let neededCount: Int
    private let memory: OperatorMemory
    private let state = Mutex(State())

    /// Unchecked because the worker that made it hands it over for good.
    private struct Held: @unchecked Sendable { let reservation: MemoryReservation }

    private struct State {
        var held: [Held] = []
        var parts: [(position: MorselPosition, rows: RowCollection)] = []
        /// The first morsel that has not ended.
        var head = MorselPosition(sequence: 0, morsel: 0)
        /// Morsels after the head that have ended, with their row counts.
        var ended: [Int: Int] = [:]
        /// Rows of all morsels before the head.
        var prefixCount = 0
    }

    /// - Parameter limit: nil for no limit; negative numbers count as zero for both.
    init(types: [VectorType], chunkCapacity: Int, limit: Int?, offset: Int, memory: OperatorMemory) {
        self.memory = memory
        self.types = types
        self.chunkCapacity = chunkCapacity
        self.offset = max(offset, 0)
        self.limit = max(limit ?? .max, 0)
        let (sum, overflows) = self.offset.addingReportingOverflow(self.limit)
        neededCount = overflows ? .max : self.limit == 0 ? 0 : sum
    }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        if state.withLock({ $0.prefixCount >= neededCount }) { worker.stopPipeline() }
        let consumer = Consumer(sink: self, worker: worker)
        worker.observeMorsels(consumer)
        return consumer
    }

    func complete() {
        let parts = state.withLock { state in
            defer { state.parts = [] }
            return state.parts.sorted { $0.position < $1.position }
        }
        // The chunks' vectors are copied from memory that the parts own.
        defer { withExtendedLifetime(parts) {} }
        let result = RowCollection(types: types, chunkCapacity: chunkCapacity)
        var skipped = 0
        for (_, rows) in parts {
            for chunk in 0..<rows.chunkCount {
                let count = rows.rowCount(chunk: chunk)
                let skip = min(offset - skipped, count)
                skipped += skip
                let taken = min(limit - result.rowCount, count - skip)
                if taken > 0 {
                    unsafe result.append(rows.columns(chunk: chunk), selection: nil, start: skip, count: taken)
                }
            }
        }
        result.seal()
        output.value = result
    }

    /// Whether the morsels up to this one hold enough, when this one has `rowCount` rows so far.
    private func suffices(_ position: MorselPosition, rowCount: Int) -> Bool {
        state.withLock { state in
            Self.advance(&state, to: position.sequence)
            return state.head == position && state.prefixCount + rowCount >= neededCount
        }
    }

    /// Takes the rows of a morsel.
    ///
    /// - Returns: whether the pipeline has enough.
    private func end(_ position: MorselPosition, _ rows: RowCollection?) -> Bool {
        let part = rows.map { (position: position, rows: $0) }
        return state.withLock { state in
            Self.advance(&state, to: position.sequence)
            if let part { state.parts.append(part) }
            state.ended[position.morsel] = part?.rows.rowCount ?? 0
            while let count = state.ended.removeValue(forKey: state.head.morsel) {
                let (sum, overflows) = state.prefixCount.addingReportingOverflow(count)
                state.prefixCount = overflows ? .max : sum
                state.head.morsel += 1
            }
            return state.prefixCount >= neededCount
        }
    }

    /// Pipelines into one sink run one after the other.
    private static func advance(_ state: inout State, to sequence: Int) {
        if state.head.sequence < sequence { state.head = MorselPosition(sequence: sequence, morsel: 0) }
    }

    private final class Consumer: BatchConsumer, MorselObserver {
        private let sink: LimitSink
        private let worker: WorkerContext
        private var rows: RowCollection?
        private let reservation: MemoryReservation
        /// Bytes of the collections that were handed over.
        private var keptByteCount = 0

        init(sink: LimitSink, worker: WorkerContext) {
            self.sink = sink
            reservation = sink.memory.makeReservation()
            self.worker = worker
        }

        func morselBegan(_ position: MorselPosition) { rows = nil }

        func consume(_ batch: VectorBatch) throws {
            let rows = rows ?? RowCollection(types: sink.types, chunkCapacity: sink.chunkCapacity)
            self.rows = rows
            let taken = min(batch.selectedCount, sink.neededCount - rows.rowCount)
            if taken > 0 {
                try reservation.resize(to: keptByteCount + rows.byteCount(adding: taken))
                unsafe rows.append(
                    batch.columns, selection: batch.selection.map { unsafe UnsafePointer($0) }, count: taken)
            }
            if sink.suffices(worker.position, rowCount: rows.rowCount) { worker.stopPipeline() }
            if rows.rowCount >= sink.neededCount { worker.skipRestOfMorsel() }
        }

        func morselEnded(_ position: MorselPosition) {
            if sink.end(position, rows) { worker.stopPipeline() }
            keptByteCount += rows?.byteCount(adding: 0) ?? 0
            rows = nil
        }

        func finish() {
            let held = Held(reservation: reservation)
            sink.state.withLock { $0.held.append(held) }
        }
    }
}
