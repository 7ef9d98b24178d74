import RheiArrow
import Synchronization

/// The first sort key of the last row that ORDER BY … LIMIT keeps at the moment, for scans below: rows whose key comes
/// after it cannot be in the result.
///
/// All workers of a query share it; it only moves towards the first rows.
package final class TopThreshold: Sendable {
    private let order: SortOrder
    private let limit = Atomic<UInt64>(.max)
    private let isSet = Atomic<Bool>(false)
    /// Whether all rows kept have a null, and nulls come first.
    private let isNull = Atomic<Bool>(false)

    package init(order: SortOrder) { self.order = order }

    /// Whether rows can be left out by keys of the type.
    package static func supports(_ type: VectorType) -> Bool {
        SortPrefix.isExact(type) || type == .int128 || type == .text || type == .blob
    }

    private var inversion: UInt64 { order.isDescending ? ~0 : 0 }

    /// - Parameter word: see ``SortPrefix``, inverted for descending orders.
    func lower(to word: UInt64) {
        limit.min(word, ordering: .relaxed)
        isSet.store(true, ordering: .releasing)
    }

    /// Notes that the key of the last row kept is null.
    func lowerToNull() { if order.nullsFirst { isNull.store(true, ordering: .relaxed) } }

    /// Returns the rows that may be in the result; valid until the next use of `buffer`.
    package func select(
        _ key: ColumnVector, _ rows: SelectionVector, into buffer: SelectionBuffer
    ) -> SelectionVector {
        if key.isConstant { return rows }
        if isNull.load(ordering: .relaxed) { return nulls(key, rows, into: buffer) }
        guard isSet.load(ordering: .acquiring) else { return rows }
        // The strings of null rows may be anything.
        if unsafe key.validity != nil, key.type == .text || key.type == .blob { return rows }
        let (limit, inversion) = (limit.load(ordering: .relaxed), inversion)
        let list = unsafe buffer.indices
        let keepsNulls = order.nullsFirst
        var count = 0
        SortPrefix.encode(key, order.collation, count: rows.count) {
            rows.row(at: $0)
        } store: { index, word in
            let row = rows.row(at: index)
            let isBefore = word ^ inversion <= limit
            unsafe list[count] = UInt16(truncatingIfNeeded: row)
            count &+= asInt(key.isValid(row) ? isBefore : keepsNulls)
        }
        return buffer.selection(count: count, rowCount: rows.rowCount)
    }

    private func nulls(_ key: ColumnVector, _ rows: SelectionVector, into buffer: SelectionBuffer) -> SelectionVector {
        let list = unsafe buffer.indices
        var count = 0
        rows.forEach { row in
            unsafe list[count] = UInt16(truncatingIfNeeded: row)
            count &+= asInt(!key.isValid(row))
        }
        return buffer.selection(count: count, rowCount: rows.rowCount)
    }
}
