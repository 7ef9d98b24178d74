import RheiArrow
import RheiCompute
import RheiCore

/// Writes rows to a temporary file as compressed blocks, for one thread at a time.
final class SpillWriter {
    private let file: SpillFile
    private let memory: OperatorMemory
    private let codec = ZstdCodec()
    private var raw = MutableBuffer()
    private var packed = MutableBuffer()

    init(_ file: SpillFile, memory: OperatorMemory) {
        self.file = file
        self.memory = memory
    }

    /// Writes the first `count` rows of dense vectors.
    func write(_ columns: [ColumnVector], count: Int, sequence: UInt64 = 0) throws -> SpillBlock {
        raw.byteCount = 0
        RowBlock.encode(columns, count: count, into: &raw)
        packed.byteCount = 0
        unsafe try codec.append(UnsafeRawBufferPointer(start: raw.pointer, count: raw.byteCount), level: 1, to: &packed)
        let bytes = unsafe UnsafeRawBufferPointer(start: packed.pointer, count: packed.byteCount)
        let offset = unsafe try file.append(bytes)
        memory.noteSpill(bytes.count)
        return unsafe SpillBlock(
            offset: offset, byteCount: bytes.count, rawByteCount: raw.byteCount, checksum: xxHash32(bytes),
            rowCount: count, sequence: sequence)
    }

    /// Writes all rows of a store.
    func write(_ rows: RowStore, sequence: UInt64 = 0) throws -> [SpillBlock] {
        defer { withExtendedLifetime(rows) {} }
        return try stride(from: 0, to: rows.rowCount, by: VectorBatch.capacity).map { first in
            let count = min(VectorBatch.capacity, rows.rowCount - first)
            return try write(rows.vectors(from: first, count: count), count: count, sequence: sequence)
        }
    }
}

/// Reads blocks of a temporary file, for one thread at a time.
final class SpillReader {
    private let file: SpillFile
    private let types: [VectorType]
    private let codec = ZstdCodec()
    private var packed = MutableBuffer()

    init(_ file: SpillFile, types: [VectorType]) {
        self.file = file
        self.types = types
    }

    /// - Throws: `corrupt` when the bytes are not those that were written.
    func read(_ block: SpillBlock) throws -> RowBlock {
        packed.byteCount = 0
        packed.reserve(block.byteCount)
        let target = unsafe UnsafeMutableRawBufferPointer(start: packed.pointer, count: block.byteCount)
        unsafe try file.read(target, at: block.offset)
        let bytes = UnsafeRawBufferPointer(target)
        guard unsafe xxHash32(bytes) == block.checksum else { throw Self.damaged(block, "its checksum is wrong") }
        let contents = unsafe try codec.decompressed(bytes, byteCount: block.rawByteCount)
        guard let rows = RowBlock(contents, types: types), rows.rowCount == block.rowCount else {
            throw Self.damaged(block, "it does not hold the rows that were written")
        }
        return rows
    }

    private static func damaged(_ block: SpillBlock, _ reason: String) -> EngineError {
        EngineError(.corrupt, "a block of a temporary file at \(block.offset) is damaged: \(reason)")
    }
}
