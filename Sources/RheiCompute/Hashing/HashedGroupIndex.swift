/// Finds groups by any keys: salted slots, linear probing, keys confirmed column by column.
///
/// A slot is zero when empty, otherwise the hash's top 16 bits above the group number plus one. At most half of the
/// slots are used. Per batch all rows probe to the first slot with their salt, then the keys of the candidates are
/// compared as columns; rows whose candidate was another key go on from the next slot.
final class HashedGroupIndex {
    private static let groupMask: UInt64 = (1 << 48) - 1
    private var slots = MemoryBlock(byteCount: 8192 * 8, zeroed: true)
    private var slotMask: UInt64 = 8191
    private var hashes = ZeroedColumn<UInt64>()
    private let scratch = MemoryBlock(byteCount: VectorBatch.capacity * (8 + 8 + 2 + 2 + 2 + 2) + 512)

    private var batchHashes: UnsafeMutablePointer<UInt64> { unsafe scratch.pointer(UInt64.self) }
    private var positions: UnsafeMutablePointer<UInt64> { unsafe batchHashes + VectorBatch.capacity }
    private var listBase: UnsafeMutablePointer<UInt16> {
        unsafe UnsafeMutableRawPointer(positions + VectorBatch.capacity).assumingMemoryBound(to: UInt16.self)
    }

    /// Writes the group of every selected row to `groups[row]`; groups not met before are numbered from the store's
    /// row count and their keys appended to the store.
    func findOrCreate(
        _ keys: [ColumnVector], _ store: RowStore, selection: UnsafePointer<UInt16>?, count: Int,
        groups: UnsafeMutablePointer<UInt32>
    ) {
        growIfNeeded(groupCount: store.rowCount, adding: count)
        unsafe VectorHasher.hash(keys, selection: selection, count: count, into: batchHashes)
        let pending = unsafe listBase
        let candidates = unsafe pending + VectorBatch.capacity + 32
        unsafe startProbing(selection, count, pending)
        var pendingCount = count
        while pendingCount > 0 {
            let found = unsafe probe(pending, pendingCount, store, candidates, keys, groups)
            pendingCount = unsafe confirm(keys, store, candidates, found, groups, into: pending)
        }
    }

    private func startProbing(
        _ selection: UnsafePointer<UInt16>?, _ count: Int, _ pending: UnsafeMutablePointer<UInt16>
    ) {
        let hashes = unsafe batchHashes
        let positions = unsafe positions
        let slots = unsafe slots.pointer(UInt64.self)
        let mask = slotMask
        let isLarge = mask >= 1 << 14
        var index = 0
        unsafe forEachRow(selection, count) { row in
            let position = unsafe hashes[row] & mask
            unsafe positions[row] = position
            unsafe pending[index] = UInt16(truncatingIfNeeded: row)
            index &+= 1
            if isLarge { unsafe prefetch(slots + Int(position)) }
        }
    }

    /// Moves every pending row to a new group or to a slot with its salt; returns the number of such candidates.
    private func probe(
        _ pending: UnsafeMutablePointer<UInt16>, _ count: Int, _ store: RowStore,
        _ candidates: UnsafeMutablePointer<UInt16>, _ keys: [ColumnVector], _ groups: UnsafeMutablePointer<UInt32>
    ) -> Int {
        let hashes = unsafe batchHashes
        let positions = unsafe positions
        let slots = unsafe slots.pointer(UInt64.self)
        let mask = slotMask
        let created = unsafe candidates + VectorBatch.capacity + 32
        let firstNew = store.rowCount
        var createdCount = 0
        var found = 0
        for index in 0..<count {
            let row = unsafe Int(pending[index])
            let salt = unsafe hashes[row] & ~Self.groupMask
            var position = unsafe positions[row]
            while true {
                let slot = unsafe slots[Int(position)]
                if slot == 0 {
                    let group = firstNew &+ createdCount
                    unsafe slots[Int(position)] = salt | UInt64(group &+ 1)
                    unsafe groups[row] = UInt32(truncatingIfNeeded: group)
                    unsafe created[createdCount] = UInt16(truncatingIfNeeded: row)
                    createdCount &+= 1
                    break
                }
                if slot & ~Self.groupMask == salt {
                    unsafe groups[row] = UInt32(truncatingIfNeeded: (slot & Self.groupMask) &- 1)
                    unsafe candidates[found] = UInt16(truncatingIfNeeded: row)
                    found &+= 1
                    break
                }
                position = (position &+ 1) & mask
            }
            unsafe positions[row] = position
        }
        unsafe appendCreated(created, createdCount, store, keys)
        return found
    }

