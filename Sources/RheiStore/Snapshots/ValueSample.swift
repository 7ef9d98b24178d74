import RheiArrow
import RheiCore

/// How often values occur in a sample of a column's rows. Nulls count as a value.
package struct ValueSample: Sendable, Hashable {
    /// Zero where the values cannot be read.
    private(set) var rowCount = 0
    /// Values that occur once.
    private(set) var singleCount = 0
    /// Values that occur several times.
    private(set) var repeatedCount = 0
    private static let wantedRowCount = 512

    init(rowCount: Int = 0, singleCount: Int = 0, repeatedCount: Int = 0) {
        self.rowCount = rowCount
        self.singleCount = singleCount
        self.repeatedCount = repeatedCount
    }

    init(_ column: ArrowArray) {
        let rows = stride(from: 0, to: column.count, by: max(1, column.count / Self.wantedRowCount))
        let hash: (Int) -> UInt64
        if let words = WordRows(column) {
            hash = { words.words($0..<$0 + 1)[0] }
        } else if let bytes = ByteRows(column) {
            hash = { unsafe KeyHash.hash(bytes.bytes($0)) }
        } else {
            self.init(counting: column, rows)
            return
        }
        let valid = rows.filter { column.isValid($0) }
        let nullCount = rows.underestimatedCount - valid.count
        self.init(rowCount: rows.underestimatedCount)
        if nullCount == 1 { singleCount = 1 } else if nullCount > 1 { repeatedCount = 1 }
        let hashes = valid.map(hash).sorted()
        var start = 0
        while start < hashes.count {
            var end = start + 1
            while end < hashes.count, hashes[end] == hashes[start] { end += 1 }
            if end - start == 1 { singleCount += 1 } else { repeatedCount += 1 }
            start = end
        }
        withExtendedLifetime(column) {}
    }

    /// Counts values of any type.
    private init(counting column: ArrowArray, _ rows: StrideTo<Int>) {
        var counts: [SQLValue: Int] = [:]
        for row in rows {
            guard let value = try? column.value(at: row) else { return }
            counts[value, default: 0] += 1
            rowCount += 1
        }
        singleCount = counts.count { $0.value == 1 }
        repeatedCount = counts.count - singleCount
    }
}
