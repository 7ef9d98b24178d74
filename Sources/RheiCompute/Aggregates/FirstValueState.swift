/// Keeps the first value that is not null per group.
final class FirstValueState: AggregateState {
    private let store: RowStore
    /// Row of the store plus one; zero for a group without a value.
    private var rows = ZeroedColumn<UInt32>()
    private let chosen = MemoryBlock(byteCount: VectorBatch.capacity * 4)
    private let buffer: VectorBuffer

    init(type: VectorType) {
        store = RowStore(types: [type])
        buffer = VectorBuffer(type: type)
    }

    override func extend(to groupCount: Int) { rows.extend(to: groupCount) }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        let chosen = unsafe chosen.pointer(UInt16.self)
        let storedRows = unsafe self.rows.pointer
        var count = 0
        rows.forEach { row, group in
            guard unsafe storedRows[group] == 0 else { return }
            unsafe chosen[count] = UInt16(truncatingIfNeeded: row)
            count &+= 1
            unsafe storedRows[group] = UInt32(truncatingIfNeeded: store.rowCount &+ count)
        }
        if count > 0 { unsafe store.append(Array(arguments.prefix(1)), selection: chosen, count: count) }
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? FirstValueState else { return }
        let chosen = unsafe chosen.pointer(UInt32.self)
        var count = 0
        pairs.forEach { source, target in
            guard unsafe rows.pointer[target] == 0, unsafe other.rows.pointer[source] != 0 else { return }
            unsafe chosen[count] = unsafe other.rows.pointer[source] &- 1
            count &+= 1
            unsafe rows.pointer[target] = UInt32(truncatingIfNeeded: store.rowCount &+ count)
            if count == VectorBatch.capacity { unsafe take(other, chosen, &count) }
        }
        unsafe take(other, chosen, &count)
    }

    private func take(_ other: FirstValueState, _ rows: UnsafePointer<UInt32>, _ count: inout Int) {
        guard count > 0 else { return }
        let values = unsafe other.store.columns[0].gather(
            rows, positions: nil, count: count, mayMiss: false, into: buffer)
        unsafe store.append([values], selection: nil, count: count)
        count = 0
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let rows = unsafe rows.pointer + first
        return unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: max(count, 1)) { list in
            // The wrapped zero is the mark of a missing row.
            for index in 0..<count { unsafe list[index] = unsafe rows[index] &- 1 }
            guard let base = list.baseAddress else { return target.vector() }
            return unsafe store.columns[0].gather(base, positions: nil, count: count, mayMiss: true, into: target)
        }
    }

    override var byteCount: Int { rows.count * 4 + store.byteCount }
}
