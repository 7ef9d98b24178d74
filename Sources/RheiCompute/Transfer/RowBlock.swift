package import RheiArrow

/// Rows of columns in one run of bytes, for temporary files of the same process.
///
/// ```
/// row count, then per column:
///   whether there are validity words; those words; the values as vectors have them; the tags of `any`
///   for strings and `any`: number of bytes, and the bytes of those values that are not inline
/// numbers have 8 bytes; every part is padded to 16 bytes, which 128-bit values need
/// ```
/// A value that is not inline has the place of its bytes among them instead of an address.
@safe package final class RowBlock {
    package let rowCount: Int
    /// Dense vectors that live as long as this object.
    package private(set) var columns: [ColumnVector] = []
    private let contents: Buffer

    /// Bytes held.
    package var byteCount: Int { contents.byteCount }

    /// Takes over bytes that nobody else refers to, and makes addresses of the places in them.
    ///
    /// - Returns: nil when they cannot be a block of these types.
    package init?(_ contents: Buffer, types: [VectorType]) {
        self.contents = contents
        var cursor = unsafe Cursor(
            start: UnsafeMutableRawPointer(mutating: contents.pointer), byteCount: contents.byteCount)
        guard let count = cursor.takeCount(), count <= VectorBatch.capacity else { return nil }
        rowCount = count
        for type in types {
            guard let column = cursor.takeColumn(type, count) else { return nil }
            columns.append(column)
        }
        guard cursor.isAtEnd else { return nil }
    }

    /// Appends the first `count` rows, at most ``VectorBatch/capacity``, of vectors that are not constant.
    package static func encode(_ columns: [ColumnVector], count: Int, into target: inout MutableBuffer) {
        append(count, to: &target)
        for column in columns {
            append(unsafe column.validity == nil ? 0 : 1, to: &target)
            if let words = unsafe column.validity {
                unsafe append(UnsafeRawPointer(words), byteCount: (count + 63) / 64 * 8, to: &target)
            }
            let start = target.byteCount
            unsafe append(column.values, byteCount: count * column.type.byteWidth, to: &target)
            if let tags = unsafe column.tags { unsafe append(UnsafeRawPointer(tags), byteCount: count, to: &target) }
            if column.type.mayHoldStrings { appendStrings(column, count, values: start, to: &target) }
        }
    }

    private static func append(_ number: Int, to target: inout MutableBuffer) {
        let place = unsafe target.extend(by: 16)
        unsafe place.storeBytes(of: Int64(number), as: Int64.self)
        unsafe (place + 8).storeBytes(of: 0, as: Int64.self)
    }

    private static func append(_ bytes: UnsafeRawPointer, byteCount: Int, to target: inout MutableBuffer) {
        let padded = (byteCount + 15) & ~15
        let place = unsafe target.extend(by: padded)
        unsafe place.copyMemory(from: bytes, byteCount: byteCount)
        unsafe (place + byteCount).initializeMemory(as: UInt8.self, repeating: 0, count: padded - byteCount)
    }

    /// Appends the bytes of the strings that are not inline, and puts their places into the values from `values` on.
    private static func appendStrings(
        _ column: ColumnVector, _ count: Int, values: Int, to target: inout MutableBuffer
    ) {
        let source = unsafe column.pointer(StringValue.self)
        let countPlace = target.byteCount
        append(0, to: &target)
        let first = target.byteCount
        for row in 0..<count where unsafe column.isString(row) && !source[row].isInline {
            let length = unsafe source[row].count
            let offset = target.byteCount - first
            let place = unsafe target.extend(by: length)
            if let address = unsafe source[row].address { unsafe place.copyMemory(from: address, byteCount: length) }
            let value = unsafe (target.pointer + values + row * 16).assumingMemoryBound(to: StringValue.self)
            unsafe value.pointee.tail = UInt64(offset)
        }
        let length = target.byteCount - first
        target.appendZeros(((length + 15) & ~15) - length)
        unsafe (target.pointer + countPlace).storeBytes(of: Int64(length), as: Int64.self)
    }
}

extension VectorType {
    /// Whether values may be strings.
    fileprivate var mayHoldStrings: Bool { self == .text || self == .blob || self == .any }
}

extension ColumnVector {
    /// Whether the slot of a row holds a string; only of types that may.
    @inline(__always)
    fileprivate func isString(_ row: Int) -> Bool {
        if let tags = unsafe tags { return unsafe tags[row] >= StorageClass.text.rawValue && isValid(row) }
        return isValid(row)
    }
}

/// Reads the parts of a block one after the other.
@safe private struct Cursor {
    let start: UnsafeMutableRawPointer
    let byteCount: Int
    private var offset = 0

    init(start: UnsafeMutableRawPointer, byteCount: Int) {
        unsafe self.start = start
        self.byteCount = byteCount
    }

    var isAtEnd: Bool { offset == byteCount }

    mutating func takeCount() -> Int? {
        guard let place = unsafe take(8) else { return nil }
        let number = unsafe place.load(as: Int64.self)
        return number >= 0 && number <= byteCount ? Int(number) : nil
    }

    private mutating func take(_ count: Int) -> UnsafeMutableRawPointer? {
        let padded = (count + 15) & ~15
        guard byteCount - offset >= padded else { return nil }
        defer { offset += padded }
        return unsafe start + offset
    }

    mutating func takeColumn(_ type: VectorType, _ count: Int) -> ColumnVector? {
        guard let hasValidity = takeCount() else { return nil }
        var validity: UnsafeMutablePointer<UInt64>?
        if hasValidity != 0 {
            guard let words = unsafe take((count + 63) / 64 * 8) else { return nil }
            unsafe validity = unsafe words.assumingMemoryBound(to: UInt64.self)
        }
        guard let values = unsafe take(count * type.byteWidth) else { return nil }
        var tags: UnsafeMutablePointer<UInt8>?
        if type == .any {
            guard let bytes = unsafe take(count) else { return nil }
            unsafe tags = unsafe bytes.assumingMemoryBound(to: UInt8.self)
        }
        let column = unsafe ColumnVector(type: type, values: values, validity: validity, tags: tags)
        guard !type.mayHoldStrings || takeStrings(column, count) else { return nil }
        return column
    }

    private mutating func takeStrings(_ column: ColumnVector, _ count: Int) -> Bool {
        guard let length = takeCount(), let bytes = unsafe take(length) else { return false }
        let values = unsafe column.pointer(StringValue.self)
        for row in 0..<count where unsafe column.isString(row) && !values[row].isInline {
            guard let place = unsafe Int(exactly: values[row].tail), unsafe place + values[row].count <= length else {
                return false
            }
            unsafe values[row].tail = unsafe UInt64(UInt(bitPattern: bytes + place))
        }
        return true
    }
}
