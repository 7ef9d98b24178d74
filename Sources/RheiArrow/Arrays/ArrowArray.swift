import RheiCore

/// One column in memory: a type, a number of rows and Arrow's buffers. A value; buffers are shared, never changed.
///
/// All arrays have this one shape, so that slicing, concatenation and exchange formats need no case per class. What
/// `buffers` holds follows from `type.physicalType`; row `i` of the array is slot `offset + i` of every buffer.
/// Typed access is through views such as `PrimitiveArray`, `StringArray` or `AnyArray`.
///
/// | physical type | buffers |
/// | --- | --- |
/// | none | none |
/// | bit | bits |
/// | numbers, fixedBytes | values |
/// | view | 16-byte views, data buffers… |
/// | offsets32, offsets64 | offsets (one more than slots), bytes |
/// | any | tags (UInt8, `StorageClass`), 16-byte slots, data buffers… |
/// | nested | as in Arrow, see `init(checking:…)`; a dictionary's values are `children[0]` |
///
/// - A row is null when its bit in `validity` is clear; without `validity` no row is null (except of type `null`). The
///   values of null rows are unspecified but safe to read, except that the index of a null row of a dictionary may name
///   no value; our builders leave zeros. Unions and run-end encoded arrays have no validity: see `isLogicallyNull(_:)`.
/// - A slot of `any` holds an Int64 or the bits of a Double in its first 8 bytes, or the view of a text or blob; the
///   tag is 0 exactly when the row is null.
/// - Slices keep the buffers and differ in `offset` and `count`.
public struct ArrowArray: Sendable {
    public let type: DataType
    /// Number of rows.
    public let count: Int
    /// First slot of the buffers that belongs to this array.
    public let offset: Int
    /// Number of null rows.
    public let nullCount: Int
    /// Bits of `offset + count` slots, set for valid rows; nil when no row is null.
    public let validity: Buffer?
    public let buffers: [Buffer]
    public let children: [ArrowArray]
    /// Addresses of the data buffers of `view` and `any` arrays; the shared empty heap for all other types.
    package let heap: ViewHeap

    /// Makes an array from buffers that are known to fit; counts nulls when `nullCount` is nil.
    ///
    /// - Precondition: the buffers hold `offset + count` slots and every view and offset lies within them. Bytes from
    ///   outside go through `init(checking:…)`.
    package init(
        _ type: DataType, count: Int, offset: Int = 0, nullCount: Int? = nil, validity: Buffer? = nil,
        buffers: [Buffer], children: [ArrowArray] = [], heap: ViewHeap? = nil
    ) {
        self.type = type
        self.count = count
        self.offset = offset
        self.buffers = buffers
        self.children = children
        let physical = type.physicalType
        if let validity, physical != .none {
            precondition(validity.byteCount * 8 >= offset + count, "validity too short")
            let nulls =
                unsafe nullCount ?? (count - Bits.countOnes(validity.pointer, offset, count: count))
            self.nullCount = nulls
            self.validity = nulls == 0 ? nil : validity
        } else {
            self.nullCount = physical == .none ? count : 0
            self.validity = nil
        }
        self.heap = heap ?? Self.makeHeap(physical, buffers)
    }

    private static func makeHeap(_ physical: PhysicalType, _ buffers: [Buffer]) -> ViewHeap {
        let fixed = physical == .view ? 1 : physical == .any ? 2 : buffers.count
        return buffers.count > fixed ? ViewHeap(Array(buffers[fixed...])) : .empty
    }

    /// Returns rows `offset ..< offset + count`, sharing memory. Costs O(count / 64) when there are nulls.
    ///
    /// - Precondition: the rows exist.
    public func slice(offset: Int, count: Int) -> ArrowArray {
        precondition(offset >= 0 && count >= 0 && offset <= self.count - count, "slice out of range")
        if offset == 0, count == self.count { return self }
        return ArrowArray(
            type, count: count, offset: self.offset + offset, validity: validity, buffers: buffers,
            children: children, heap: heap)
    }

    /// Whether row `row` is not null.
    ///
    /// - Precondition: `0 <= row < count`.
    public func isValid(_ row: Int) -> Bool {
        precondition(row >= 0 && row < count, "row out of range")
        guard let validity else { return nullCount == 0 }
        defer { withExtendedLifetime(validity) {} }
        return unsafe Bits.get(validity.pointer, offset + row)
    }

    /// The validity as bits of the rows; nil when no row is null.
    public var validityBitmap: Bitmap? {
        if let validity { return Bitmap(buffer: validity, bitOffset: offset, count: count) }
        return nullCount == 0 ? nil : Bitmap(repeating: false, count: count)
    }

    /// Bytes of memory that the buffers hold, shared ones counted in full.
    public var byteCount: Int {
        buffers.reduce(validity?.byteCount ?? 0) { $0 + $1.byteCount } + children.reduce(0) { $0 + $1.byteCount }
    }

    /// Bytes of memory that the buffers take up, which come in blocks of some sizes; shared ones counted in full.
    package var blockByteCount: Int {
        let own = buffers.reduce(validity?.blockByteCount ?? 0) { $0 + $1.blockByteCount }
        return own + children.reduce(0) { $0 + $1.blockByteCount }
    }
}

extension Buffer {
    /// Makes a buffer of `byteCount` zero bytes.
    package static func zeroed(_ byteCount: Int) -> Buffer {
        var buffer = MutableBuffer(zeroedByteCount: byteCount)
        return buffer.freeze()
    }
}
