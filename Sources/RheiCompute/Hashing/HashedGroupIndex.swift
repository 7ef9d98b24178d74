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

    /// The hashes of the groups' keys, see ``VectorHasher``; valid until groups are added.
    var storedHashes: UnsafePointer<UInt64> { unsafe UnsafePointer(hashes.pointer) }

    /// Bytes that are held while `count` groups are added to `groupCount`.
    func byteCount(groupCount: Int, adding count: Int) -> Int {
        let held = slots.capacity + (groupCount + count) * 16
        guard (groupCount + count) * 2 > Int(slotMask) + 1 else { return held }
        return held + grownCapacity(groupCount + count) * 8
    }

    private func grownCapacity(_ groupCount: Int) -> Int {
        var capacity = Int(slotMask) + 1
        while groupCount * 2 > capacity { capacity *= capacity < 1 << 20 ? 4 : 2 }
        return capacity
    }

    /// Writes the group of every selected row to `groups[row]`; groups not met before are numbered from the store's
    /// row count and their keys appended to the store.
    ///
    /// - Parameter known: the hashes of the rows by position, where they are known.
    func findOrCreate(
        _ keys: [ColumnVector], _ store: RowStore, selection: UnsafePointer<UInt16>?, count: Int,
        groups: UnsafeMutablePointer<UInt32>, _ scratch: ProbeScratch, known: UnsafePointer<UInt64>? = nil
    ) {
        growIfNeeded(groupCount: store.rowCount, adding: count)
        if let known = unsafe known {
            let hashes = unsafe scratch.hashes
            unsafe forEachRow(selection, count) { row in unsafe hashes[row] = unsafe known[row] }
        } else {
            unsafe VectorHasher.hash(keys, selection: selection, count: count, into: scratch.hashes)
        }
        unsafe startProbing(selection, count, scratch)
        var pendingCount = count
        while pendingCount > 0 {
            let found = unsafe probe(pendingCount, store, keys, groups, scratch)
            pendingCount = unsafe confirm(keys, store, found, groups, scratch)
        }
    }

    /// Writes the group of every selected row to `groups[row]`, ``noStoredRow`` where there is none.
    func find(
        _ keys: [ColumnVector], _ store: RowStore, selection: UnsafePointer<UInt16>?, count: Int,
        groups: UnsafeMutablePointer<UInt32>, _ scratch: ProbeScratch
    ) {
        unsafe VectorHasher.hash(keys, selection: selection, count: count, into: scratch.hashes)
        unsafe startProbing(selection, count, scratch)
        var pendingCount = count
        while pendingCount > 0 {
            let found = unsafe lookUp(pendingCount, groups, scratch)
            pendingCount = unsafe confirm(keys, store, found, groups, scratch)
        }
    }

    /// As `probe`, but a free slot means that the key is not there.
    private func lookUp(_ count: Int, _ groups: UnsafeMutablePointer<UInt32>, _ scratch: ProbeScratch) -> Int {
        let (hashes, positions) = unsafe (scratch.hashes, scratch.positions)
        let (pending, candidates) = unsafe (scratch.pending, scratch.candidates)
        let slots = unsafe slots.pointer(UInt64.self)
        let mask = slotMask
        var found = 0
        for index in 0..<count {
            let row = unsafe Int(pending[index])
            let salt = unsafe hashes[row] & ~Self.groupMask
            var position = unsafe positions[row]
            var slot = unsafe slots[Int(position)]
            while slot != 0 && slot & ~Self.groupMask != salt {
                position = (position &+ 1) & mask
                slot = unsafe slots[Int(position)]
            }
            unsafe positions[row] = position
            unsafe groups[row] = UInt32(truncatingIfNeeded: (slot & Self.groupMask) &- 1)
            unsafe candidates[found] = UInt16(truncatingIfNeeded: row)
            found &+= asInt(slot != 0)
        }
        return found
    }

    private func startProbing(
        _ selection: UnsafePointer<UInt16>?, _ count: Int, _ scratch: ProbeScratch
    ) {
        let (hashes, positions, pending) = unsafe (scratch.hashes, scratch.positions, scratch.pending)
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
        _ count: Int, _ store: RowStore, _ keys: [ColumnVector], _ groups: UnsafeMutablePointer<UInt32>,
        _ scratch: ProbeScratch
    ) -> Int {
        let (hashes, positions) = unsafe (scratch.hashes, scratch.positions)
        let (pending, candidates, created) = unsafe (scratch.pending, scratch.candidates, scratch.created)
        let slots = unsafe slots.pointer(UInt64.self)
        let mask = slotMask
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
        appendCreated(createdCount, store, keys, scratch)
        return found
    }

    private func appendCreated(
        _ count: Int, _ store: RowStore, _ keys: [ColumnVector], _ scratch: ProbeScratch
    ) {
        guard count > 0 else { return }
        let first = store.rowCount
        hashes.extend(to: first + count)
        let stored = unsafe hashes.pointer
        let (batch, rows) = unsafe (scratch.hashes, scratch.created)
        for index in 0..<count { unsafe stored[first &+ index] = unsafe batch[Int(rows[index])] }
        unsafe store.append(keys, selection: rows, count: count)
    }

    /// Compares candidates with their groups' keys; the rows that differ become pending at their next slot.
    private func confirm(
        _ keys: [ColumnVector], _ store: RowStore, _ count: Int, _ groups: UnsafeMutablePointer<UInt32>,
        _ scratch: ProbeScratch
    ) -> Int {
        let (pending, positions) = unsafe (scratch.pending, scratch.positions)
        var remaining = count
        var failedCount = 0
        for (column, key) in keys.enumerated() where remaining > 0 {
            remaining = unsafe KeyComparison.keepEqual(
                key, store.columns[column], stored: groups, candidates: scratch.candidates, count: remaining,
                failed: pending,
                failedCount: &failedCount)
        }
        for index in 0..<failedCount {
            let row = unsafe Int(pending[index])
            unsafe positions[row] = unsafe (positions[row] &+ 1) & slotMask
        }
        return failedCount
    }

    private func growIfNeeded(groupCount: Int, adding count: Int) {
        guard (groupCount + count) * 2 > Int(slotMask) + 1 else { return }
        let capacity = grownCapacity(groupCount + count)
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

    /// Makes room for so many groups in all; the index must be empty.
    func reserve(groupCount: Int) { growIfNeeded(groupCount: 0, adding: groupCount) }

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
