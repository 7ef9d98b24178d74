/// Keeps the least or greatest text or blob per group; of texts that a collation calls equal, the first.
final class StringExtremeState: AggregateState {
    private let isMaximum: Bool
    private let collation: TextCollation
    private let best = KeptStrings()
    private var isSet = ZeroedColumn<UInt8>()

    init(isMaximum: Bool, collation: TextCollation) {
        self.isMaximum = isMaximum
        self.collation = collation
    }

    override func extend(to groupCount: Int) {
        best.extend(to: groupCount)
        isSet.extend(to: groupCount)
    }

    @inline(__always)
    private func take(_ value: StringValue, _ group: Int) {
        if unsafe isSet.pointer[group] != 0 {
            let order = unsafe StringValue.compare(value, best.pointer[group], collation)
            if isMaximum ? order <= 0 : order >= 0 { return }
        }
        unsafe isSet.pointer[group] = 1
        best.set(value, group: group)
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        guard let values = unsafe arguments.first?.pointer(StringValue.self) else { return }
        rows.forEach { row, group in unsafe take(values[row], group) }
        best.keepChanged { _ in true }
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? StringExtremeState else { return }
        let (values, otherIsSet) = unsafe (other.best.pointer, other.isSet.pointer)
        pairs.forEach { source, target in
            if unsafe otherIsSet[source] != 0 { unsafe take(values[source], target) }
        }
        best.keepChanged { _ in true }
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let result = target.vector()
        unsafe result.pointer(StringValue.self).update(from: best.pointer + first, count: count)
        let isSet = unsafe isSet.pointer + first
        return attachValidity(result, target, count: count) { unsafe isSet[$0] != 0 }
    }

    override var byteCount: Int { best.byteCount + isSet.count }
}
