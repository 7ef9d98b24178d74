import RheiCompute

/// Takes the rows that a round finds, without those that were there before where the recursion is a UNION.
///
/// Invariant: group numbers below `knownCount` belong to rows that some earlier batch held.
@safe final class RecursionCollector: BatchConsumer {
    private let types: [VectorType]
    private let chunkCapacity: Int
    private let known: GroupTable?
    private let groups: UnsafeMutablePointer<UInt32>
    private let fresh: UnsafeMutablePointer<UInt16>
    private(set) var rows: RowCollection
    private let reservation: MemoryReservation

    init(types: [VectorType], chunkCapacity: Int, isDistinct: Bool, memory: OperatorMemory) {
        reservation = memory.makeReservation()
        self.types = types
        self.chunkCapacity = chunkCapacity
        known = isDistinct ? GroupTable(keyTypes: types) : nil
        unsafe groups = .allocate(capacity: VectorBatch.capacity)
        unsafe fresh = .allocate(capacity: VectorBatch.capacity)
        rows = RowCollection(types: types, chunkCapacity: chunkCapacity, expectedRowCount: 1)
    }

    deinit {
        unsafe groups.deallocate()
        unsafe fresh.deallocate()
    }

    /// Hands over what has been collected.
    func take() -> RowCollection {
        defer { rows = RowCollection(types: types, chunkCapacity: chunkCapacity, expectedRowCount: 1) }
        rows.seal()
        return rows
    }

    func consume(_ batch: VectorBatch) throws {
        let added = batch.selectedCount
        try reservation.resize(to: rows.byteCount(adding: added) + (known?.byteCount(adding: added) ?? 0))
        guard let known else { return rows.append(batch) }
        let knownCount = known.groupCount
        unsafe known.findOrCreate(batch.columns, batch.rows, groups: groups)
        guard known.groupCount > knownCount else { return }
        // Of equal rows in one batch the first is kept.
        var isTaken = [Bool](repeating: false, count: known.groupCount - knownCount)
        var count = 0
        for position in 0..<batch.selectedCount {
            let row = batch.rows.row(at: position)
            let group = unsafe Int(groups[row]) - knownCount
            guard group >= 0, !isTaken[group] else { continue }
            isTaken[group] = true
            unsafe fresh[count] = UInt16(truncatingIfNeeded: row)
            count += 1
        }
        unsafe rows.append(batch.columns, selection: fresh, count: count)
    }

    func finish() {}
}
