import RheiCore

/// Sums doubles with compensation and counts them. A sum that is NaN (opposite infinities) is NULL, as in SQLite.
final class RealSumState: AggregateState {
    private let output: SumOutput
    private var sums = ZeroedColumn<CompensatedSum>()
    private var counts = ZeroedColumn<Int64>()

    init(_ output: SumOutput) { self.output = output }

    override func extend(to groupCount: Int) {
        sums.extend(to: groupCount)
        counts.extend(to: groupCount)
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        guard let argument = arguments.first else { return }
        if argument.type == .float32 {
            let values = unsafe argument.pointer(Float.self)
            add(rows) { unsafe Double(values[$0]) }
        } else {
            let values = unsafe argument.pointer(Double.self)
            add(rows) { unsafe values[$0] }
        }
    }

    @inline(__always)
    private func add(_ rows: AggregateRows, _ value: (Int) -> Double) {
        let (sums, counts) = unsafe (sums.pointer, counts.pointer)
        if unsafe rows.groups == nil {
            addToFirst(rows, value)
            return
        }
        rows.forEach { row, group in
            unsafe sums[group].add(value(row))
            unsafe counts[group] &+= 1
        }
    }

    /// Adds all rows to group 0. Where the sum leaves the finite numbers, what it becomes depends on the order of rows:
    /// those are then added one after the other, as SQLite adds them.
    @inline(__always)
    private func addToFirst(_ rows: AggregateRows, _ value: (Int) -> Double) {
        let selection = unsafe rows.selection
        @inline(__always) func valueAt(_ index: Int) -> Double {
            value(unsafe selection.map { unsafe Int($0[index]) } ?? index)
        }
        var sum = Self.sumInParts(unsafe sums.pointer[0], rows.count, valueAt)
        if !sum.sum.isFinite {
            sum = unsafe sums.pointer[0]
            for index in 0..<rows.count { sum.add(valueAt(index)) }
        }
        unsafe sums.pointer[0] = sum
        unsafe counts.pointer[0] += Int64(rows.count)
    }

    /// Four independent sums, since each addition waits for the one before.
    @inline(__always)
    private static func sumInParts(_ start: CompensatedSum, _ count: Int, _ valueAt: (Int) -> Double) -> CompensatedSum
    {
        let zero = CompensatedSum(sum: 0, error: 0)
        var parts = (zero, zero, zero, start)
        var index = 0
        while index &+ 4 <= count {
            parts.0.add(valueAt(index))
            parts.1.add(valueAt(index &+ 1))
            parts.2.add(valueAt(index &+ 2))
            parts.3.add(valueAt(index &+ 3))
            index &+= 4
        }
        while index < count {
            parts.3.add(valueAt(index))
            index &+= 1
        }
        parts.0.add(parts.1)
        parts.2.add(parts.3)
        parts.0.add(parts.2)
        return parts.0
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? RealSumState else { return }
        let (sums, counts) = unsafe (sums.pointer, counts.pointer)
        let (otherSums, otherCounts) = unsafe (other.sums.pointer, other.counts.pointer)
        pairs.forEach { source, target in
            unsafe sums[target].add(otherSums[source])
            unsafe counts[target] &+= otherCounts[source]
        }
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let sums = unsafe sums.pointer + first
        let counts = unsafe counts.pointer + first
        let result = target.vector()
        let values = unsafe result.pointer(Double.self)
        for row in 0..<count {
            unsafe values[row] =
                unsafe output == .average ? sums[row].value / Double(max(counts[row], 1)) : sums[row].value
        }
        let emptyIsZero = output == .total
        return attachValidity(result, target, count: count) {
            unsafe (emptyIsZero || counts[$0] > 0) && values[$0] == values[$0]
        }
    }

    override var byteCount: Int { counts.count * 24 }
}
