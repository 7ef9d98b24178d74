import RheiCompute
import RheiCore

/// The parts that one worker has written.
struct SpilledParts: Sendable {
    /// Blocks by part, in the order in which their rows came.
    var blocks: [[SpillBlock]] = Array(repeating: [], count: RowPartitioner.partCount)

    var rowCount: Int { blocks.reduce(0) { $0 + $1.reduce(0) { $0 + $1.rowCount } } }
}

/// Splits the rows of one worker by their keys and writes them to a temporary file, part by part.
final class SpillPartitions {
    private let types: [VectorType]
    private let partitioner: RowPartitioner
    private let writer: SpillWriter
    private let reservation: MemoryReservation
    private let keepsOrder: Bool
    private let bufferBound: Int
    private var buffers: [RowStore?] = Array(repeating: nil, count: RowPartitioner.partCount)
    private var bufferedByteCount = 0
    private var sequence: UInt64 = 0
    private var parts = SpilledParts()

    /// - Parameter keepsOrder: whether rows of different sequence numbers lie in different blocks.
    init(types: [VectorType], level: Int, file: SpillFile, memory: OperatorMemory, keepsOrder: Bool) {
        self.types = types
        self.keepsOrder = keepsOrder
        partitioner = RowPartitioner(level: level)
        writer = SpillWriter(file, memory: memory)
        reservation = memory.makeReservation()
        bufferBound = min(max(memory.query.limit / 64, 256 << 10), 64 << 20)
    }

    /// Takes the selected rows of dense or constant vectors; `keys` decide over the part.
    func append(_ columns: [ColumnVector], keys: [ColumnVector], _ rows: SelectionVector, sequence: UInt64) throws {
        guard rows.count > 0 else { return }
        if keepsOrder, sequence != self.sequence { try flushAll() }
        self.sequence = sequence
        partitioner.split(keys, rows)
        for part in 0..<RowPartitioner.partCount {
            let chosen = partitioner.rows(of: part)
            if chosen.count > 0 { try append(columns, chosen, to: part) }
        }
        try reservation.resize(to: bufferedByteCount)
        if bufferedByteCount > bufferBound { try flushAll() }
    }

    private func append(_ columns: [ColumnVector], _ rows: SelectionVector, to part: Int) throws {
        let buffer = buffers[part] ?? RowStore(types: types)
        buffers[part] = buffer
        bufferedByteCount -= buffer.byteCount
        buffer.append(columns, rows)
        bufferedByteCount += buffer.byteCount
        if buffer.rowCount >= VectorBatch.capacity { try flush(part) }
    }

    private func flush(_ part: Int) throws {
        guard let buffer = buffers[part] else { return }
        buffers[part] = nil
        bufferedByteCount -= buffer.byteCount
        parts.blocks[part] += try writer.write(buffer, sequence: keepsOrder ? sequence : 0)
    }

    private func flushAll() throws { for part in buffers.indices { try flush(part) } }

    /// Writes what is left and returns where all of it lies.
    func finish() throws -> SpilledParts {
        try flushAll()
        try reservation.resize(to: 0)
        return parts
    }
}
