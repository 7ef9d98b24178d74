package import RheiArrow

/// Builds a whole table apart from the store, for `StoreTransaction.install`. Several may run at once on threads of
/// their own; until it is installed nobody sees a row, and dropping it undoes everything.
///
/// For a store in files, full segments are written to files when they have grown beyond a part of the memory for
/// columns, several at once, so that a table may be larger than memory. What waits, and the rows that come next, count
/// as memory of the cache of columns meanwhile.
///
/// Unchecked because one thread at a time uses it; handing it to another thread is the caller's synchronisation.
package final class TableLoader: @unchecked Sendable {
    package let definition: TableDefinition
    var state: TableState
    let durable: DurableStore?
    private var isFinished = false
    /// Rows of small batches that wait until there are enough for a segment; of tables without keys.
    private var gathered: [[ArrowArray]] = []
    private var gatheredRowCount = 0
    /// Full segments that no file has.
    private var waiting: [Segment] = []
    private static let writerCount = ThreadTeam.processorCount
    /// Bytes of the largest rows that came at once.
    private var largestByteCount = 0
    /// Bytes that the cache counts for this loader.
    private var heldByteCount = 0

    /// - Parameter store: the store that the table is for.
    /// - Throws: `unsupported` for nested columns, `invalidArgument` when the key is no column.
    package init(_ definition: TableDefinition, for store: ColumnStore) throws {
        self.definition = definition
        durable = store.durable
        state = try TableState(id: TableID(value: 0), definition: definition, cache: store.cache)
    }

    deinit { state.cache.release(heldByteCount) }

    /// A loader for a table in memory.
    package convenience init(_ definition: TableDefinition) throws { try self.init(definition, for: ColumnStore()) }

    /// Number of rows so far.
    package var rowCount: Int { state.liveRowCount + gatheredRowCount }

    /// Appends rows; chunks of `Segment.maximumRowCount` become segments without a copy, others are put together.
    ///
    /// - Parameter keys: the rows' keys, nil for tables whose key is a column or that have none.
    /// - Throws: `typeMismatch` or `invalidArgument` when the rows do not fit; the loader is as before then.
    package func append(_ columns: [ArrowArray], keys: RowKeys? = nil) throws {
        precondition(!isFinished, "a finished loader takes no more rows")
        let count = try state.check(columns, keys).count
        guard definition.key == .none, count < Segment.maximumRowCount else {
            try appendGathered()
            return try appendSegments(columns, keys: keys)
        }
        if gatheredRowCount + count > Segment.maximumRowCount { try appendGathered() }
        gathered.append(columns)
        gatheredRowCount += count
    }

    private func appendGathered() throws {
        let parts = gathered
        (gathered, gatheredRowCount) = ([], 0)
        guard !parts.isEmpty else { return }
        if parts.count == 1 { return try appendSegments(parts[0], keys: nil) }
        let columns = try definition.columns.indices.map { column in
            try ArrowArray.stacked(parts.map { $0[column] })
        }
        try appendSegments(columns, keys: nil)
    }

    private func appendSegments(_ columns: [ArrowArray], keys: RowKeys?) throws {
        let segments = try state.appendSegments(columns, keys: keys)
        if durable != nil {
            waiting += segments.filter { $0.rowCount == Segment.maximumRowCount }
            largestByteCount = max(largestByteCount, segments.map(\.byteCount).max() ?? 0)
            holdMemory()
            if waiting.count >= Self.writerCount, isLarge { writeWaiting() }
        }
        state.mergeLoaded(isFinal: false)
    }

    /// Lets columns make room for what waits, the rows that are gathered meanwhile, those after them, and what is
    /// written.
    private func holdMemory() {
        let needed = waitingByteCount + 3 * largestByteCount
        if needed > heldByteCount { state.cache.hold(needed - heldByteCount) }
        if needed < heldByteCount { state.cache.release(heldByteCount - needed) }
        heldByteCount = needed
    }

    private var waitingByteCount: Int { waiting.reduce(0) { $0 + $1.byteCount } }

    /// Whether what waits is to be written now. Tables without keys are flushed at once when they are there, so they do
    /// not wait.
    private var isLarge: Bool {
        definition.key == .none || waitingByteCount > state.cache.byteLimit / 8
    }

    /// Writes what waits. What cannot be written stays in memory; the flush tries again and reports why.
    private func writeWaiting() {
        guard let durable else { return }
        let queue = SegmentQueue(waiting)
        waiting = []
        ThreadTeam.run(threadCount: Self.writerCount) {
            while let segment = queue.next() { try? durable.store(segment) }
        }
        holdMemory()
    }

    /// Builds the key index, at once and in its final size; for a store in files without the rows that can be searched.
    /// `StoreTransaction.install` does it unless it is done; calling
    /// it before keeps the work out of the transaction.
    ///
    /// - Throws: `constraint` when a key came twice; the loader is then of no use any more.
    package func finish() throws {
        if isFinished { return }
        try appendGathered()
        state.mergeLoaded(isFinal: true)
        if definition.key == .none {
            waiting = state.segments.map(\.segment).filter { $0.file == nil }
            writeWaiting()
        }
        if durable != nil, definition.key != .encoded {
            try state.buildIndexBesideSorted { $0.ascendingKeys != nil }
        } else {
            try state.buildIndex()
        }
        isFinished = true
        guard durable != nil else { return }
        (waiting, largestByteCount) = ([], 0)
        holdMemory()
        if state.segments.count > 1 { FreedHeap.release() }
    }
}
