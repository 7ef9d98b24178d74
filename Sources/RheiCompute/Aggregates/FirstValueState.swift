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
        let chosen = chosen.pointer(UInt16.self)
        let storedRows = self.rows.pointer
        var count = 0
        rows.forEach { row, group in
            guard storedRows[group] == 0 else { return }
            chosen[count] = UInt16(truncatingIfNeeded: row)
            count &+= 1
            storedRows[group] = UInt32(truncatingIfNeeded: store.rowCount &+ count)
        }
        if count > 0 { store.append(Array(arguments.prefix(1)), selection: chosen, count: count) }
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? FirstValueState else { return }
        let chosen = chosen.pointer(UInt32.self)
        var count = 0
        pairs.forEach { source, target in
            guard rows.pointer[target] == 0, other.rows.pointer[source] != 0 else { return }
            chosen[count] = other.rows.pointer[source] &- 1
            count &+= 1
            rows.pointer[target] = UInt32(truncatingIfNeeded: store.rowCount &+ count)
            if count == VectorBatch.capacity { take(other, chosen, &count) }
        }
        take(other, chosen, &count)
    }

    private func take(_ other: FirstValueState, _ rows: UnsafePointer<UInt32>, _ count: inout Int) {
        guard count > 0 else { return }
        let values = other.store.columns[0].gather(rows, positions: nil, count: count, mayMiss: false, into: buffer)
        store.append([values], selection: nil, count: count)
        count = 0
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let rows = rows.pointer + first
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: max(count, 1)) { list in
            // The wrapped zero is the mark of a missing row.
            for index in 0..<count { list[index] = rows[index] &- 1 }
            guard let base = list.baseAddress else { return target.vector() }
            return store.columns[0].gather(base, positions: nil, count: count, mayMiss: true, into: target)
        }
    }

    override var byteCount: Int { rows.count * 4 + store.byteCount }
}
