/// Finds groups by one-word keys: an array over all codes when they have few bits, else slots of key and group.
///
/// Entries hold the group number plus one; zero is empty. Slots are probed linearly and at most half of them are used.
final class CodeGroupIndex {
    /// Codes of up to this many bits index an array.
    static let directBits = 18

    private let isDirect: Bool
    private var table: MemoryBlock
    private var slotMask: UInt64
    private let created = MemoryBlock(byteCount: VectorBatch.capacity * 2 + 64)
    private let positions = MemoryBlock(byteCount: VectorBatch.capacity * 8)

    init(codeBits: Int) {
        isDirect = codeBits <= Self.directBits
        slotMask = isDirect ? 0 : 4095
        table = MemoryBlock(byteCount: isDirect ? 4 << codeBits : 4096 * 16, zeroed: true)
    }

    /// Bytes that are held while `count` groups are added to `groupCount`.
    func byteCount(groupCount: Int, adding count: Int) -> Int {
        guard !isDirect, (groupCount + count) * 2 > Int(slotMask) + 1 else { return table.capacity }
        return table.capacity + grownCapacity(groupCount + count) * 16
    }

    /// Makes room for so many groups in all.
    func reserve(groupCount: Int) {
        guard !isDirect else { return }
        growIfNeeded(groupCount: 0, adding: groupCount)
    }

    private func grownCapacity(_ groupCount: Int) -> Int {
        var capacity = Int(slotMask) + 1
        while groupCount * 2 > capacity { capacity *= capacity < 1 << 20 ? 4 : 2 }
        return capacity
    }

    /// The rows that made new groups in the last call, in the order of their numbers.
    var createdRows: UnsafePointer<UInt16> { unsafe UnsafePointer(created.pointer(UInt16.self)) }

    /// Writes the group of each selected row's code to `groups[row]`, numbering new ones from `groupCount`.
    ///
    /// - Returns: the number of new groups, whose rows stand in ``createdRows``.
    func findOrCreate(
        _ codes: UnsafePointer<UInt64>, selection: UnsafePointer<UInt16>?, count: Int, groupCount: Int,
        groups: UnsafeMutablePointer<UInt32>
    ) -> Int {
        if isDirect { return unsafe findDirect(codes, selection, count, groupCount, groups) }
        growIfNeeded(groupCount: groupCount, adding: count)
        return unsafe slotMask < 1 << 13
            ? findInSlots(codes, selection, count, groupCount, groups)
            : findPrefetched(codes, selection, count, groupCount, groups)
    }

    private func findDirect(
        _ codes: UnsafePointer<UInt64>, _ selection: UnsafePointer<UInt16>?, _ count: Int, _ groupCount: Int,
        _ groups: UnsafeMutablePointer<UInt32>
    ) -> Int {
        let entries = unsafe table.pointer(UInt32.self)
        let created = unsafe created.pointer(UInt16.self)
        var createdCount = 0
        unsafe forEachRow(selection, count) { row in
            var entry = unsafe entries[Int(truncatingIfNeeded: codes[row])]
            if entry == 0 {
                unsafe created[createdCount] = UInt16(truncatingIfNeeded: row)
                createdCount &+= 1
                entry = UInt32(truncatingIfNeeded: groupCount &+ createdCount)
                unsafe entries[Int(truncatingIfNeeded: codes[row])] = entry
            }
            unsafe groups[row] = entry &- 1
        }
        return createdCount
    }

    private func findInSlots(
        _ codes: UnsafePointer<UInt64>, _ selection: UnsafePointer<UInt16>?, _ count: Int, _ groupCount: Int,
        _ groups: UnsafeMutablePointer<UInt32>
    ) -> Int {
        let slots = unsafe table.pointer(StringValue.self)
        let created = unsafe created.pointer(UInt16.self)
        let mask = slotMask
        var createdCount = 0
        unsafe forEachRow(selection, count) { row in
            let code = unsafe codes[row]
            unsafe groups[row] = unsafe Self.find(
                code, hashWord(code) & mask, slots, mask, row, created, &createdCount, groupCount)
        }
        return createdCount
    }

    /// As ``findInSlots``, asking for the slots of a window of rows before the first of them is read.
    private func findPrefetched(
        _ codes: UnsafePointer<UInt64>, _ selection: UnsafePointer<UInt16>?, _ count: Int, _ groupCount: Int,
        _ groups: UnsafeMutablePointer<UInt32>
    ) -> Int {
        let slots = unsafe table.pointer(StringValue.self)
        let created = unsafe created.pointer(UInt16.self)
        let starts = unsafe positions.pointer(UInt64.self)
        let mask = slotMask
        var createdCount = 0
        for first in stride(from: 0, to: count, by: 64) {
            let end = min(first &+ 64, count)
            for index in first..<end {
                let row = unsafe selection.map { unsafe Int($0[index]) } ?? index
                let position = unsafe hashWord(codes[row]) & mask
                unsafe starts[index] = position
                unsafe prefetch(slots + Int(position))
            }
            for index in first..<end {
                let row = unsafe selection.map { unsafe Int($0[index]) } ?? index
                unsafe groups[row] = unsafe Self.find(
                    codes[row], starts[index], slots, mask, row, created, &createdCount, groupCount)
            }
        }
        return createdCount
    }

