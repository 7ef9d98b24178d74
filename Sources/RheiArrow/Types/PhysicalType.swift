/// How the values of a logical type lie in memory: what kernels dispatch on.
public enum PhysicalType: UInt8, Hashable, Sendable {
    /// No buffers.
    case none
    /// One bit per value in `buffers[0]`.
    case bit
    /// `buffers[0]` holds one number per value.
    case int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64, int128, int256
    /// `buffers[0]` holds `DataType.byteWidth` bytes per value that are no number.
    case fixedBytes
    /// `buffers[0]` holds 16-byte views, the buffers after it the bytes they point to.
    case view
    /// `buffers[0]` holds count + 1 Int32 offsets into the bytes of `buffers[1]`.
    case offsets32
    /// `buffers[0]` holds count + 1 Int64 offsets into the bytes of `buffers[1]`.
    case offsets64
    /// `buffers[0]` holds a tag per value, `buffers[1]` 16-byte slots, the buffers after it the bytes of text and
    /// blobs.
    case any
    /// Children hold the values.
    case nested
}

extension DataType {
    /// How values of this type lie in memory.
    public var physicalType: PhysicalType {
        switch self {
        case .null: .none
        case .bool: .bit
        case .int8: .int8
        case .int16: .int16
        case .int32, .date32, .time32, .decimal32: .int32
        case .int64, .date64, .time64, .timestamp, .duration, .decimal64: .int64
        case .uint8: .uint8
        case .uint16: .uint16
        case .uint32: .uint32
        case .uint64: .uint64
        case .float16: .float16
        case .float32: .float32
        case .float64: .float64
        case .decimal128: .int128
        case .decimal256: .int256
        case .interval(.yearMonth): .int32
        case .interval, .fixedSizeBinary: .fixedBytes
        case .utf8View, .binaryView: .view
        case .utf8, .binary: .offsets32
        case .largeUtf8, .largeBinary: .offsets64
        case .any: .any
        case .list, .largeList, .listView, .largeListView, .fixedSizeList, .struct, .map, .union, .dictionary,
            .runEndEncoded:
            .nested
        }
    }

    /// Bytes per value of `buffers[0]` for types of fixed width (views included), else nil.
    public var byteWidth: Int? {
        switch physicalType {
        case .int8, .uint8: 1
        case .int16, .uint16, .float16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64: 8
        case .int128, .view: 16
        case .int256: 32
        case .fixedBytes: fixedByteWidth
        case .none, .bit, .offsets32, .offsets64, .any, .nested: nil
        }
    }

    private var fixedByteWidth: Int {
        switch self {
        case .fixedSizeBinary(let byteWidth): byteWidth
        case .interval(.dayTime): 8
        default: 16
        }
    }

    /// Whether values are text in one of Arrow's string layouts.
    public var isText: Bool { self == .utf8View || self == .utf8 || self == .largeUtf8 }
    /// Whether values are bytes in one of Arrow's binary layouts of variable length.
    public var isBinary: Bool { self == .binaryView || self == .binary || self == .largeBinary }
}
