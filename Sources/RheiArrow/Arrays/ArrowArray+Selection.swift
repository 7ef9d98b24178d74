import RheiCore

extension ArrowArray {
    /// Returns the named rows in the given order; nil gives a null row.
    ///
    /// Data buffers of views, items of list views, dictionaries and children of dense unions are shared, all else is
    /// copied. In a union a null row is a null of the first field.
    ///
    /// - Throws: `invalidArgument` for a row that does not exist, `overflow` when the result does not fit the type's
    ///   offsets or run ends.
    public func take(_ rows: [Int?]) throws -> ArrowArray {
        try gathered(
            rows.map { row in
                guard let row else { return -1 }
                guard row >= 0, row < count else {
                    throw EngineError(.invalidArgument, "row \(row) of an array of \(count) rows")
                }
                return row
            })
    }

    /// Returns the rows that an array of integers names; see `take(_:)`.
    ///
    /// - Throws: also `typeMismatch` when `indices` are not integers.
    public func take(_ indices: ArrowArray) throws -> ArrowArray {
        let physical = indices.type.physicalType
        guard physical.integerByteWidth != nil else {
            throw EngineError(.typeMismatch, "rows are named by integers, not by \(indices.type)")
        }
        defer { withExtendedLifetime(indices) {} }
        let slots = IntegerSlots(indices.buffers[0], physical)
        return try take((0..<indices.count).map { indices.isValid($0) ? slots[indices.offset + $0] : nil })
    }

    /// Returns the rows whose bit is set, in their order; see `take(_:)` for what is shared.
    ///
    /// - Precondition: `mask.count == count`.
    public func filter(_ mask: Bitmap) throws -> ArrowArray {
        precondition(mask.count == count, "a mask of \(mask.count) bits for \(count) rows")
        let selectedCount = mask.countOnes()
        if selectedCount == count { return self }
        var rows: [Int] = []
        rows.reserveCapacity(selectedCount)
        mask.forEachSetBit { rows.append($0) }
        return try gathered(rows)
    }

    /// Returns the rows that an array of truth values holds true for: a null drops its row, as false does.
    ///
    /// - Throws: `typeMismatch` when `mask` holds no truth values, `invalidArgument` when it has another count.
    public func filter(_ mask: ArrowArray) throws -> ArrowArray {
        let truths = try BooleanArray(mask)
        guard mask.count == count else {
            throw EngineError(.invalidArgument, "a mask of \(mask.count) rows for \(count) rows")
        }
        return try filter(mask.validityBitmap.map { truths.values & $0 } ?? truths.values)
    }
}

extension RecordBatch {
    /// Returns the named rows in the given order; see `ArrowArray.take(_:)`.
    public func take(_ rows: [Int?]) throws -> RecordBatch {
        for row in rows.lazy.compactMap({ $0 }) where row < 0 || row >= rowCount {
            throw EngineError(.invalidArgument, "row \(row) of a batch of \(rowCount) rows")
        }
        return try RecordBatch(trusted: schema, columns: columns.map { try $0.take(rows) }, rowCount: rows.count)
    }

    /// Returns the rows whose bit is set; see `ArrowArray.filter(_:)`.
    ///
    /// - Precondition: `mask.count == rowCount`.
    public func filter(_ mask: Bitmap) throws -> RecordBatch {
        precondition(mask.count == rowCount, "a mask of \(mask.count) bits for \(rowCount) rows")
        return try RecordBatch(
            trusted: schema, columns: columns.map { try $0.filter(mask) }, rowCount: mask.countOnes())
    }
}
