extension ArrowArray {
    /// Tells whether `count` rows from `row` on equal those of another array of the same type from `otherRow` on.
    ///
    /// - Precondition: the types are equal and the rows exist.
    func equalRows(_ row: Int, _ other: ArrowArray, _ otherRow: Int, count: Int) -> Bool {
        if count == 0 { return true }
        defer { withExtendedLifetime((self, other)) {} }
        switch type {
        case .dictionary: return equalDictionaryRows(row, other, otherRow, count)
        case .runEndEncoded: return equalRuns(row, other, otherRow, count)
        case .union: return equalUnionRows(row, other, otherRow, count)
        default: break
        }
        guard equalValidity(row, other, otherRow, count) else { return false }
        let shift = otherRow - row
        return allValidRuns(of: row..<row + count) { equalValidRun($0, other, $0.lowerBound + shift) }
    }

    private func equalValidRun(_ rows: Range<Int>, _ other: ArrowArray, _ otherRow: Int) -> Bool {
        switch type.physicalType {
        case .none: return true
        case .bit:
            return unsafe Bits.equal(
                buffers[0].pointer, offset + rows.lowerBound, other.buffers[0].pointer, other.offset + otherRow,
                count: rows.count)
        case .view, .offsets32, .offsets64: return equalBytes(rows, other, otherRow)
        case .any: return equalSlots(rows, other, otherRow)
        case .nested: return type.isList ? equalItems(rows, other, otherRow) : equalFields(rows, other, otherRow)
        default:
            let width = type.byteWidth ?? 0
            let left = unsafe buffers[0].pointer + (offset + rows.lowerBound) * width
            let right = unsafe other.buffers[0].pointer + (other.offset + otherRow) * width
            return unsafe memoryEqual(left, right, rows.count * width)
        }
    }

    private func equalBytes(_ rows: Range<Int>, _ other: ArrowArray, _ otherRow: Int) -> Bool {
        guard let left = ByteArrayView(self), let right = ByteArrayView(other) else { return false }
        let shift = otherRow - rows.lowerBound
        return rows.allSatisfy { unsafe bytesEqual(left.bytes($0), right.bytes($0 + shift)) }
    }

    private func equalSlots(_ rows: Range<Int>, _ other: ArrowArray, _ otherRow: Int) -> Bool {
        guard let left = try? AnyArray(self), let right = try? AnyArray(other) else { return false }
        let shift = otherRow - rows.lowerBound
        return rows.allSatisfy { row in
            guard left.storageClass(at: row) == right.storageClass(at: row + shift) else { return false }
            switch left.storageClass(at: row) {
            case .null: return true
            case .integer, .real: return left.integer(row) == right.integer(row + shift)
            case .text, .blob: return unsafe bytesEqual(left.bytes(row), right.bytes(row + shift))
            }
        }
    }

    private func equalItems(_ rows: Range<Int>, _ other: ArrowArray, _ otherRow: Int) -> Bool {
        let (left, right) = (ListSlots(self), ListSlots(other))
        let (items, otherItems) = (children[0], other.children[0])
        let shift = other.offset + otherRow - rows.lowerBound
        let hasEqualCounts = rows.allSatisfy { left[offset + $0].count == right[$0 + shift].count }
        guard hasEqualCounts else { return false }
        if left.isContiguous {
            let start = left[offset + rows.lowerBound].lowerBound
            let end = left[offset + rows.upperBound - 1].upperBound
            let otherStart = right[rows.lowerBound + shift].lowerBound
            return items.equalRows(start, otherItems, otherStart, count: end - start)
        }
        return rows.allSatisfy { row in
            let range = left[offset + row]
            return items.equalRows(range.lowerBound, otherItems, right[row + shift].lowerBound, count: range.count)
        }
    }

    private func equalFields(_ rows: Range<Int>, _ other: ArrowArray, _ otherRow: Int) -> Bool {
        zip(children, other.children).allSatisfy {
            $0.equalRows(offset + rows.lowerBound, $1, other.offset + otherRow, count: rows.count)
        }
    }

    private func equalUnionRows(_ row: Int, _ other: ArrowArray, _ otherRow: Int, _ count: Int) -> Bool {
        let (left, right) = (UnionSlots(self), UnionSlots(other))
        return (0..<count).allSatisfy { index in
            let (a, b) = (left[offset + row + index], right[other.offset + otherRow + index])
            return a.child == b.child && children[a.child].equalRows(a.row, other.children[b.child], b.row, count: 1)
        }
    }

    private func equalDictionaryRows(_ row: Int, _ other: ArrowArray, _ otherRow: Int, _ count: Int) -> Bool {
        let (values, otherValues) = (children[0], other.children[0])
        // The values that a pair of indices was last found equal for.
        var known = (left: -1, right: -1)
        return (0..<count).allSatisfy { index in
            let (isNull, isOtherNull) = (isLogicallyNull(row + index), other.isLogicallyNull(otherRow + index))
            if isNull || isOtherNull { return isNull == isOtherNull }
            let pair = (left: dictionaryIndex(row + index), right: other.dictionaryIndex(otherRow + index))
            if pair == known { return true }
            known = pair
            return values.equalRows(pair.left, otherValues, pair.right, count: 1)
        }
    }

    private func equalRuns(_ row: Int, _ other: ArrowArray, _ otherRow: Int, _ count: Int) -> Bool {
        let (left, right) = (RunSlots(self), RunSlots(other))
        var (run, otherRun) = (left.run(of: row), right.run(of: otherRow))
        var done = 0
        while done < count {
            guard children[1].equalRows(run, other.children[1], otherRun, count: 1) else { return false }
            let (end, otherEnd) = (left.end(of: run) - row, right.end(of: otherRun) - otherRow)
            done = min(end, otherEnd)
            if end == done { run += 1 }
            if otherEnd == done { otherRun += 1 }
        }
        return true
    }
}

extension ArrowArray {
    private func equalValidity(_ row: Int, _ other: ArrowArray, _ otherRow: Int, _ count: Int) -> Bool {
        if nullCount == 0 && other.nullCount == 0 { return true }
        var done = 0
        while done < count {
            let length = min(64, count - done)
            guard validityWord(row + done, length) == other.validityWord(otherRow + done, length) else { return false }
            done += length
        }
        return true
    }

    /// The validity of up to 64 rows, one bit each.
    private func validityWord(_ row: Int, _ count: Int) -> UInt64 {
        guard let validity else {
            return nullCount > 0 ? 0 : count == 64 ? .max : (1 &<< UInt64(count)) &- 1
        }
        return unsafe Bits.word(validity.pointer, offset + row, count: count)
    }

    /// Calls `body` with each longest run of valid rows among `rows`, ascending, until it returns false.
    ///
    /// - Returns: whether `body` never returned false.
    func allValidRuns(of rows: Range<Int>, _ body: (Range<Int>) throws -> Bool) rethrows -> Bool {
        guard let validity else { return try nullCount > 0 || rows.isEmpty || body(rows) }
        defer { withExtendedLifetime(validity) {} }
        var row = rows.lowerBound
        while row < rows.upperBound {
            row += unsafe Bits.prefix(of: false, validity.pointer, offset + row, count: rows.upperBound - row)
            let length = unsafe Bits.prefix(of: true, validity.pointer, offset + row, count: rows.upperBound - row)
            if length == 0 { break }
            guard try body(row..<row + length) else { return false }
            row += length
        }
        return true
    }
}

@unsafe private func bytesEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let a = left.baseAddress, let b = right.baseAddress else { return true }
    return unsafe memoryEqual(a, b, left.count)
}
