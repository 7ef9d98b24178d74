package import RheiArrow
import RheiCore
import Synchronization

/// Immutable rows of a table with consecutive row numbers.
///
/// Invariants:
/// - row `i` has number `firstRowNumber + i`; there are at most 122 880 rows;
/// - columns have `rowCount` rows each and begin at an offset that is a multiple of 64;
/// - a column's type is that of the table's newest version or a narrower one; see `column(_:as:)`. Decimals of up to 18
///   digits are kept in 64 bits.
package final class Segment: Sendable {
    /// The most rows of a segment: a row group.
    package static let maximumRowCount = 122_880

    package let columns: [ArrowArray]
    package let rowCount: Int
    package let firstRowNumber: Int64
    /// One per column.
    package let zones: [ZoneMap]
    /// The rows' keys; nil for tables without an index. Shares memory with the column when the key is one.
    package let keys: ArrowArray?
    private let widened = Mutex<[Int: ArrowArray]>([:])
    private let samples = Mutex<[Int: ValueSample]>([:])
    private let keyRange = Mutex<AscendingKeys?>(nil)

    init(columns: [ArrowArray], keys: ArrowArray?, rowCount: Int, firstRowNumber: Int64, zones: [ZoneMap]? = nil) {
        precondition(rowCount <= Self.maximumRowCount && columns.allSatisfy { $0.count == rowCount })
        let columns = columns.map { $0.narrowingDecimals() }
        self.columns = columns
        self.keys = keys
        self.rowCount = rowCount
        self.firstRowNumber = firstRowNumber
        self.zones = zones ?? columns.map(ZoneMap.init(of:))
    }

    /// The row numbers of all rows.
    package var rowNumbers: Range<Int64> { firstRowNumber..<(firstRowNumber + Int64(rowCount)) }

    /// Returns a column as `type`, the column's type in a snapshot; a widened form is made once and kept.
    ///
    /// - Throws: `typeMismatch` when the values do not fit, which no snapshot asks for.
    package func column(_ index: Int, as type: DataType) throws -> ArrowArray {
        let column = columns[index]
        if column.type == type { return column }
        return try widened.withLock { known in
            if let array = known[index], array.type == type { return array }
            let array = try ArrowArray.joined([column], as: type)
            known[index] = array
            return array
        }
    }

    /// Estimates the number of distinct values that a column has in `tableRowCount` rows like this segment's.
    ///
    /// From a sample of 512 rows, taken once, by the "guaranteed error estimator" of "Towards Estimation Error
    /// Guarantees for Distinct Values" (PODS 2000): values seen more than once count once, the others stand for more.
    package func estimatedDistinctCount(column: Int, tableRowCount: Int) -> Int? {
        guard let sample = sample(column) else { return nil }
        let scale = (Double(max(tableRowCount, sample.rowCount)) / Double(sample.rowCount)).squareRoot()
        return sample.repeatedCount + Int((scale * Double(sample.singleCount)).rounded())
    }

    private func sample(_ column: Int) -> ValueSample? {
        samples.withLock { known in
            if let sample = known[column] { return sample.rowCount > 0 ? sample : nil }
            let sample = ValueSample(columns[column])
            known[column] = sample
            return sample.rowCount > 0 ? sample : nil
        }
    }

    /// The first and the last key, when the keys are integers that ascend from row to row, deleted ones included.
    ///
    /// Costs a pass over the keys the first time.
    package var ascendingKeys: ClosedRange<Int64>? {
        guard let keys, keys.type == .int64, rowCount > 0 else { return nil }
        return keyRange.withLock { known in
            let result = known ?? AscendingKeys(keys)
            known = result
            return result.range
        }
    }

    /// Bytes of memory of all columns.
    package var byteCount: Int { columns.reduce(0) { $0 + $1.byteCount } }
}
