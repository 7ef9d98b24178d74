import RheiCore

/// Sums 128-bit fixed-point numbers; raises ``EngineError/Code/overflow`` when a sum leaves 128 bits.
final class DecimalSumState: AggregateState {
    private let output: SumOutput
    private let resultType: VectorType
    private var sums = ZeroedColumn<Int128>()
    private var counts = ZeroedColumn<Int64>()
    private var overflowed = false

    init(_ output: SumOutput, _ resultType: VectorType) {
        self.output = output
        self.resultType = resultType
    }

    override func extend(to groupCount: Int) {
        sums.extend(to: groupCount)
        counts.extend(to: groupCount)
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        guard let values = unsafe arguments.first?.pointer(Int128.self) else { return }
        let (sums, counts) = unsafe (sums.pointer, counts.pointer)
        var failed = false
        rows.forEach { row, group in
            let (sum, overflow) = unsafe sums[group].addingReportingOverflow(values[row])
            unsafe sums[group] = sum
            unsafe counts[group] &+= 1
            failed = failed || overflow
        }
        overflowed = overflowed || failed
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? DecimalSumState else { return }
        let (sums, counts) = unsafe (sums.pointer, counts.pointer)
        let (otherSums, otherCounts) = unsafe (other.sums.pointer, other.counts.pointer)
        var failed = other.overflowed
        pairs.forEach { source, target in
            let (sum, overflow) = unsafe sums[target].addingReportingOverflow(otherSums[source])
            unsafe sums[target] = sum
            unsafe counts[target] &+= otherCounts[source]
            failed = failed || overflow
        }
        overflowed = overflowed || failed
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        if overflowed { throw EngineError(.overflow, "decimal overflow in sum") }
        guard output == .sum, resultType == .int128 else {
            throw EngineError.unsupported("total and avg of decimal values")
        }
        let counts = unsafe counts.pointer + first
        let result = target.vector()
        unsafe result.pointer(Int128.self).update(from: sums.pointer + first, count: count)
        return attachValidity(result, target, count: count) { unsafe counts[$0] > 0 }
    }

    override var byteCount: Int { counts.count * 24 }
}
