/// Counts rows per group: `count(*)` of all rows it is given, `count(x)` of those with a value.
final class CountState: AggregateState {
    private var counts = ZeroedColumn<Int64>()

    override func extend(to groupCount: Int) { counts.extend(to: groupCount) }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        let counts = unsafe counts.pointer
        if unsafe rows.groups == nil {
            unsafe counts[0] += Int64(rows.count)
        } else {
            rows.forEach { _, group in unsafe counts[group] &+= 1 }
        }
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? CountState else { return }
        let source = unsafe other.counts.pointer
        let target = unsafe counts.pointer
        pairs.forEach { unsafe target[$1] &+= source[$0] }
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let result = target.vector()
        unsafe result.pointer(Int64.self).update(from: counts.pointer + first, count: count)
        return result
    }

    override var byteCount: Int { counts.count * 8 }
}
