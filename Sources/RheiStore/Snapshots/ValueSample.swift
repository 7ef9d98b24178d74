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
        let step = max(1, column.count / Self.wantedRowCount)
        var counts: [SQLValue: Int] = [:]
        for row in stride(from: 0, to: column.count, by: step) {
            guard let value = try? column.value(at: row) else { return }
            counts[value, default: 0] += 1
            rowCount += 1
        }
        singleCount = counts.count { $0.value == 1 }
        repeatedCount = counts.count - singleCount
    }
}
