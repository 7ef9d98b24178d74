import RheiArrow

/// Up to a vector of rows that are sorted by some keys, prepared for merging with other such blocks.
///
/// Of the first key a word per row is kept that orders like it as far as 64 bits tell, so most comparisons are of
/// words.
@safe package final class SortedBlock {
    private let keys: [SortColumn]
    private let words = MemoryBlock(byteCount: VectorBatch.capacity * 8)
    private let isExact: Bool

    /// - Parameter keys: vectors of `count` rows that outlive this object, at least one.
    package init(keys: [ColumnVector], orders: [SortOrder], count: Int) {
        self.keys = zip(keys, orders).map { SortColumn($0, $1) }
        isExact = SortPrefix.isExact(keys[0].type)
        let words = unsafe words.pointer(UInt64.self)
        let inversion: UInt64 = orders[0].isDescending ? ~0 : 0
        // Rows whose first key is null have some word, which is not looked at.
        let isEncodable = !self.keys[0].hasNulls
        guard isEncodable else { return }
        SortPrefix.encode(keys[0], orders[0].collation, count: count) { index in
            index
        } store: { index, word in
            unsafe words[index] = word ^ inversion
        }
    }

    /// Orders a row of this block and one of another of the same keys: negative when this one comes first.
    package func compare(_ row: Int, _ other: SortedBlock, _ otherRow: Int) -> Int {
        var first = 0
        if !keys[0].hasNulls && !other.keys[0].hasNulls {
            let (word, otherWord) = unsafe (words.pointer(UInt64.self)[row], other.words.pointer(UInt64.self)[otherRow])
            if word != otherWord { return word < otherWord ? -1 : 1 }
            first = asInt(isExact)
        }
        for index in first..<keys.count {
            let order = keys[index].compare(row, other.keys[index], otherRow)
            if order != 0 { return order }
        }
        return 0
    }
}

/// Names a row of one of several blocks.
package struct BlockRow: BitwiseCopyable, Sendable {
    package var block: UInt16
    package var row: UInt16

    package init(block: Int, row: Int) {
        self.block = UInt16(truncatingIfNeeded: block)
        self.row = UInt16(truncatingIfNeeded: row)
    }
}

extension ColumnVector {
    /// Writes the rows of several blocks' vectors of one type, one after the other, to the front of `target`.
    ///
    /// - Parameter sources: none of them constant. Bytes of strings stay where they are.
    /// - Returns: the view of `target`.
    package static func gather(_ rows: [BlockRow], of sources: [ColumnVector], into target: VectorBuffer)
        -> ColumnVector
    {
        var result = target.vector()
        switch result.type.byteWidth {
        case 1: gatherValues(UInt8.self, rows, sources, result)
        case 2: gatherValues(UInt16.self, rows, sources, result)
        case 4: gatherValues(UInt32.self, rows, sources, result)
        case 8: gatherValues(UInt64.self, rows, sources, result)
        default: gatherValues(StringValue.self, rows, sources, result)
        }
        if let tags = unsafe result.tags {
            for (index, row) in rows.enumerated() {
                unsafe tags[index] = unsafe sources[Int(row.block)].tags?[Int(row.row)] ?? 0
            }
        }
        guard sources.contains(where: { !$0.hasNoNulls }) else { return result }
        let words = unsafe target.validityWords
        unsafe words.update(repeating: 0, count: (rows.count + 63) / 64)
        for (index, row) in rows.enumerated() {
            let isValid = sources[Int(row.block)].isValid(Int(row.row))
            unsafe words[index &>> 6] |= UInt64(asInt(isValid)) &<< UInt64(index & 63)
        }
        unsafe result.validity = unsafe words
        return result
    }

    @inline(__always)
    private static func gatherValues<Element: BitwiseCopyable>(
        _: Element.Type, _ rows: [BlockRow], _ sources: [ColumnVector], _ target: ColumnVector
    ) {
        let values = unsafe target.pointer(Element.self)
        unsafe sources.withUnsafeBufferPointer { sources in
            for (index, row) in rows.enumerated() {
                unsafe values[index] = unsafe sources[Int(row.block)].pointer(Element.self)[Int(row.row)]
            }
        }
    }
}
