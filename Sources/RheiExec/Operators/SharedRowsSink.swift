import RheiCompute
import RheiCore
import Synchronization

/// Keeps the rows of a plan that is read several times, in the order of pipelines and morsels; what does not fit goes
/// to a temporary file.
final class SharedRowsSink: PipelineSink {
    fileprivate let types: [VectorType]
    fileprivate let memory: OperatorMemory
    private let chunkCapacity: Int
    private let state = Mutex(State())

    /// A run of rows.
    enum Part: Sendable {
        case kept(RowCollection)
        case spilled([SpillBlock])
    }

    private struct State {
        var parts: [(position: MorselPosition, place: Int, part: Part)] = []
        var reservations: [SharedReservation] = []
        var file: SpillFile?
        var morsels: [Morsel] = []
    }

    /// What is read at once: runs of chunks of a collection, or blocks of the file.
    enum Morsel: Sendable {
        case kept(RowCollection, Range<Int>)
        case spilled(ArraySlice<SpillBlock>, SpillFile)
    }

    /// Unchecked because the worker that made it hands it over for good.
    private struct SharedReservation: @unchecked Sendable { let reservation: MemoryReservation }

    init(types: [VectorType], chunkCapacity: Int, memory: OperatorMemory) {
        self.types = types
        self.chunkCapacity = chunkCapacity
        self.memory = memory
    }

    /// Empty until the sink is complete.
    fileprivate var morsels: [Morsel] { state.withLock { $0.morsels } }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        let consumer = Consumer(sink: self)
        worker.observeMorsels(consumer)
        return consumer
    }

    func complete() throws {
        state.withLock { state in
            state.parts.sort { ($0.position, $0.place) < ($1.position, $1.place) }
            var joined: RowCollection?
            for (_, _, part) in state.parts {
                switch part {
                case .kept(let rows):
                    if let joined { joined.combine(rows) } else { joined = rows }
                case .spilled(let blocks):
                    if let rows = joined { state.morsels += Self.morsels(of: rows) }
                    joined = nil
                    if let file = state.file { state.morsels += Self.morsels(of: blocks, file) }
                }
            }
            if let rows = joined { state.morsels += Self.morsels(of: rows) }
            state.parts = []
        }
    }

    private static let chunksPerMorsel = 32

    private static func morsels(of rows: RowCollection) -> [Morsel] {
        rows.seal()
        return stride(from: 0, to: rows.chunkCount, by: chunksPerMorsel).map { first in
            .kept(rows, first..<min(first + chunksPerMorsel, rows.chunkCount))
        }
    }

    private static func morsels(of blocks: [SpillBlock], _ file: SpillFile) -> [Morsel] {
        stride(from: 0, to: blocks.count, by: chunksPerMorsel).map { first in
            .spilled(blocks[first..<min(first + chunksPerMorsel, blocks.count)], file)
        }
    }

    private func add(_ part: Part, at position: MorselPosition, place: Int) {
        state.withLock { $0.parts.append((position, place, part)) }
    }

    private func keep(_ reservation: MemoryReservation) {
        let shared = SharedReservation(reservation: reservation)
        state.withLock { $0.reservations.append(shared) }
    }

    private func file() throws -> SpillFile {
        try state.withLock { state in
            let file = try state.file ?? memory.query.manager.spill.makeFile()
            state.file = file
            return file
        }
    }

    private final class Consumer: BatchConsumer, MorselObserver {
        private let sink: SharedRowsSink
        private let reservation: MemoryReservation
        private var writer: SpillWriter?
        private var rows: RowCollection
        /// Bytes of the collections that were handed over.
        private var keptByteCount = 0
        private var position = MorselPosition(sequence: 0, morsel: 0)
        /// Parts of the current morsel so far.
        private var partCount = 0

        init(sink: SharedRowsSink) {
            self.sink = sink
            reservation = sink.memory.makeReservation()
            rows = RowCollection(types: sink.types, chunkCapacity: sink.chunkCapacity)
        }

        func morselBegan(_ position: MorselPosition) {
            self.position = position
            partCount = 0
        }

        func consume(_ batch: VectorBatch) throws {
            let needed = keptByteCount + rows.byteCount(adding: batch.selectedCount)
            if !reservation.tryResize(to: needed) {
                try spill()
                let needed = keptByteCount + rows.byteCount(adding: batch.selectedCount)
                try reservation.resize(to: needed)
            }
            rows.append(batch)
        }

        private func spill() throws {
            guard rows.rowCount > 0 else { return }
            let writer = try writer ?? SpillWriter(sink.file(), memory: sink.memory)
            self.writer = writer
            defer { withExtendedLifetime(rows) {} }
            let blocks = try (0..<rows.chunkCount).map { chunk in
                try writer.write(rows.columns(chunk: chunk), count: rows.rowCount(chunk: chunk))
            }
            hand(over: .spilled(blocks))
        }

        private func hand(over part: Part) {
            sink.add(part, at: position, place: partCount)
            partCount += 1
            rows = RowCollection(types: sink.types, chunkCapacity: sink.chunkCapacity)
        }

        func morselEnded(_ position: MorselPosition) throws {
            guard rows.rowCount > 0 else { return }
            // Once rows have been put aside, later ones are too: the memory is worth more to others.
            if writer != nil { return try spill() }
            keptByteCount += rows.byteCount(adding: 0)
            hand(over: .kept(rows))
        }

        func finish() throws {
            try reservation.resize(to: keptByteCount)
            sink.keep(reservation)
        }
    }
}

/// Pushes the rows of a complete ``SharedRowsSink``, in order.
struct SharedRowsSource: PipelineSource {
    let sink: SharedRowsSink

    func prepare() throws {}

    var morselCount: Int { sink.morsels.count }

    var rowCountHint: Int? {
        sink.morsels.reduce(0) { sum, morsel in
            switch morsel {
            case .kept(let rows, let chunks): sum + chunks.reduce(0) { $0 + rows.rowCount(chunk: $1) }
            case .spilled(let blocks, _): sum + blocks.reduce(0) { $0 + $1.rowCount }
            }
        }
    }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        switch sink.morsels[morsel] {
        case .kept(let rows, let chunks):
            let batch = VectorBatch(owners: [rows])
            for chunk in chunks {
                try push(rows.columns(chunk: chunk), rows.rowCount(chunk: chunk), batch, worker, consumer)
            }
        case .spilled(let blocks, let file):
            let reader = SpillReader(file, types: sink.types)
            for place in blocks {
                let block = try reader.read(place)
                try push(block.columns, block.rowCount, VectorBatch(owners: [block]), worker, consumer)
            }
        }
    }

    private func push(
        _ columns: [ColumnVector], _ count: Int, _ batch: VectorBatch, _ worker: WorkerContext,
        _ consumer: any BatchConsumer
    ) throws {
        try worker.checkCancelled()
        if worker.isStopped { return }
        worker.arena.reset()
        batch.columns = columns
        batch.resetSelection(rowCount: count)
        if count > 0 { try consumer.consume(batch) }
    }
}
