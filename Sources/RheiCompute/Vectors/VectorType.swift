package import RheiArrow

/// How the values of a ``ColumnVector`` lie in memory. Kernels switch on this once per vector.
///
/// (RheiArrow's `PhysicalType` says the same of arrays; vectors know fewer forms.)
///
/// Logical types share physical ones: a date is an `int32`, a timestamp an `int64`, a small decimal an `int64`.
package enum VectorType: UInt8, Sendable {
    /// One byte a row, 0 or 1. The result of predicates; a SQL value only after a cast to an integer.
    case bool
    case int8
    case int16
    case int32
    case int64
    case int128
    case float32
    case float64
    /// A ``StringValue`` a row: text. The bytes need not be valid UTF-8.
    case text
    /// A ``StringValue`` a row: bytes. The same layout as `text`, another storage class.
    case blob
    /// A tag a row (RheiArrow's `StorageClass`) beside a 16-byte slot a row.
    case any

    /// Bytes that one row takes in ``ColumnVector/values``.
    package var byteWidth: Int {
        switch self {
        case .bool, .int8: 1
        case .int16: 2
        case .int32, .float32: 4
        case .int64, .float64: 8
        case .int128, .text, .blob, .any: 16
        }
    }

    /// Returns the physical form of a logical type, or nil where the executor has none yet.
    package init?(_ type: DataType) {
        switch type {
        case .bool: self = .bool
        case .int8: self = .int8
        case .int16: self = .int16
        case .int32, .date32: self = .int32
        case .int64, .timestamp, .time64, .null: self = .int64
        case .decimal128(let precision, _): self = precision <= 18 ? .int64 : .int128
        case .decimal64: self = .int64
        case .float32: self = .float32
        case .float64: self = .float64
        case .utf8View, .utf8: self = .text
        case .binaryView, .binary: self = .blob
        case .any: self = .any
        // Bytes that sort as the values do, see NestedWriter and IntervalKey.
        case .list, .largeList, .listView, .largeListView, .fixedSizeList, .struct:
            guard NestedType(type) != nil else { return nil }
            self = .blob
        case .interval(.monthDayNano): self = .blob
        default: return nil
        }
    }
}
