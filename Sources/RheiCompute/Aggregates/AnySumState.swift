import RheiArrow
import RheiCore

/// Sums values whose class is known per row: integers exactly, everything else as doubles.
///
/// `sum` is an integer while only integers came, else a real. Text that looks like an integer as a whole counts as one,
/// other text and blobs by their numeric prefix as reals, as SQLite's `sum` has it. An integer total outside Int64
/// raises ``EngineError/Code/overflow``; with reals among the values SQLite's answer depends on the order of rows, so
/// that raises ``EngineError/Code/leavesStaticType``.
final class AnySumState: AggregateState {
    private let output: SumOutput
    private var integers = ZeroedColumn<Int128>()
    private var reals = ZeroedColumn<CompensatedSum>()
    private var counts = ZeroedColumn<Int64>()
    private var realCounts = ZeroedColumn<Int64>()

    init(_ output: SumOutput) { self.output = output }

    override func extend(to groupCount: Int) {
        integers.extend(to: groupCount)
        reals.extend(to: groupCount)
        counts.extend(to: groupCount)
        realCounts.extend(to: groupCount)
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        guard let argument = arguments.first, let tags = unsafe argument.tags else { return }
        let slots = unsafe argument.pointer(StringValue.self)
        let (integers, reals) = unsafe (integers.pointer, reals.pointer)
        let (counts, realCounts) = unsafe (counts.pointer, realCounts.pointer)
        rows.forEach { row, group in
            unsafe counts[group] &+= 1
            let value = summand(unsafe datum(tags, slots, row))
            if value.storageClass == .integer {
                unsafe integers[group] &+= Int128(value.integer)
            } else {
                unsafe reals[group].add(value.real)
                unsafe realCounts[group] &+= 1
            }
        }
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? AnySumState else { return }
        pairs.forEach { source, target in
            unsafe integers.pointer[target] &+= other.integers.pointer[source]
            unsafe reals.pointer[target].add(other.reals.pointer[source])
            unsafe counts.pointer[target] &+= other.counts.pointer[source]
            unsafe realCounts.pointer[target] &+= other.realCounts.pointer[source]
        }
    }

    private func realTotal(_ group: Int) -> Double {
        var total = unsafe reals.pointer[group]
        if unsafe integers.pointer[group] != 0 { unsafe total.add(Double(integers.pointer[group])) }
        return total.value
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        if output == .sum { return try finishSum(first, count, target) }
        let result = target.vector()
        let values = unsafe result.pointer(Double.self)
        let counts = unsafe counts.pointer + first
        for row in 0..<count {
            let total = realTotal(first + row)
            unsafe values[row] = unsafe output == .average ? total / Double(max(counts[row], 1)) : total
        }
        let emptyIsZero = output == .total
        return attachValidity(result, target, count: count) {
            unsafe (emptyIsZero || counts[$0] > 0) && values[$0] == values[$0]
        }
    }

    private func finishSum(_ first: Int, _ count: Int, _ target: VectorBuffer) throws -> ColumnVector {
        let result = target.vector()
        let slots = unsafe result.pointer(StringValue.self)
        guard let tags = unsafe result.tags else { throw EngineError.unsupported("sum of any into \(result.type)") }
        for row in 0..<count {
            let group = first + row
            let integer = unsafe Int64(exactly: integers.pointer[group])
            if unsafe realCounts.pointer[group] == 0 {
                guard let integer else { throw EngineError(.overflow, "integer overflow") }
                unsafe slots[row] = StringValue(head: UInt64(bitPattern: integer), tail: 0)
                unsafe tags[row] = StorageClass.integer.rawValue
            } else {
                guard integer != nil else {
                    throw EngineError(.leavesStaticType, "an integer sum overflows among reals")
                }
                unsafe slots[row] = StringValue(head: realTotal(group).bitPattern, tail: 0)
                unsafe tags[row] = StorageClass.real.rawValue
            }
        }
        let counts = unsafe counts.pointer + first
        return attachValidity(result, target, count: count) { row in
            let isNaN = unsafe tags[row] == StorageClass.real.rawValue && Double(bitPattern: slots[row].head).isNaN
            return unsafe counts[row] > 0 && !isNaN
        }
    }

    override var byteCount: Int { counts.count * 48 }
}

/// Returns the number that SQLite's `sum` adds for a value that is not null.
func summand(_ value: Datum) -> Datum {
    guard value.isBytes else { return value }
    return value.slot.withRun { bytes in
        let scanned = scanReal(bytes)
        if value.storageClass == .text && scanned.form == .integer {
            let integer = scanInteger(bytes)
            if integer.form == .whole { return .integer(integer.value) }
        }
        return .real(scanned.value)
    }
}
