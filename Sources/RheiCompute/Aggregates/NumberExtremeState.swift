/// Keeps the least or greatest number per group.
final class NumberExtremeState<Number: Comparable & BitwiseCopyable>: AggregateState {
    private let isMaximum: Bool
    private var best = ZeroedColumn<Number>()
    private var isSet = ZeroedColumn<UInt8>()

    init(isMaximum: Bool) { self.isMaximum = isMaximum }

    override func extend(to groupCount: Int) {
        best.extend(to: groupCount)
        isSet.extend(to: groupCount)
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        guard let values = unsafe arguments.first?.pointer(Number.self) else { return }
        if isMaximum {
            unsafe update(values, rows) { $0 > $1 }
        } else {
            unsafe update(values, rows) { $0 < $1 }
        }
    }

    @inline(__always)
    private func update(_ values: UnsafePointer<Number>, _ rows: AggregateRows, _ beats: (Number, Number) -> Bool) {
        let (best, isSet) = unsafe (best.pointer, isSet.pointer)
        rows.forEach { row, group in
            let value = unsafe values[row]
            if unsafe isSet[group] == 0 || beats(value, best[group]) {
                unsafe best[group] = value
                unsafe isSet[group] = 1
            }
        }
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? NumberExtremeState<Number> else { return }
        let (best, isSet) = unsafe (best.pointer, isSet.pointer)
        let (otherBest, otherIsSet) = unsafe (other.best.pointer, other.isSet.pointer)
        let isMaximum = isMaximum
        pairs.forEach { source, target in
            guard unsafe otherIsSet[source] != 0 else { return }
            let value = unsafe otherBest[source]
            if unsafe isSet[target] == 0 || (isMaximum ? value > best[target] : value < best[target]) {
                unsafe best[target] = value
                unsafe isSet[target] = 1
            }
        }
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let result = target.vector()
        unsafe result.pointer(Number.self).update(from: best.pointer + first, count: count)
        let isSet = unsafe isSet.pointer + first
        return attachValidity(result, target, count: count) { unsafe isSet[$0] != 0 }
    }

    override var byteCount: Int { isSet.count * (MemoryLayout<Number>.stride + 1) }
}
