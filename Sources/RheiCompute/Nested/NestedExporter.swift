import RheiArrow
import RheiCore

/// Collects the executor's lists, structs and intervals in an array.
final class NestedExporter {
    private let type: NestedType
    private let builder: ArrayBuilder
    private let arena = StringArena()

    /// - Throws: `unsupported` for other types.
    init(_ type: DataType) throws {
        guard let nested = NestedType(type) else { throw EngineError.unsupported("results of type \(type)") }
        self.type = nested
        builder = try ArrayBuilder.make(type)
    }

    func append(_ vector: ColumnVector, _ rows: SelectionVector) throws {
        for position in 0..<rows.count {
            arena.reset()
            try append(vector.datum(rows.row(at: position)), type, builder)
        }
    }

    func finish() throws -> ArrowArray { try builder.finish() }

    private func append(_ value: Datum, _ type: NestedType, _ builder: ArrayBuilder) throws {
        if value.isNull { return try builder.appendNull() }
        switch type {
        case .null: try builder.appendNull()
        case .integer, .date, .time, .timestamp: try builder.append(integer: value.integer)
        case .real: try builder.append(real: value.doubleValue)
        case .text: try unsafe value.slot.withBytes { try unsafe builder.append(bytes: $0, isText: true) }
        case .blob: try unsafe value.slot.withBytes { try unsafe builder.append(bytes: $0, isText: false) }
        case .decimal:
            try builder.append(decimal: Decimal256(value.unscaled))
        case .interval: try appendInterval(value, builder)
        case .list(let element):
            guard let lists = builder as? ListBuilder else { throw mismatch }
            for item in value.elements(element, arena) { try append(item, element, lists.items) }
            try lists.endRow()
        case .structure(let members):
            guard let structs = builder as? StructBuilder else { throw mismatch }
            for (index, field) in value.fields(members, arena).enumerated() {
                try append(field, members[index].type, structs.fields[index])
            }
            try structs.endRow()
        }
    }

    private var mismatch: EngineError { EngineError(.invariant, "a nested value of another type than its column") }

    private func appendInterval(_ value: Datum, _ builder: ArrayBuilder) throws {
        let interval = try IntervalFunctions.interval(value)
        let (nanoseconds, overflow) = interval.microseconds.multipliedReportingOverflow(by: 1_000)
        if overflow { throw EngineError(.overflow, "an interval of more than 292 years of time") }
        let stored = MonthDayNanoInterval(months: interval.months, days: interval.days, nanoseconds: nanoseconds)
        try unsafe withUnsafeBytes(of: stored) { try unsafe builder.append(bytes: $0, isText: false) }
    }
}
