/// The logical type of a column: Arrow's types, and `any` for columns of mixed SQLite storage classes.
public indirect enum DataType: Hashable, Sendable {
    /// Only nulls, no memory.
    case null
    /// One bit per value.
    case bool
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case float16, float32, float64
    /// Text as 16-byte views, the working form of strings. Bytes are kept as given, valid UTF-8 or not.
    case utf8View
    /// Bytes as 16-byte views.
    case binaryView
    /// Text with 32-bit offsets.
    case utf8
    /// Bytes with 32-bit offsets.
    case binary
    /// Text with 64-bit offsets.
    case largeUtf8
    /// Bytes with 64-bit offsets.
    case largeBinary
    case fixedSizeBinary(byteWidth: Int)
    /// Days since 1970-01-01 in 32 bits.
    case date32
    /// Milliseconds since 1970-01-01 in 64 bits, whole days.
    case date64
    /// Time of day in 32 bits; seconds or milliseconds.
    case time32(TimeUnit)
    /// Time of day in 64 bits; microseconds or nanoseconds.
    case time64(TimeUnit)
    /// Time since 1970-01-01T00:00:00 in 64 bits; without a zone it is wall-clock time.
    case timestamp(TimeUnit, timeZone: String?)
    case duration(TimeUnit)
    case interval(IntervalUnit)
    /// Fixed-point number of at most 9 digits in 32 bits.
    case decimal32(precision: Int, scale: Int)
    /// Fixed-point number of at most 18 digits in 64 bits.
    case decimal64(precision: Int, scale: Int)
    /// Fixed-point number of at most 38 digits in 128 bits.
    case decimal128(precision: Int, scale: Int)
    /// Fixed-point number of at most 76 digits in 256 bits.
    case decimal256(precision: Int, scale: Int)
    case list(Field)
    case largeList(Field)
    case listView(Field)
    case largeListView(Field)
    case fixedSizeList(Field, count: Int)
    case `struct`([Field])
    /// A list of structs of key and value.
    case map(entries: Field, keysSorted: Bool)
    case union(fields: [Field], typeIDs: [Int8], mode: UnionMode)
    case dictionary(index: DataType, value: DataType, isOrdered: Bool)
    case runEndEncoded(runEnds: Field, values: Field)
    /// A tagged union of SQLite's five storage classes, one tag and one 16-byte slot per row.
    case any
}

/// Resolution of a time type.
public enum TimeUnit: Int, Hashable, Sendable {
    case second, millisecond, microsecond, nanosecond

    /// How many of this unit make one second.
    public var perSecond: Int64 {
        switch self {
        case .second: 1
        case .millisecond: 1_000
        case .microsecond: 1_000_000
        case .nanosecond: 1_000_000_000
        }
    }
}

/// Layout of an interval type.
public enum IntervalUnit: Int, Hashable, Sendable {
    /// Months in 32 bits.
    case yearMonth
    /// Days and milliseconds, 32 bits each.
    case dayTime
    /// Months and days in 32 bits each, nanoseconds in 64.
    case monthDayNano
}

/// Layout of a union type.
public enum UnionMode: Hashable, Sendable {
    case sparse, dense
}

extension DataType: CustomStringConvertible {
    public var description: String {
        switch self {
        case .fixedSizeBinary(let byteWidth): "fixedSizeBinary(\(byteWidth))"
        case .time32(let unit): "time32(\(unit))"
        case .time64(let unit): "time64(\(unit))"
        case .timestamp(let unit, let zone): zone.map { "timestamp(\(unit), \($0))" } ?? "timestamp(\(unit))"
        case .duration(let unit): "duration(\(unit))"
        case .interval(let unit): "interval(\(unit))"
        case .decimal32(let precision, let scale): "decimal32(\(precision), \(scale))"
        case .decimal64(let precision, let scale): "decimal64(\(precision), \(scale))"
        case .decimal128(let precision, let scale): "decimal128(\(precision), \(scale))"
        case .decimal256(let precision, let scale): "decimal256(\(precision), \(scale))"
        case .list(let item): "list(\(item.type))"
        case .largeList(let item): "largeList(\(item.type))"
        case .listView(let item): "listView(\(item.type))"
        case .largeListView(let item): "largeListView(\(item.type))"
        case .fixedSizeList(let item, let count): "fixedSizeList(\(item.type), \(count))"
        case .struct(let fields): "struct(\(fields.map { "\($0.name): \($0.type)" }.joined(separator: ", ")))"
        case .map(let entries, _): "map(\(entries.type))"
        case .union(let fields, _, let mode): "union(\(mode), \(fields.map { "\($0.type)" }.joined(separator: ", ")))"
        case .dictionary(let index, let value, _): "dictionary(\(index), \(value))"
        case .runEndEncoded(let runEnds, let values): "runEndEncoded(\(runEnds.type), \(values.type))"
        default: simpleName
        }
    }

    private var simpleName: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int8: "int8"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .uint8: "uint8"
        case .uint16: "uint16"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .float16: "float16"
        case .float32: "float32"
        case .float64: "float64"
        case .utf8View: "utf8View"
        case .binaryView: "binaryView"
        case .utf8: "utf8"
        case .binary: "binary"
        case .largeUtf8: "largeUtf8"
        case .largeBinary: "largeBinary"
        case .date32: "date32"
        case .date64: "date64"
        default: "any"
        }
    }
}