    @inline(__always)
    private static func find(
        _ code: UInt64, _ start: UInt64, _ slots: UnsafeMutablePointer<StringValue>, _ mask: UInt64, _ row: Int,
        _ created: UnsafeMutablePointer<UInt16>, _ createdCount: inout Int, _ groupCount: Int
    ) -> UInt32 {
        var position = start
        while true {
            let slot = unsafe slots[Int(position)]
            if slot.tail != 0 && slot.head == code { return UInt32(truncatingIfNeeded: slot.tail) &- 1 }
            if slot.tail == 0 { break }
            position = (position &+ 1) & mask
        }
        unsafe created[createdCount] = UInt16(truncatingIfNeeded: row)
        createdCount &+= 1
        let group = groupCount &+ createdCount
        unsafe slots[Int(position)] = StringValue(head: code, tail: UInt64(group))
        return UInt32(truncatingIfNeeded: group) &- 1
    }

    /// Writes the group of each selected row's code to `groups[row]`, ``noStoredRow`` where there is none.
    func find(
        _ codes: UnsafePointer<UInt64>, selection: UnsafePointer<UInt16>?, count: Int,
        groups: UnsafeMutablePointer<UInt32>, _ scratch: ProbeScratch
    ) {
        if isDirect {
            let entries = unsafe table.pointer(UInt32.self)
            unsafe forEachRow(selection, count) { row in
                unsafe groups[row] = unsafe entries[Int(truncatingIfNeeded: codes[row])] &- 1
            }
            return
        }
        let slots = unsafe table.pointer(StringValue.self)
        let mask = slotMask
        let starts = unsafe scratch.positions
        for first in stride(from: 0, to: count, by: 64) {
            let end = min(first &+ 64, count)
            for index in first..<end {
                let row = unsafe selection.map { unsafe Int($0[index]) } ?? index
                unsafe starts[row] = unsafe hashWord(codes[row]) & mask
                unsafe prefetch(slots + Int(starts[row]))
            }
            for index in first..<end {
                let row = unsafe selection.map { unsafe Int($0[index]) } ?? index
                var position = unsafe starts[row]
                while unsafe slots[Int(position)].tail != 0 && slots[Int(position)].head != codes[row] {
                    position = (position &+ 1) & mask
                }
                unsafe groups[row] = unsafe UInt32(truncatingIfNeeded: slots[Int(position)].tail &- 1)
            }
        }
    }

    private func growIfNeeded(groupCount: Int, adding count: Int) {
        let oldCapacity = Int(slotMask) + 1
        guard (groupCount + count) * 2 > oldCapacity else { return }
        let capacity = grownCapacity(groupCount + count)
        let old = table
        defer { withExtendedLifetime(old) {} }
        table = MemoryBlock(byteCount: capacity * 16, zeroed: true)
        slotMask = UInt64(capacity - 1)
        let (source, slots) = unsafe (old.pointer(StringValue.self), table.pointer(StringValue.self))
        let mask = slotMask
        for index in 0..<oldCapacity where unsafe source[index].tail != 0 {
            unsafe Self.enter(source[index], slots, mask)
        }
    }

    @inline(__always)
    private static func enter(_ slot: StringValue, _ slots: UnsafeMutablePointer<StringValue>, _ mask: UInt64) {
        var position = hashWord(slot.head) & mask
        while unsafe slots[Int(position)].tail != 0 { position = (position &+ 1) & mask }
        unsafe slots[Int(position)] = slot
    }

    /// Enters existing groups `firstGroup..<firstGroup + count` with the given codes, no two of them equal.
    func insert(_ codes: UnsafePointer<UInt64>, firstGroup: Int, count: Int) {
        if isDirect {
            let entries = unsafe table.pointer(UInt32.self)
            for index in 0..<count {
                unsafe entries[Int(truncatingIfNeeded: codes[index])] = UInt32(
                    truncatingIfNeeded: firstGroup + index + 1)
            }
            return
        }
        growIfNeeded(groupCount: firstGroup, adding: count)
        let slots = unsafe table.pointer(StringValue.self)
        let mask = slotMask
        for index in 0..<count {
            unsafe Self.enter(StringValue(head: codes[index], tail: UInt64(firstGroup + index + 1)), slots, mask)
        }
    }
}