    private func appendCreated(
        _ rows: UnsafeMutablePointer<UInt16>, _ count: Int, _ store: RowStore, _ keys: [ColumnVector]
    ) {
        guard count > 0 else { return }
        let first = store.rowCount
        hashes.extend(to: first + count)
        let stored = unsafe hashes.pointer
        let batch = unsafe batchHashes
        for index in 0..<count { unsafe stored[first &+ index] = unsafe batch[Int(rows[index])] }
        unsafe store.append(keys, selection: rows, count: count)
    }

    /// Compares candidates with their groups' keys; the rows that differ become pending at their next slot.
    private func confirm(
        _ keys: [ColumnVector], _ store: RowStore, _ candidates: UnsafeMutablePointer<UInt16>, _ count: Int,
        _ groups: UnsafeMutablePointer<UInt32>, into pending: UnsafeMutablePointer<UInt16>
    ) -> Int {
        var remaining = count
        var failedCount = 0
        for (column, key) in keys.enumerated() where remaining > 0 {
            remaining = unsafe KeyComparison.keepEqual(
                key, store.columns[column], stored: groups, candidates: candidates, count: remaining, failed: pending,
                failedCount: &failedCount)
        }
        let positions = unsafe positions
        for index in 0..<failedCount {
            let row = unsafe Int(pending[index])
            unsafe positions[row] = unsafe (positions[row] &+ 1) & slotMask
        }
        return failedCount
    }

    private func growIfNeeded(groupCount: Int, adding count: Int) {
        var capacity = Int(slotMask) + 1
        guard (groupCount + count) * 2 > capacity else { return }
        while (groupCount + count) * 2 > capacity { capacity *= capacity < 1 << 20 ? 4 : 2 }
        slots = MemoryBlock(byteCount: capacity * 8, zeroed: true)
        slotMask = UInt64(capacity - 1)
        let slots = unsafe slots.pointer(UInt64.self)
        let stored = unsafe hashes.pointer
        for group in 0..<groupCount {
            var position = unsafe stored[group] & slotMask
            while unsafe slots[Int(position)] != 0 { position = (position &+ 1) & slotMask }
            unsafe slots[Int(position)] = unsafe (stored[group] & ~Self.groupMask) | UInt64(group &+ 1)
        }
    }

    /// Enters groups that exist already, keyed by rows `0..<store.rowCount` of the store; the index must be empty.
    func insertAll(of store: RowStore) {
        growIfNeeded(groupCount: 0, adding: store.rowCount)
        hashes.extend(to: store.rowCount)
        for first in stride(from: 0, to: store.rowCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, store.rowCount - first)
            let block = store.vectors(from: first, count: count)
            unsafe VectorHasher.hash(block, selection: nil, count: count, into: hashes.pointer + first)
        }
        let stored = unsafe hashes.pointer
        let slots = unsafe slots.pointer(UInt64.self)
        for group in 0..<store.rowCount {
            var position = unsafe stored[group] & slotMask
            while unsafe slots[Int(position)] != 0 { position = (position &+ 1) & slotMask }
            unsafe slots[Int(position)] = unsafe (stored[group] & ~Self.groupMask) | UInt64(group &+ 1)
        }
    }
}
