import RheiArrow
import RheiCore

/// Turns rows of nested arrays and arrays of intervals into the executor's bytes.
struct NestedImporter {
    private let type: NestedType

    /// - Throws: `unsupported` where a list or struct holds values that the executor does not know.
    init(_ type: DataType) throws {
        guard let nested = NestedType(type) else { throw EngineError.unsupported("columns of type \(type)") }
        self.type = nested
    }

    /// The payload of a row that is not null.
    func payload(_ array: ArrowArray, _ row: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try Self.append(array, row, type, to: &bytes)
        bytes.removeFirst()
        return bytes
    }

    private static func append(
        _ array: ArrowArray, _ row: Int, _ type: NestedType, to bytes: inout [UInt8]
    ) throws {
        if array.isLogicallyNull(row) {
            bytes.append(NestedMark.null)
            return
        }
        switch type {
        case .list(let element):
            bytes.append(NestedMark.value)
            let items = array.items(at: row)
            for item in 0..<items.count { try append(items, item, element, to: &bytes) }
            bytes.append(NestedMark.end)
        case .structure(let members):
            bytes.append(NestedMark.value)
            let fields = try StructArray(array)
            for (index, member) in members.enumerated() {
                try append(fields.field(index), row, member.type, to: &bytes)
            }
        case .interval:
            bytes.append(NestedMark.value)
            try interval(array, row).append(to: &bytes)
        default:
            let arena = StringArena()
            NestedWriter.append(try leaf(array, row, type, arena), type, to: &bytes)
        }
    }

    private static func interval(_ array: ArrowArray, _ row: Int) throws -> IntervalKey {
        let value = try PrimitiveArray<MonthDayNanoInterval>(array)[row]
        return IntervalKey(months: value.months, days: value.days, microseconds: value.nanoseconds / 1_000)
    }

    private static func leaf(
        _ array: ArrowArray, _ row: Int, _ type: NestedType, _ arena: StringArena
    ) throws -> Datum {
        switch array.type {
        case .date32: return .integer(Int64(try PrimitiveArray<Int32>(array)[row]))
        case .date64: return .integer(flooredQuotient(try PrimitiveArray<Int64>(array)[row], 86_400_000).quotient)
        case .time32(let unit): return try .integer(microseconds(Int64(PrimitiveArray<Int32>(array)[row]), unit))
        case .time64(let unit), .timestamp(let unit, _):
            return try .integer(microseconds(PrimitiveArray<Int64>(array)[row], unit))
        case .decimal128: return try .blob(arena.store(NestedConversion.bytes(of: Decimal128Array(array)[row])))
        default: break
        }
        if type == .text || type == .blob, let view = ByteArrayView(array) {
            let value = unsafe arena.store(view.bytes(row))
            return type == .text ? .text(value) : .blob(value)
        }
        return Datum(try array.value(at: row), arena: arena)
    }

    private static func microseconds(_ value: Int64, _ unit: TimeUnit) throws -> Int64 {
        if unit == .nanosecond { return flooredQuotient(value, 1_000).quotient }
        let (product, overflow) = value.multipliedReportingOverflow(by: 1_000_000 / unit.perSecond)
        if overflow { throw EngineError(.overflow, "a timestamp in a list or struct is out of range") }
        return product
    }
}
