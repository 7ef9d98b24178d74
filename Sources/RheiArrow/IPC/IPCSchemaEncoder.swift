import RheiCore

/// Writes schemas as Flatbuffers ("Schema.fbs" of the Arrow columnar format).
struct IPCSchemaEncoder {
    /// The number of dictionaries so far; ids count from zero in the order of the fields, parents first.
    private var dictionaryCount: Int64 = 0

    /// Returns the fields of a `Schema` table.
    static func encode(_ schema: Schema) throws -> FlatFields {
        var encoder = IPCSchemaEncoder()
        return [.int16(0), .tables(try schema.fields.map { try encoder.field($0) }), metadata(schema.metadata)]
    }

    /// Returns a vector of `KeyValue` in the order of the keys, nil when there are none.
    static func metadata(_ pairs: [String: String]) -> FlatValue? {
        if pairs.isEmpty { return nil }
        return .tables(pairs.sorted { $0.key < $1.key }.map { [.string($0.key), .string($0.value)] })
    }

    private mutating func field(_ field: Field) throws -> FlatFields {
        if field.type == .any {
            var union = field
            union.type = IPCFormat.anyUnion
            union.metadata[IPCFormat.extensionNameKey] = IPCFormat.anyExtensionName
            return try self.field(union)
        }
        var type = field.type
        var dictionary: FlatValue?
        if case .dictionary(let index, let value, let isOrdered) = field.type {
            let (_, details, _) = try Self.describe(index)
            dictionary = .table([.int64(dictionaryCount), .table(details), .bool(isOrdered)])
            dictionaryCount += 1
            type = value
        }
        let (code, details, children) = try Self.describe(type)
        return [
            .string(field.name), .bool(field.isNullable), .uint8(code.rawValue), .table(details), dictionary,
            .tables(try children.map { try self.field($0) }), Self.metadata(field.metadata),
        ]
    }

    private typealias Description = (code: IPCTypeCode, details: FlatFields, children: [Field])

    private static func describe(_ type: DataType) throws -> Description {
        switch type {
        case .null: return (.null, [], [])
        case .bool: return (.bool, [], [])
        case .utf8: return (.utf8, [], [])
        case .binary: return (.binary, [], [])
        case .largeUtf8: return (.largeUtf8, [], [])
        case .largeBinary: return (.largeBinary, [], [])
        case .utf8View: return (.utf8View, [], [])
        case .binaryView: return (.binaryView, [], [])
        case .fixedSizeBinary(let width): return (.fixedSizeBinary, [.int32(try int32(width))], [])
        case .date32: return (.date, [.int16(0)], [])
        case .date64: return (.date, [.int16(1)], [])
        case .time32(let unit): return (.time, [number(unit), .int32(32)], [])
        case .time64(let unit): return (.time, [number(unit), .int32(64)], [])
        case .timestamp(let unit, let zone): return (.timestamp, [number(unit), zone.map { .string($0) }], [])
        case .duration(let unit): return (.duration, [number(unit)], [])
        case .interval(let unit): return (.interval, [number(unit)], [])
        default: return try describeNumber(type) ?? describeNested(type)
        }
    }

    private static func describeNumber(_ type: DataType) throws -> Description? {
        func integer(_ width: Int32, _ isSigned: Bool) -> Description { (.int, [.int32(width), .bool(isSigned)], []) }
        func decimal(_ precision: Int, _ scale: Int, _ width: Int32) throws -> Description {
            (.decimal, [.int32(try int32(precision)), .int32(try int32(scale)), .int32(width)], [])
        }
        switch type {
        case .int8: return integer(8, true)
        case .int16: return integer(16, true)
        case .int32: return integer(32, true)
        case .int64: return integer(64, true)
        case .uint8: return integer(8, false)
        case .uint16: return integer(16, false)
        case .uint32: return integer(32, false)
        case .uint64: return integer(64, false)
        case .float16: return (.floatingPoint, [.int16(0)], [])
        case .float32: return (.floatingPoint, [.int16(1)], [])
        case .float64: return (.floatingPoint, [.int16(2)], [])
        case .decimal32(let precision, let scale): return try decimal(precision, scale, 32)
        case .decimal64(let precision, let scale): return try decimal(precision, scale, 64)
        case .decimal128(let precision, let scale): return try decimal(precision, scale, 128)
        case .decimal256(let precision, let scale): return try decimal(precision, scale, 256)
        default: return nil
        }
    }

    private static func describeNested(_ type: DataType) throws -> Description {
        switch type {
        case .list(let item): return (.list, [], [item])
        case .largeList(let item): return (.largeList, [], [item])
        case .listView(let item): return (.listView, [], [item])
        case .largeListView(let item): return (.largeListView, [], [item])
        case .fixedSizeList(let item, let count): return (.fixedSizeList, [.int32(try int32(count))], [item])
        case .struct(let fields): return (.struct, [], fields)
        case .map(let entries, let keysSorted): return (.map, [.bool(keysSorted)], [entries])
        case .union(let fields, let typeIDs, let mode):
            return (.union, [.int16(mode == .sparse ? 0 : 1), .int32s(typeIDs.map(Int32.init))], fields)
        case .runEndEncoded(let runEnds, let values): return (.runEndEncoded, [], [runEnds, values])
        default: throw EngineError.unsupported("writing columns of type \(type) in Arrow's format")
        }
    }

    private static func int32(_ value: Int) throws -> Int32 {
        guard let result = Int32(exactly: value) else {
            throw EngineError(.invalidArgument, "a type's parameter is out of range: \(value)")
        }
        return result
    }

    private static func number(_ unit: TimeUnit) -> FlatValue { .int16(Int16(truncatingIfNeeded: unit.rawValue)) }

    private static func number(_ unit: IntervalUnit) -> FlatValue {
        switch unit {
        case .yearMonth: .int16(0)
        case .dayTime: .int16(1)
        case .monthDayNano: .int16(2)
        }
    }
}
