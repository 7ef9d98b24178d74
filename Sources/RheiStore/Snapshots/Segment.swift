package import RheiArrow
import RheiCore
import Synchronization

/// Immutable rows of a table with consecutive row numbers.
///
/// Invariants:
/// - row `i` has number `firstRowNumber + i`; there are at most 122 880 rows;
/// - columns have `rowCount` rows each and begin at an offset that is a multiple of 64;
/// - a column's type is that of the table's newest version or a narrower one; see `column(_:as:)`. Decimals of up to 18
///   digits are kept in 64 bits, integers in as few bytes as their zone map allows, text of
///   few values as a dictionary.
package final class Segment: Sendable {
    /// The most rows of a segment: a row group.
    package static let maximumRowCount = 122_880

    package let rowCount: Int
    package let firstRowNumber: Int64
    /// One per column.
    package let zones: [ZoneMap]
    /// Whether the zone maps are those of the segment's rows, and not of more rows that it was made from.
    package let hasExactZones: Bool
    private let slots: [ColumnSlot]
    /// The rows' keys where they are no column.
    private let keySlot: ColumnSlot?
    let keyColumn: Int?
    private let cache: ColumnCache
    private let widened = Mutex<[Int: ArrowArray]>([:])
    private let samples: Mutex<[Int: ValueSample]>
    private let fileState = Mutex<SegmentFile?>(nil)
    private let keyRange = Mutex<AscendingKeys?>(nil)

    /// - Parameters:
    ///   - keys: the rows' keys; nil for tables without an index and those whose key is column `keyColumn`.
    ///   - zones: computed when left out.
    init(
        columns: [ArrowArray], keys: ArrowArray?, keyColumn: Int? = nil, rowCount: Int, firstRowNumber: Int64,
        zones: [ZoneMap]? = nil, hasExactZones: Bool = true, cache: ColumnCache
    ) {
        self.hasExactZones = hasExactZones
        precondition(rowCount <= Self.maximumRowCount && columns.allSatisfy { $0.count == rowCount })
        let columns = columns.map { $0.narrowingDecimals() }
        let zones = zones ?? columns.map(ZoneMap.init(of:))
        // The index shares the memory of the keys.
        slots = columns.enumerated().map { index, column in
            ColumnSlot(column, index: index, bounds: index == keyColumn ? .unknown : zones[index].bounds)
        }
        keySlot = keyColumn == nil ? keys.map { ColumnSlot($0, index: nil) } : nil
        self.keyColumn = keyColumn
        self.rowCount = rowCount
        self.firstRowNumber = firstRowNumber
        self.zones = zones
        self.cache = cache
        samples = Mutex([:])
    }

    /// A segment whose columns are read from a file when they are wanted.
    ///
    /// - Parameter hasExactZones: whether the file's zone maps are known to be those of its rows.
    init(
        _ file: SegmentFile, keyColumn: Int?, firstRowNumber: Int64, hasExactZones: Bool = false, cache: ColumnCache
    ) {
        let footer = file.footer
        slots = (0..<footer.columnCount).map { index in
            ColumnSlot(file, index: index, bounds: index == keyColumn ? .unknown : footer.chunks[index].zone.bounds)
        }
        keySlot = footer.hasKeys ? ColumnSlot(file, index: nil) : nil
        self.keyColumn = keyColumn
        rowCount = footer.rowCount
        self.firstRowNumber = firstRowNumber
        zones = (0..<footer.columnCount).map { footer.chunks[$0].zone }
        self.hasExactZones = hasExactZones
        self.cache = cache
        samples = Mutex(
            Dictionary(uniqueKeysWithValues: (0..<footer.columnCount).map { ($0, footer.chunks[$0].sample) }))
        fileState.withLock { $0 = file }
        if let order = Self.keyOrder(footer, keyColumn) { keyRange.withLock { $0 = order } }
    }

    /// What a file notes of the order of its keys; nil when it does not, as files of version 1.
    private static func keyOrder(_ footer: SegmentFooter, _ keyColumn: Int?) -> AscendingKeys? {
        switch footer.keyOrder {
        case .unknown: return nil
        case .other: return AscendingKeys(range: nil)
        case .ascending:
            guard let chunk = keyColumn.map({ footer.chunks[$0] }) ?? footer.chunks.last, chunk.type == .int64,
                case .integers(let first, let last) = chunk.zone.bounds, first <= last
            else { return nil }
            return AscendingKeys(range: first...last)
        }
    }

    package var columnCount: Int { slots.count }

    /// Returns a column in the type that it has in this segment; read from the file unless it is in memory.
    ///
    /// - Throws: `corrupt` for a damaged file.
    package func column(_ index: Int) throws -> ArrowArray { try slots[index].array(cache) }

    /// Returns a column for a file, integers in as few bytes as they are kept in, and the type that it has in this
    /// segment.
    func typedColumn(_ index: Int) throws -> (array: ArrowArray, type: DataType) {
        let (array, type) = try slots[index].kept(cache)
        return (array.decodingFewTexts(), type)
    }

    /// Returns a column as it is kept: 64-bit integers in as few bytes as they need, text of few values as
    /// a dictionary. Without a copy. While another thread reads it from the file, this one reads that of `next`, which
    /// will be wanted soon.
    ///
    /// - Throws: `corrupt` for a damaged file.
    package func keptColumn(_ index: Int, before next: Segment? = nil) throws -> ArrowArray {
        try slots[index].kept(cache) { next.map { $0.slots[index].prefetch($0.cache) } }.array
    }

    /// Lets the system begin to read a column's bytes, where a file has them and memory does not.
    package func readAhead(_ index: Int) { slots[index].readAhead() }

    /// Whether keys are kept beside the columns.
    var hasOwnKeys: Bool { keySlot != nil }

    /// The rows' keys; nil for tables without an index.
    package func keys() throws -> ArrowArray? { try keyColumn.map(column) ?? keySlot?.array(cache) }

    /// What is known of the keys; nil without any.
    var keyZone: ZoneMap? {
        if let keyColumn { return zones[keyColumn] }
        if let file, file.footer.hasKeys { return file.footer.chunks.last?.zone }
        return (try? keySlot?.array(cache)).flatMap { $0 }.map(ZoneMap.init(of:))
    }

    /// Where the segment is on disk; nil while it is in memory alone.
    package var file: SegmentFile? { fileState.withLock { $0 } }

    /// Notes that a durable file has all columns.
    func attach(_ file: SegmentFile) {
        fileState.withLock { $0 = file }
        for slot in slots { slot.attach(file, cache) }
        keySlot?.attach(file, cache)
    }

    /// The row numbers of all rows.
    package var rowNumbers: Range<Int64> { firstRowNumber..<(firstRowNumber + Int64(rowCount)) }

    /// Returns a column as `type`, the column's type in a snapshot; a widened form is made once and kept.
    ///
    /// - Throws: `typeMismatch` when the values do not fit, which no snapshot asks for.
    package func column(_ index: Int, as type: DataType) throws -> ArrowArray {
        let column = try column(index)
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
        guard let sample = try? sample(column), sample.rowCount > 0 else { return nil }
        let scale = (Double(max(tableRowCount, sample.rowCount)) / Double(sample.rowCount)).squareRoot()
        return sample.repeatedCount + Int((scale * Double(sample.singleCount)).rounded())
    }

    /// A sample of a column, taken once.
    func sample(_ index: Int) throws -> ValueSample {
        if let known = samples.withLock({ $0[index] }) { return known }
        let sample = ValueSample(try keptColumn(index))
        samples.withLock { $0[index] = sample }
        return sample
    }

    /// The first and the last key, when the keys are integers that ascend from row to row, deleted ones included.
    ///
    /// Costs a pass over the keys the first time, unless a file notes it. Nil also when they cannot be read.
    package var ascendingKeys: ClosedRange<Int64>? {
        if let known = keyRange.withLock({ $0 }) { return known.range }
        guard rowCount > 0, let keys = try? self.keys(), keys.type == .int64 else { return nil }
        return keyRange.withLock { known in
            let result = known ?? AscendingKeys(keys)
            known = result
            return result.range
        }
    }

    /// Bytes of memory of the columns that are in memory.
    package var byteCount: Int { slots.reduce(keySlot?.byteCount ?? 0) { $0 + $1.byteCount } }
}
