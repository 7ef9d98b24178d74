package import RheiArrow

/// Which rows of a segment are gone in one version of a table.
///
/// Two levels: a page of bits per 2 048 rows, absent while none of them is gone. A new version shares all pages but
/// those that a change touches, so marking one row in a fresh version copies the page table (8 bytes per page) and one
/// page of 256 bytes.
///
/// Unchecked because only the transaction named `owner` changes it, and only before it is published.
package final class DeleteVector: @unchecked Sendable {
    /// Rows per page: as many as the executor takes at a time.
    package static let pageRowCount = 2048

    /// Number of rows of the segment.
    package let rowCount: Int
    /// Number of rows that are gone.
    package private(set) var count: Int
    private var pages: [DeletePage?]
    private let owner: UInt64

    init(rowCount: Int, owner: UInt64) {
        self.rowCount = rowCount
        self.owner = owner
        count = 0
        pages = Array(repeating: nil, count: (rowCount + Self.pageRowCount - 1) / Self.pageRowCount)
    }

    /// The deleted rows of a segment from a file: 32 words of bits per page.
    ///
    /// - Precondition: the pages exist and have 32 words.
    init(rowCount: Int, pages saved: [Int: [UInt64]]) {
        self.rowCount = rowCount
        owner = 0
        count = saved.values.reduce(0) { $0 + $1.reduce(0) { $0 + $1.nonzeroBitCount } }
        pages = Array(repeating: nil, count: (rowCount + Self.pageRowCount - 1) / Self.pageRowCount)
        for (index, words) in saved { pages[index] = DeletePage(words: words) }
    }

    private init(copying other: DeleteVector, owner: UInt64) {
        rowCount = other.rowCount
        count = other.count
        pages = other.pages
        self.owner = owner
    }

    /// Returns a version in which `row` is gone: this one when `owner` made it, else a copy.
    ///
    /// - Precondition: the row exists and was not gone.
    func marking(_ row: Int, owner: UInt64, metrics: inout StoreMetrics) -> DeleteVector {
        precondition(!isDeleted(row), "row is already deleted")
        let result = self.owner == owner ? self : DeleteVector(copying: self, owner: owner)
        if result !== self { metrics.copiedDeleteByteCount += pages.count * 8 }
        let index = row / Self.pageRowCount
        let page: DeletePage
        if let known = result.pages[index], known.owner == owner {
            page = known
        } else {
            page = DeletePage(copying: result.pages[index], owner: owner)
            result.pages[index] = page
            metrics.copiedDeleteByteCount += DeletePage.byteCount
        }
        page.mark(row % Self.pageRowCount)
        result.count += 1
        return result
    }

    /// - Precondition: `0 <= row < rowCount`.
    package func isDeleted(_ row: Int) -> Bool {
        precondition(row >= 0 && row < rowCount, "row out of range")
        return pages[row / Self.pageRowCount]?.isMarked(row % Self.pageRowCount) ?? false
    }

    /// The page of rows `index * 2048 ..< (index + 1) * 2048`, nil when none of them is gone.
    package func page(_ index: Int) -> DeletePage? { pages[index] }

    /// Returns the words of the pages that are others than those of `base`, an earlier version of this vector.
    func changedPages(since base: DeleteVector?) -> [Int: [UInt64]] {
        var result: [Int: [UInt64]] = [:]
        for (index, page) in pages.enumerated() {
            guard let page, base?.pages[index] !== page else { continue }
            result[index] = page.copiedWords()
        }
        return result
    }

    /// Returns a bit per row, set where the row is gone. Costs a copy of the pages.
    package func bitmap() -> Bitmap {
        var bits = MutableBuffer(zeroedByteCount: pages.count * DeletePage.byteCount)
        for (index, page) in pages.enumerated() {
            guard let page else { continue }
            unsafe (bits.pointer + index * DeletePage.byteCount).copyMemory(
                from: page.words, byteCount: DeletePage.byteCount)
        }
        bits.byteCount = Bits.byteCount(rowCount)
        return Bitmap(buffer: bits.freeze(), count: rowCount)
    }

    /// Calls `body` with each longest range of consecutive rows that are not gone, ascending.
    func forEachLiveRange(_ body: (Range<Int>) throws -> Void) rethrows {
        var start = 0
        var next = 0
        try bitmap().forEachSetBit { row in
            next = row
            if start < next { try body(start..<next) }
            start = row + 1
        }
        if start < rowCount { try body(start..<rowCount) }
    }

    /// Returns the vector of segments put end to end; nil when no row of theirs is gone.
    static func joined(_ parts: [SegmentVersion], owner: UInt64) -> DeleteVector? {
        guard parts.contains(where: { $0.deletes != nil }) else { return nil }
        let result = DeleteVector(rowCount: parts.reduce(0) { $0 + $1.segment.rowCount }, owner: owner)
        var unused = StoreMetrics()
        var start = 0
        for part in parts {
            part.deletes?.bitmap().forEachSetBit { row in
                _ = result.marking(start + row, owner: owner, metrics: &unused)
            }
            start += part.segment.rowCount
        }
        return result
    }
}
