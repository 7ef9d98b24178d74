import RheiArrow

/// Reads rows as byte strings: text and bytes of any layout, and values of fixed width that are no number of at most
/// 64 bits. Null rows are empty.
@safe struct ByteRows {
    private let array: ArrowArray
    private let view: ByteArrayView?
    private let width: Int

    /// - Returns: nil for types of other layouts.
    init?(_ array: ArrowArray) {
        self.array = array
        view = ByteArrayView(array)
        switch array.type.physicalType {
        case .fixedBytes, .int256: width = array.type.byteWidth ?? 0
        case .view, .offsets32, .offsets64: width = 0
        default: return nil
        }
    }

    var count: Int { array.count }

    /// Lends the bytes of a row; valid while the array lives.
    @unsafe func bytes(_ row: Int) -> UnsafeRawBufferPointer {
        if array.nullCount > 0, !array.isValid(row) { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
        if let view { return unsafe view.bytes(row) }
        return unsafe UnsafeRawBufferPointer(
            start: array.buffers[0].pointer + (array.offset + row) * width, count: width)
    }

    func byteCount(_ row: Int) -> Int { unsafe bytes(row).count }
}
