import RheiCore

extension ArrowArray {
    /// Checks that this array is what its type says, children included.
    ///
    /// - `layout`, in constant time for each array of the tree: there are the buffers and children that the type has,
    ///   and all of them are long enough for the rows.
    /// - `full`, in time that grows with the rows: also, offsets ascend and stay within the bytes or items; views lie
    ///   within their buffers, repeat their prefix and have zeros after inline bytes; text is UTF-8; dictionary indices
    ///   name values; run ends ascend and reach the last row; type ids are those of the union; tags agree with
    ///   validity; decimals have no more digits than the type.
    ///
    /// What lies under null rows does not matter.
    ///
    /// - Throws: `corrupt` naming what does not fit.
    public func validate(_ depth: ValidationDepth) throws {
        try checkLayout()
        for child in children { try child.validate(depth) }
        guard depth == .full else { return }
        if type.physicalType == .nested {
            let check = NestedCheck(
                type: type, rows: offset..<offset + count, validity: validity, children: children)
            _ = try check.run(buffers)
        } else {
            let cleaned = try ArrayCheck(type: type, count: count, offset: offset, validity: validity).run(buffers)
            try checkInlineViews(cleaned)
            try checkDigits()
            try checkOwnText()
        }
    }

    private func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw EngineError(.corrupt, "damaged array of type \(type): \(what())") }
    }

    private func checkLayout() throws {
        let slotCount = offset + count
        try require(children.map(\.type) == type.childTypes, "children of other types")
        if let validity { try require(validity.byteCount >= Bits.byteCount(slotCount), "validity too short") }
        let needed = try type.bufferByteCounts(slots: slotCount)
        let hasData = type.physicalType == .view || type.physicalType == .any
        try require(
            hasData ? buffers.count >= needed.count : buffers.count == needed.count, "\(buffers.count) buffers")
        for (index, byteCount) in needed.enumerated() {
            try require(
                buffers[index].byteCount >= byteCount || (count == 0 && offset == 0),
                "\(buffers[index].byteCount) bytes in buffer \(index) instead of \(byteCount)")
        }
        try checkChildCounts(slotCount)
    }

    private func checkChildCounts(_ slotCount: Int) throws {
        var least = 0
        switch type {
        case .struct, .union(_, _, .sparse): least = slotCount
        case .fixedSizeList(_, let length): least = slotCount * length
        case .runEndEncoded: try require(children[1].count >= children[0].count, "fewer values than runs")
        default: return
        }
        for child in children where child.count < least {
            throw EngineError(.corrupt, "damaged array of type \(type): \(child.count) rows in a child")
        }
    }

    /// Checks that the views of valid rows were clean already.
    private func checkInlineViews(_ cleaned: [Buffer]) throws {
        guard type.physicalType == .view || type.physicalType == .any else { return }
        let index = type.physicalType == .view ? 0 : 1
        guard cleaned[index] !== buffers[index] else { return }
        defer { withExtendedLifetime((self, cleaned)) {} }
        for row in 0..<count where isValid(row) {
            let start = (offset + row) * 16
            let isEqual = unsafe memoryEqual(buffers[index].pointer + start, cleaned[index].pointer + start, 16)
            try require(isEqual, "bytes after the end of the inline view of row \(row)")
        }
    }

    private func checkDigits() throws {
        guard let limit = type.decimalPrecision else { return }
        for row in 0..<count where isValid(row) {
            let digits = try unscaledDigits(row)
            try require(digits.count <= limit, "\(digits.count) digits in row \(row)")
        }
    }

    private func unscaledDigits(_ row: Int) throws -> String {
        switch type.physicalType {
        case .int32: try String(PrimitiveArray<Int32>(self)[row].magnitude)
        case .int64: try String(PrimitiveArray<Int64>(self)[row].magnitude)
        case .int128: try String(Decimal128Array(self)[row].magnitude)
        default: try Decimal256Array(self)[row].magnitudeDigits
        }
    }
}

extension RecordBatch {
    /// Checks every column; see `ArrowArray.validate(_:)`.
    ///
    /// - Throws: `corrupt` naming what does not fit.
    public func validate(_ depth: ValidationDepth) throws {
        for (field, column) in zip(schema.fields, columns) {
            guard column.count == rowCount, column.type == field.type else {
                throw EngineError(.corrupt, "column '\(field.name)' does not fit its batch")
            }
            try column.validate(depth)
        }
    }
}

extension DataType {
    fileprivate var decimalPrecision: Int? {
        switch self {
        case .decimal32(let precision, _), .decimal64(let precision, _), .decimal128(let precision, _),
            .decimal256(let precision, _):
            precision
        default: nil
        }
    }

    /// The fewest bytes that each buffer of an array has, data buffers of views left out.
    ///
    /// - Throws: `corrupt` for numbers beyond any memory.
    fileprivate func bufferByteCounts(slots: Int) throws -> [Int] {
        guard slots >= 0, slots <= 1 << 41 else { throw EngineError(.corrupt, "an array of \(slots) slots") }
        let offsetWidth = listOffsetType == .int32 ? 4 : 8
        switch self {
        case .list, .largeList, .map: return [(slots + 1) * offsetWidth]
        case .listView, .largeListView: return [slots * offsetWidth, slots * offsetWidth]
        case .union(_, _, let mode): return mode == .sparse ? [slots] : [slots, slots * 4]
        case .dictionary(let index, _, _): return [slots * (index.byteWidth ?? 0)]
        case .struct, .fixedSizeList, .runEndEncoded: return []
        default: break
        }
        switch physicalType {
        case .none: return []
        case .bit: return [Bits.byteCount(slots)]
        case .offsets32: return [(slots + 1) * 4, 0]
        case .offsets64: return [(slots + 1) * 8, 0]
        case .any: return [slots, slots * 16]
        default:
            let (byteCount, overflows) = slots.multipliedReportingOverflow(by: byteWidth ?? 0)
            guard !overflows else { throw EngineError(.corrupt, "\(slots) values of type \(self)") }
            return [byteCount]
        }
    }
}
