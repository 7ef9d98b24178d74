import RheiCompute
import RheiCore
import RheiPlan

/// Takes the rows that a round finds, without those that were there before where the recursion is a UNION.
///
/// Invariant: group numbers below `knownCount` belong to rows that some earlier batch held. `originals`, where it
/// exists, holds the first row of each group as it came.
@safe final class RecursionCollector: BatchConsumer {
    private let types: [VectorType]
    private let chunkCapacity: Int
    private let known: GroupTable?
    /// One per column where some are compared under a collation.
    private let folders: [CollationFolder]
    /// Where rows that are left out must be the same as those that were kept.
    private let originals: RowStore?
    private let flattener = VectorFlattener()
    private let groups: UnsafeMutablePointer<UInt32>
    private let fresh: UnsafeMutablePointer<UInt16>
    private(set) var rows: RowCollection
    private let reservation: MemoryReservation

    init(types: [VectorType], chunkCapacity: Int, traits: RecursionTraits, memory: OperatorMemory) {
        reservation = memory.makeReservation()
        self.types = types
        self.chunkCapacity = chunkCapacity
        known = traits.isDistinct ? GroupTable(keyTypes: types) : nil
        originals = traits.isDistinct && traits.mustAgree ? RowStore(types: types) : nil
        folders = zip(types, traits.collations).map { CollationFolder(type: $0, collation: $1.kernel) }
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
        let kept = (known?.byteCount(adding: added) ?? 0) + (originals?.byteCount(adding: added) ?? 0)
        try reservation.resize(to: rows.byteCount(adding: added) + kept)
        guard let known else { return rows.append(batch) }
        let knownCount = known.groupCount
        unsafe known.findOrCreate(keys(of: batch), batch.rows, groups: groups)
        if known.groupCount > knownCount { collect(batch, newGroups: knownCount..<known.groupCount) }
        try refuseDisputes(batch)
    }

    /// The values by which rows are compared.
    private func keys(of batch: VectorBatch) -> [ColumnVector] {
        if folders.isEmpty { return batch.columns }
        let flat = flattener.flatten(batch.columns, rowCount: batch.rowCount)
        // Columns that tell recursions apart follow those of the query.
        return flat.indices.map { $0 < folders.count ? folders[$0].fold(flat[$0], batch.rows) : flat[$0] }
    }

    /// Takes the first row of each new group.
    private func collect(_ batch: VectorBatch, newGroups: Range<Int>) {
        // Of equal rows in one batch the first is kept.
        var isTaken = [Bool](repeating: false, count: newGroups.count)
        var count = 0
        for position in 0..<batch.selectedCount {
            let row = batch.rows.row(at: position)
            let group = unsafe Int(groups[row]) - newGroups.lowerBound
            guard group >= 0, !isTaken[group] else { continue }
            isTaken[group] = true
            unsafe fresh[count] = UInt16(truncatingIfNeeded: row)
            count += 1
        }
        unsafe rows.append(batch.columns, selection: fresh, count: count)
        unsafe originals?.append(
            flattener.flatten(batch.columns, rowCount: batch.rowCount), selection: fresh, count: count)
    }

    private func refuseDisputes(_ batch: VectorBatch) throws {
        guard let originals else { return }
        let flat = flattener.flatten(batch.columns, rowCount: batch.rowCount)
        for (column, value) in zip(originals.columns, flat) where column.type == .any || column.type == .text {
            let first = column.vector(from: 0, count: column.rowCount)
            for position in 0..<batch.selectedCount {
                let row = batch.rows.row(at: position)
                let isSame = unsafe value.datum(row).isIdentical(to: first.datum(Int(groups[row])))
                if !isSame { throw EngineError.openChoice }
            }
        }
    }

    func finish() {}
}
