import RheiCompute
import RheiCore
import Synchronization

/// Keeps the rows of all workers of a sort or window; where they do not fit, sorted runs of them go to a temporary
/// file.
final class RowGatherer: Sendable {
    let order: RowOrder
    let memory: OperatorMemory
    private let state = Mutex(State())

    private struct State {
        var parts: [OrderedRows] = []
        var file: SpillFile?
        var runs: [SpilledRun] = []
    }

    /// What became of the rows.
    enum Result {
        /// Sorted.
        case kept(KeptRows)
        case spilled(SpilledRuns)
    }

    init(_ order: RowOrder, memory: OperatorMemory) {
        self.order = order
        self.memory = memory
    }

    fileprivate func file() throws -> SpillFile {
        try state.withLock { state in
            if let file = state.file { return file }
            let file = try memory.query.manager.spill.makeFile()
            state.file = file
            return file
        }
    }

    fileprivate func add(_ rows: OrderedRows) { state.withLock { $0.parts.append(rows) } }

    fileprivate func add(_ run: SpilledRun) { state.withLock { $0.runs.append(run) } }

    /// Brings all rows into order, once no worker adds any more, and passes them to `end`.
    func completion(
        _ query: QueryContext, end: @escaping @Sendable (Result) throws -> CompletionStage?
    ) throws -> CompletionStage? {
        let (parts, hasSpilled) = state.withLock { state in
            defer { state.parts = [] }
            return (state.parts, state.file != nil)
        }
        if hasSpilled || !OrderedRows.hasRoomToJoin(parts) {
            return try end(.spilled(try spilled(parts, check: query.checkCancelled)))
        }
        return try OrderedRows.joining(parts, types: order.types) { [order] rows, reservations in
            let sort = ParallelSort(
                keys: order.keySlots.map { rows.columns[$0] }, orders: order.orders, rowCount: rows.rowCount,
                check: query.checkCancelled)
            return try CompletionStage.passes(sort) {
                try end(.kept(KeptRows(rows: rows, order: sort.order, reservations: reservations)))
            }
        }
    }

    /// Writes what the workers kept, as sorted runs beside those that were put aside.
    private func spilled(_ parts: [OrderedRows], check: () throws -> Void) throws -> SpilledRuns {
        let file = try file()
        let writer = SpillWriter(file, memory: memory)
        for part in parts where part.rowCount > 0 {
            add(SpilledRun(blocks: try part.write(order, with: writer, check: check)))
        }
        let runs = SpilledRuns(order: order, file: file, memory: memory, runs: state.withLock { $0.runs })
        return try runs.merged(check: check)
    }
}

/// One worker's part of gathering rows.
final class RowGathering {
    private let gatherer: RowGatherer
    private let worker: WorkerContext
    private var rows: OrderedRows
    private var reservation: MemoryReservation
    private var writer: SpillWriter?
    private var position = MorselPosition(sequence: -1, morsel: 0)
    /// Rows of the current morsel so far.
    private var rowCount = 0
    /// Smaller runs are not worth a place in a merge, unless a test asks for them.
    private let leastRunByteCount: Int

    init(_ gatherer: RowGatherer, worker: WorkerContext) {
        self.gatherer = gatherer
        self.worker = worker
        reservation = gatherer.memory.makeReservation()
        rows = OrderedRows(types: gatherer.order.types, reservation)
        leastRunByteCount = gatherer.memory.query.manager.spillThreshold == nil ? 256 << 10 : 0
    }

    func append(_ columns: [ColumnVector], _ selection: SelectionVector) throws {
        if worker.position != position {
            position = worker.position
            rowCount = 0
        }
        let needed = rows.byteCount(adding: selection.count)
        if !reservation.tryResize(to: needed) {
            if rows.rowCount > 0, rows.byteCount(adding: 0) >= leastRunByteCount { try writeRun() }
            try reservation.resize(to: rows.byteCount(adding: selection.count))
        }
        rows.append(columns, selection, at: position, offset: rowCount)
        rowCount += selection.count
    }

    private func writeRun() throws {
        let writer = try writer ?? SpillWriter(gatherer.file(), memory: gatherer.memory)
        self.writer = writer
        gatherer.add(SpilledRun(blocks: try rows.write(gatherer.order, with: writer, check: worker.checkCancelled)))
        reservation = gatherer.memory.makeReservation()
        rows = OrderedRows(types: gatherer.order.types, reservation)
    }

    func finish() throws {
        if writer != nil, rows.rowCount > 0 { try writeRun() }
        gatherer.add(rows)
    }
}
