extension ArrowArray: Equatable {
    /// Compares types, counts and rows: nulls equal nulls, values compare bit by bit. Slots under nulls, offsets, and
    /// the division into buffers, dictionaries and runs do not matter.
    public static func == (left: ArrowArray, right: ArrowArray) -> Bool {
        guard left.type == right.type, left.count == right.count else { return false }
        return left.equalRows(0, right, 0, count: left.count)
    }
}

extension RecordBatch: Equatable {
    /// Compares schemas and rows; see `ArrowArray`'s equality.
    public static func == (left: RecordBatch, right: RecordBatch) -> Bool {
        left.schema == right.schema && left.rowCount == right.rowCount && left.columns == right.columns
    }
}
