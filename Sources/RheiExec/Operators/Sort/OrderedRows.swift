import RheiCompute
import RheiCore

/// One worker's rows, and which of them came with which morsel, so that the rows of all workers can be brought into the
/// order of the input.
///
/// Unchecked because one worker appends, and afterwards one thread at a time reads.
final class OrderedRows: @unchecked Sendable {
    private let rows: RowStore
    private let reservation: MemoryReservation
    private var runs: [Run] = []

    private struct Run {
        var position: MorselPosition
        /// Rows of the store.
        var rows: Range<Int>
        /// Rows that came with the same morsel before and are kept elsewhere.
        var offset: Int
    }

    init(types: [VectorType], _ reservation: MemoryReservation) {
        rows = RowStore(types: types)
        self.reservation = reservation
    }

    var rowCount: Int { rows.rowCount }

    /// Bytes that are held while so many rows are appended and then sorted.
    func byteCount(adding count: Int) -> Int {
        rows.byteCount(adding: count) + (rows.rowCount + count) * RowOrder.scratchByteCount
    }

    /// - Parameter offset: how many rows came with the same morsel before the first of this object.
    func append(_ columns: [ColumnVector], _ selection: SelectionVector, at position: MorselPosition, offset: Int) {
        let first = rows.rowCount
        rows.append(columns, selection)
        if let last = runs.last, last.position == position {
            runs[runs.count - 1].rows = last.rows.lowerBound..<rows.rowCount
        } else {
            runs.append(Run(position: position, rows: first..<rows.rowCount, offset: offset))
        }
    }

    /// Makes room to join and sort the rows of all workers.
    ///
    /// - Returns: whether there was as much.
    static func hasRoomToJoin(_ parts: [OrderedRows]) -> Bool {
        guard parts.count > 1, let largest = parts.max(by: { $0.rowCount < $1.rowCount }) else { return true }
        let total = parts.reduce(0) { $0 + $1.byteCount(adding: 0) }
        return largest.reservation.tryResize(to: largest.reservation.byteCount + total, .reading)
    }

    /// Joins the rows of all workers in the order of the input, and passes them to `end` with what they take.
    static func joining(
        _ parts: [OrderedRows], types: [VectorType],
        end: @escaping @Sendable (RowStore, Reservations) throws -> CompletionStage?
    ) throws -> CompletionStage? {
        guard parts.reduce(0, { $0 + $1.rowCount }) < storedRowBound else {
            throw EngineError.unsupported("sorting four billion rows")
        }
        let reservations = Reservations(parts.map(\.reservation))
        guard parts.count > 1 else { return try end(parts.first?.rows ?? RowStore(types: types), reservations) }
        let runs = parts.enumerated().flatMap { store, part in part.runs.map { (store: store, run: $0) } }
            .sorted { $0.run.position < $1.run.position }
        let join = OrderedRowJoin(
            parts.map(\.rows), runs.map { OrderedRowJoin.Run(store: $0.store, rows: $0.run.rows) }, types: types)
        return CompletionStage(taskCount: join.taskCount) { task in
            join.run(task: task)
        } end: {
            try end(join.result, reservations)
        }
    }

    /// What workers held when they were done. Unchecked because nobody asks for more.
    final class Reservations: @unchecked Sendable {
        private let list: [MemoryReservation]
        init(_ list: [MemoryReservation]) { self.list = list }
    }

    /// Sorts the rows and writes them, each with a number that grows with the input's order.
    func write(_ order: RowOrder, with writer: SpillWriter, check: () throws -> Void) throws -> [SpillBlock] {
        let sorted = SortedRows(all: rows.rowCount)
        try RowSorter(keys: order.keySlots.map { rows.columns[$0] }, orders: order.orders).sort(sorted, check: check)
        let numbers = RowStore(types: [.int64])
        let source = RowNumbers()
        for run in runs {
            for first in stride(from: 0, to: run.rows.count, by: VectorBatch.capacity) {
                let count = min(VectorBatch.capacity, run.rows.count - first)
                let number = run.position.number + run.offset + first
                numbers.append([source.vector(from: number, count: count)], SelectionVector(all: count))
            }
        }
        let buffers = order.spilledTypes.map { VectorBuffer(type: $0) }
        defer { withExtendedLifetime((buffers, numbers)) {} }
        return try stride(from: 0, to: sorted.count, by: VectorBatch.capacity).map { first in
            try check()
            let count = min(VectorBatch.capacity, sorted.count - first)
            let columns = rows.gather(
                sorted, from: first, count: count, columnCount: order.types.count, into: buffers)
            let number = numbers.gather(
                sorted, from: first, count: count, columnCount: 1, into: [buffers[buffers.count - 1]])
            return try writer.write(columns + number, count: count)
        }
    }
}

extension MorselPosition {
    /// A number that is greater for later morsels, with room for that of a row of the morsel.
    var number: Int { sequence << 52 | morsel << 30 }
}

/// The rows of all workers, listed in some order, and the memory that they take.
///
/// Unchecked because after it is made nothing changes.
final class KeptRows: @unchecked Sendable {
    let rows: RowStore
    let order: SortedRows
    private let reservations: OrderedRows.Reservations

    init(rows: RowStore, order: SortedRows, reservations: OrderedRows.Reservations) {
        self.rows = rows
        self.order = order
        self.reservations = reservations
    }
}
