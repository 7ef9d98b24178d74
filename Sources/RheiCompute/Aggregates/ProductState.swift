/// Multiplies doubles.
final class ProductState: AggregateState {
    private var products = ZeroedColumn<Double>()
    private var counts = ZeroedColumn<Int64>()

    override func extend(to groupCount: Int) {
        products.extend(to: groupCount)
        counts.extend(to: groupCount)
    }

    private func multiply(_ group: Int, by value: Double, count: Int64) {
        unsafe products.pointer[group] = unsafe counts.pointer[group] == 0 ? value : products.pointer[group] * value
        unsafe counts.pointer[group] += count
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        guard let values = arguments.first?.elements(Double.self) else { return }
        rows.forEach { row, group in multiply(group, by: values[row], count: 1) }
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? ProductState else { return }
        pairs.forEach { source, target in
            let count = unsafe other.counts.pointer[source]
            if count > 0 { unsafe multiply(target, by: other.products.pointer[source], count: count) }
        }
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let result = target.vector()
        let values = result.elements(Double.self)
        for row in 0..<count { values[row] = unsafe products.pointer[first + row] }
        return attachValidity(result, target, count: count) {
            unsafe self.counts.pointer[first + $0] > 0 && !values[$0].isNaN
        }
    }

    override var byteCount: Int { counts.count * 16 }
}
