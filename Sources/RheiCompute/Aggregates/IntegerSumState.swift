import RheiCore

/// Sums integers exactly in 128 bits and counts them.
///
/// `sum` raises ``EngineError/Code/overflow`` iff the exact total leaves Int64. (SQLite raises it when the running sum
/// does, which depends on the order of rows.)
final class IntegerSumState: AggregateState {
    private let type: VectorType
    private let output: SumOutput
    private let resultType: VectorType
    /// What a total in the last digit is divided by.
    private let unit: Double
    private var sums = ZeroedColumn<Int128>()
    private var counts = ZeroedColumn<Int64>()

    init(_ type: VectorType, _ output: SumOutput, _ resultType: VectorType, scale: Int = 0) {
        unit = DecimalFunctions.power(scale).nearestDouble
        self.type = type
        self.output = output
        self.resultType = resultType
    }

    override func extend(to groupCount: Int) {
        sums.extend(to: groupCount)
        counts.extend(to: groupCount)
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        guard let argument = arguments.first else { return }
        switch type {
        case .bool, .int8: unsafe add(argument.pointer(Int8.self), rows)
        case .int16: unsafe add(argument.pointer(Int16.self), rows)
        case .int32: unsafe add(argument.pointer(Int32.self), rows)
        default: unsafe add(argument.pointer(Int64.self), rows)
        }
    }

    @inline(__always)
    private func add<Integer: FixedWidthInteger>(_ values: UnsafePointer<Integer>, _ rows: AggregateRows) {
        let sums = unsafe sums.pointer
        let counts = unsafe counts.pointer
        if unsafe rows.groups == nil {
            // Halves that cannot overflow within a vector add faster than 128-bit numbers.
            var low: Int64 = 0
            var high: Int64 = 0
            unsafe forEachRow(rows.selection, rows.count) { row in
                let value = unsafe Int64(truncatingIfNeeded: values[row])
                low &+= value & 0xFFFF_FFFF
                high &+= value &>> 32
            }
            unsafe sums[0] += (Int128(high) << 32) + Int128(low)
            unsafe counts[0] += Int64(rows.count)
            return
        }
        rows.forEach { row, group in
            unsafe sums[group] &+= Int128(truncatingIfNeeded: values[row])
            unsafe counts[group] &+= 1
        }
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? IntegerSumState else { return }
        let (sums, counts) = unsafe (sums.pointer, counts.pointer)
        let (otherSums, otherCounts) = unsafe (other.sums.pointer, other.counts.pointer)
        pairs.forEach { source, target in
            unsafe sums[target] &+= otherSums[source]
            unsafe counts[target] &+= otherCounts[source]
        }
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let sums = unsafe sums.pointer + first
        let counts = unsafe counts.pointer + first
        let result = target.vector()
        switch output {
        case .sum where resultType == .int128:
            unsafe result.pointer(Int128.self).update(from: sums, count: count)
        case .sum where resultType == .float64:
            for row in 0..<count { unsafe result.pointer(Double.self)[row] = unsafe sums[row].nearestDouble }
        case .sum:
            let values = unsafe result.pointer(Int64.self)
            for row in 0..<count {
                guard let sum = unsafe Int64(exactly: sums[row]) else {
                    throw EngineError(.overflow, "integer overflow")
                }
                unsafe values[row] = sum
            }
        case .total:
            for row in 0..<count { unsafe result.pointer(Double.self)[row] = unsafe sums[row].nearestDouble / unit }
            return result
        case .average:
            let values = unsafe result.pointer(Double.self)
            for row in 0..<count {
                unsafe values[row] = unsafe sums[row].nearestDouble / (Double(max(counts[row], 1)) * unit)
            }
        }
        return attachValidity(result, target, count: count) { unsafe counts[$0] > 0 }
    }

    override var byteCount: Int { counts.count * 24 }
}
