package import RheiCompute

/// Rows kept beyond their batch: typed columns in chunks, with the bytes of their strings.
///
/// Invariants:
/// - a row's place (chunk and row) never changes within this collection, ``combine(_:)`` appends chunks;
/// - all rows of a chunk are in use, and all strings lie in arenas that the collection keeps alive.
///
/// Unchecked because one worker at a time appends, and after the last append threads only read.
@safe package final class RowCollection: @unchecked Sendable {
    package let types: [VectorType]
    package private(set) var rowCount = 0
    private let chunkCapacity: Int
    private let expectedRowCount: Int
    private var chunks: [RowChunk] = []
    /// Rows for which the chunks have room.
    private var capacity = 0
    /// The last one takes the strings of appended rows.
    private var arenas: [StringArena] = [StringArena()]
    /// Vectors by column, then chunk; made on the first gather after a change.
    private var table: [ColumnVector] = []

    /// - Parameters:
    ///   - chunkCapacity: the most rows per chunk: the query's vector size, as chunks become batches.
    ///   - expectedRowCount: up to `chunkCapacity` of so many rows lie in one chunk, however they are appended.
    package init(types: [VectorType], chunkCapacity: Int = VectorBatch.capacity, expectedRowCount: Int = 64) {
        self.types = types
        self.expectedRowCount = expectedRowCount
        self.chunkCapacity = min(max(chunkCapacity, 1), VectorBatch.capacity)
    }

    package var chunkCount: Int { chunks.count }

    package func rowCount(chunk: Int) -> Int { chunks[chunk].rowCount }

    /// The columns of one chunk: vectors of ``rowCount(chunk:)`` rows that live as long as the collection.
    package func columns(chunk: Int) -> [ColumnVector] { chunks[chunk].columns }

    /// Bytes of the strings kept; for memory accounting.
    package var stringByteCount: Int { arenas.reduce(0) { $0 + $1.reservedByteCount } }

    /// Bytes held, those of `count` further rows included; the bytes of their strings come on top.
    func byteCount(adding count: Int) -> Int {
        let width = types.reduce(1) { $0 + $1.byteWidth }
        return (capacity + count + chunkCapacity) * width + stringByteCount
    }

    /// Appends the living rows of a batch.
    package func append(_ batch: VectorBatch) {
        unsafe append(
            batch.columns, selection: batch.selection.map { unsafe UnsafePointer($0) }, count: batch.selectedCount)
    }

    /// Appends rows `selection[0..<count]` of vectors, or rows `start..<start + count` without a selection.
    package func append(_ columns: [ColumnVector], selection: UnsafePointer<UInt16>?, start: Int = 0, count: Int) {
        var done = 0
        while done < count {
            let chunk = chunkWithRoom(for: count &- done)
            let taken = min(chunk.remaining, count &- done)
            unsafe chunk.append(
                columns, selection: selection.map { unsafe $0 + done }, start: start &+ done, count: taken,
                arena: arenas[arenas.count - 1])
            done &+= taken
        }
        rowCount &+= count
    }

    private func chunkWithRoom(for count: Int) -> RowChunk {
        if let last = chunks.last, last.remaining > 0 { return last }
        // Small results stay small: a first chunk has room for what is at hand, later ones are full.
        let capacity = chunks.isEmpty ? min(max(count, expectedRowCount), chunkCapacity) : chunkCapacity
        let chunk = RowChunk(types: types, capacity: capacity)
        chunks.append(chunk)
        self.capacity &+= capacity
        table = []
        return chunk
    }

    /// Takes over all rows of `other`, without copying them; `other` must not be used afterwards.
    ///
    /// - Returns: the number by which chunk indices of `other` grow.
    @discardableResult
    package func combine(_ other: RowCollection) -> Int {
        precondition(types == other.types, "collections of different columns")
        let offset = chunks.count
        chunks.append(contentsOf: other.chunks)
        capacity += other.capacity
        arenas.insert(contentsOf: other.arenas, at: 0)
        rowCount &+= other.rowCount
        table = []
        return offset
    }

    /// Prepares gathering; call once after the last append, before threads share the collection.
    package func seal() {
        table = types.indices.flatMap { column in chunks.map { $0.columns[column] } }
    }

    /// Calls `body` with the vectors of one column, one per chunk. Needs ``seal()``.
    @inline(__always)
    func withChunks<Result>(column: Int, _ body: (UnsafePointer<ColumnVector>) -> Result) -> Result? {
        precondition(table.count == types.count * chunks.count, "gather before seal")
        return unsafe table.withUnsafeBufferPointer { table in
            guard let base = table.baseAddress else { return nil }
            return unsafe body(base + column * chunks.count)
        }
    }
}
