/// Sorts stored rows by several keys; rows that no key tells apart keep their order.
///
/// Integer keys of few bits are packed into one word with the row number. Otherwise rows are sorted by a 64-bit word of
/// the first key; among equal words by that key's values where the word is not exact, and equal rows in turn by the
/// next key.
package final class RowSorter {
    private let columns: [SortColumn]
    /// Own the memory that `columns` view; their strings belong to the rows' store, which the caller keeps.
    private let keys: [ColumnStore]
    private var memory = MemoryBlock(byteCount: 0)
    /// Runs up to this length are sorted by comparing all keys.
    private static let shortRun = 20
    /// Runs up to this length are sorted by comparing words instead of by digits.
    private static let digitThreshold = 400
    /// Strings that agree on this many words are compared as a whole.
    private static let deepest = 32
    /// Runs of more rows ask whether to go on.
    private static let longRun = 16_384
    private var check: () throws -> Void = {}
    private var failure: (any Error)?

    package init(keys: [ColumnStore], orders: [SortOrder]) {
        self.keys = keys
        columns = zip(keys, orders).map { SortColumn($0, $1) }
    }

    /// Reorders a part of `rows`, stored rows in input order, while `check` does not throw.
    func sort(_ rows: SortedRows, _ part: Range<Int>, check: () throws -> Void) throws {
        guard part.count > 1, !columns.isEmpty else { return }
        defer { withExtendedLifetime((self, rows)) {} }
        if rows.listsAll, part.count == rows.count, let packed = PackedSort(columns, rowCount: rows.count) {
            unsafe packed.sort(rows.list, count: rows.count)
            return
        }
        memory.reserve(part.count * MemoryLayout<SortEntry>.stride * 2, keeping: 0)
        withoutActuallyEscaping(check) { check in
            self.check = check
            unsafe sort(rows.list + part.lowerBound, part.count, key: 0)
            self.check = {}
        }
        if let failure { throw failure }
    }

    /// Reorders `rows`, stored rows in input order, while `check` does not throw.
    package func sort(_ rows: SortedRows, check: () throws -> Void) throws {
        try sort(rows, 0..<rows.count, check: check)
    }

    /// Whether long work shall end early because the caller wants no more of it.
    private func isStopped(_ count: Int) -> Bool {
        guard count > Self.longRun else { return false }
        if failure == nil {
            do { try check() } catch { failure = error }
        }
        return failure != nil
    }

    /// Reorders `rows`, stored rows in input order.
    package func sort(_ rows: SortedRows) { try? sort(rows, check: {}) }

    private func sort(_ rows: UnsafeMutablePointer<UInt32>, _ count: Int, key: Int) {
        if count < 2 || key == columns.count || isStopped(count) { return }
        if count <= Self.shortRun { return unsafe sortShort(rows, count, key: key) }
        let column = columns[key]
        let nullCount = unsafe column.hasNulls ? partitionNulls(rows, count, column) : 0
        let (nulls, values) =
            unsafe column.order.nullsFirst ? (rows, rows + nullCount) : (rows + (count - nullCount), rows)
        unsafe sort(nulls, nullCount, key: key + 1)
        unsafe sortValues(values, count - nullCount, key: key)
    }

    /// Moves null rows to their end, keeping the order on both sides; returns their number.
    private func partitionNulls(_ rows: UnsafeMutablePointer<UInt32>, _ count: Int, _ column: SortColumn) -> Int {
        let spare = unsafe memory.pointer(UInt32.self)
        var nullCount = 0
        var valueCount = 0
        for index in 0..<count {
            let row = unsafe rows[index]
            if column.vector.isValid(Int(row)) {
                unsafe rows[valueCount] = row
                valueCount &+= 1
            } else {
                unsafe spare[nullCount] = row
                nullCount &+= 1
            }
        }
        if column.order.nullsFirst {
            // Backwards, since the runs overlap.
            for index in stride(from: valueCount - 1, through: 0, by: -1) {
                unsafe rows[index + nullCount] = unsafe rows[index]
            }
            unsafe rows.update(from: spare, count: nullCount)
        } else {
            unsafe (rows + valueCount).update(from: spare, count: nullCount)
        }
        return nullCount
    }

    private func sortValues(_ rows: UnsafeMutablePointer<UInt32>, _ count: Int, key: Int) {
        if count < 2 { return }
        let column = columns[key]
        if column.vector.type == .text || column.vector.type == .blob {
            unsafe sortStrings(rows, count, key: key, depth: 0)
            return
        }
        let isExact = SortPrefix.isExact(column.vector.type)
        let runs = unsafe sortByWords(rows, count, column, needsRuns: !isExact || key + 1 < columns.count) { store in
            SortPrefix.encode(
                column.vector, column.order.collation, count: count, row: { unsafe Int(rows[$0]) }, store: store)
        }
        for run in runs {
            if isExact {
                unsafe sort(rows + run.lowerBound, run.count, key: key + 1)
            } else {
                unsafe sortTies(rows + run.lowerBound, run.count, key: key)
            }
        }
    }

    /// Sorts strings that agree on their first `depth` words by the next one, and those that agree on that in turn.
    /// Past the end of all of them their lengths decide, since a shorter string reads as if zeros followed.
    private func sortStrings(_ rows: UnsafeMutablePointer<UInt32>, _ count: Int, key: Int, depth: Int) {
        if count <= Self.shortRun { return unsafe sortShort(rows, count, key: key) }
        if isStopped(count) { return }
        if depth == Self.deepest { return unsafe sortTies(rows, count, key: key) }
        let column = columns[key]
        let collation = column.vector.type == .text ? column.order.collation : .binary
        let values = unsafe column.vector.pointer(StringValue.self)
        let isAtEnd = unsafe depth > 0 && !hasLonger(rows, count, values, than: depth * 8)
        let runs = unsafe sortByWords(rows, count, column, needsRuns: !isAtEnd || key + 1 < columns.count) { store in
            if isAtEnd {
                for index in 0..<count {
                    unsafe store(index, UInt64(SortPrefix.length(values[Int(rows[index])], collation)))
                }
            } else {
                for index in 0..<count {
                    unsafe store(index, SortPrefix.word(values[Int(rows[index])], collation, depth: depth))
                }
            }
        }
        for run in runs {
            if isAtEnd {
                unsafe sort(rows + run.lowerBound, run.count, key: key + 1)
            } else {
                unsafe sortStrings(rows + run.lowerBound, run.count, key: key, depth: depth + 1)
            }
        }
    }

    private func hasLonger(
        _ rows: UnsafePointer<UInt32>, _ count: Int, _ values: UnsafePointer<StringValue>, than length: Int
    ) -> Bool {
        for index in 0..<count where unsafe values[Int(rows[index])].count > length { return true }
        return false
    }

    /// Sorts rows by the words that `encode` stores for them; returns the runs of two or more rows with equal words.
    @inline(__always)
    private func sortByWords(
        _ rows: UnsafeMutablePointer<UInt32>, _ count: Int, _ column: SortColumn, needsRuns: Bool,
        encode: ((Int, UInt64) -> Void) -> Void
    ) -> [Range<Int>] {
        let entries = unsafe memory.pointer(SortEntry.self)
        let inversion: UInt64 = column.order.isDescending ? ~0 : 0
        var least = UInt64.max
        var greatest: UInt64 = 0
        encode { index, word in
            let word = word ^ inversion
            unsafe entries[index] = unsafe SortEntry(key: word, row: rows[index])
            least = min(least, word)
            greatest = max(greatest, word)
        }
        if least == greatest { return [0..<count] }
        let sorted = unsafe sortEntries(entries, count, least, greatest)
        for index in 0..<count { unsafe rows[index] = unsafe sorted[index].row }
        return unsafe needsRuns ? equalRuns(sorted, count) : []
    }

    private func sortEntries(
        _ entries: UnsafeMutablePointer<SortEntry>, _ count: Int, _ least: UInt64, _ greatest: UInt64
    ) -> UnsafeMutablePointer<SortEntry> {
        if count <= Self.digitThreshold {
            var list = unsafe UnsafeMutableBufferPointer(start: entries, count: count)
            unsafe list.sort { $0.key < $1.key }
            return unsafe entries
        }
        for index in 0..<count { unsafe entries[index].key &-= least }
        let bitCount = 64 - (greatest &- least).leadingZeroBitCount
        return unsafe RadixSort.sortEntries(entries, spare: entries + count, count: count, bitCount: bitCount)
    }

    /// Returns the runs of two or more entries with equal words.
    private func equalRuns(_ entries: UnsafePointer<SortEntry>, _ count: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = 0
        for index in 1...count where unsafe index == count || entries[index].key != entries[start].key {
            if index - start > 1 { runs.append(start..<index) }
            start = index
        }
        return runs
    }

    /// Sorts rows whose words are equal though their values may differ, then by the next keys.
    private func sortTies(_ rows: UnsafeMutablePointer<UInt32>, _ count: Int, key: Int) {
        if count <= Self.shortRun { return unsafe sortShort(rows, count, key: key) }
        let column = columns[key]
        var list = unsafe UnsafeMutableBufferPointer(start: rows, count: count)
        unsafe list.sort { column.compare(Int($0), Int($1)) < 0 }
        if key + 1 == columns.count { return }
        var start = 0
        for index in 1...count where unsafe index == count || column.compare(Int(rows[start]), Int(rows[index])) != 0 {
            unsafe sort(rows + start, index - start, key: key + 1)
            start = index
        }
    }

    /// Inserts rows one by one, comparing by all keys from `key` on.
    private func sortShort(_ rows: UnsafeMutablePointer<UInt32>, _ count: Int, key: Int) {
        for index in 1..<count {
            let row = unsafe rows[index]
            var place = index
            while unsafe place > 0 && compare(Int(row), Int(rows[place - 1]), from: key) < 0 {
                unsafe rows[place] = unsafe rows[place - 1]
                place -= 1
            }
            unsafe rows[place] = row
        }
    }

    private func compare(_ left: Int, _ right: Int, from key: Int) -> Int {
        for index in key..<columns.count {
            let order = columns[index].compare(left, right)
            if order != 0 { return order }
        }
        return 0
    }
}
