/// Keeps the first rows of an order, of however many are offered.
///
/// Rows gather until there are several times as many as wanted; then they are sorted and cut. From then on rows whose
/// first key comes after that of the last row kept are not taken at all. The last key must be unique (a sequence
/// number), so that the order is total.
package final class TopRows {
    private let types: [VectorType]
    private let keySlots: [Int]
    private let orders: [SortOrder]
    private let wanted: Int
    private let cutAt: Int
    package private(set) var rows: RowStore
    private let taken = SelectionBuffer()
    private let words = MemoryBlock(byteCount: VectorBatch.capacity * 8)
    private let flattener = VectorFlattener()
    private var threshold: Threshold?
    /// What other operators know of the threshold.
    private let shared: TopThreshold?

    /// The first key of the last row kept.
    private enum Threshold {
        case null
        case word(UInt64)
    }

    /// - Parameter shared: is told the threshold.
    package init(
        types: [VectorType], keySlots: [Int], orders: [SortOrder], wanted: Int, shared: TopThreshold? = nil
    ) {
        self.shared = shared
        self.types = types
        self.keySlots = keySlots
        self.orders = orders
        self.wanted = wanted
        cutAt = max(wanted * 3, wanted + 1024)
        rows = RowStore(types: types)
    }

    /// Offers rows of vectors of the store's types.
    package func append(_ vectors: [ColumnVector], _ selection: SelectionVector) {
        guard wanted > 0 else { return }
        let candidates = passing(vectors[keySlots[0]], selection)
        guard candidates.count > 0 else { return }
        rows.append(vectors, candidates)
        if rows.rowCount >= cutAt { cut() }
    }

    /// Returns the rows that may be among the wanted ones.
    private func passing(_ key: ColumnVector, _ selection: SelectionVector) -> SelectionVector {
        guard let threshold, let order = orders.first else { return selection }
        let key = flattener.flatten(key, rowCount: selection.rowCount, index: 0)
        let list = unsafe taken.indices
        var count = 0
        switch threshold {
        case .null:
            if !order.nullsFirst { return selection }
            selection.forEach { row in
                unsafe list[count] = UInt16(truncatingIfNeeded: row)
                count &+= asInt(!key.isValid(row))
            }
        case .word(let limit):
            let words = unsafe words.pointer(UInt64.self)
            unsafe encode(key, selection, into: words, order)
            selection.forEach { row in
                unsafe list[count] = UInt16(truncatingIfNeeded: row)
                let isBefore = unsafe key.isValid(row) ? words[row] <= limit : order.nullsFirst
                count &+= asInt(isBefore)
            }
        }
        return unsafe SelectionVector(list, count: count, rowCount: selection.rowCount)
    }

    private func encode(
        _ key: ColumnVector, _ selection: SelectionVector, into words: UnsafeMutablePointer<UInt64>, _ order: SortOrder
    ) {
        let inversion: UInt64 = order.isDescending ? ~0 : 0
        if unsafe key.validity == nil {
            SortPrefix.encode(key, order.collation, count: selection.count) {
                selection.row(at: $0)
            } store: {
                unsafe words[selection.row(at: $0)] = $1 ^ inversion
            }
            return
        }
        // Null rows may hold anything, also addresses of nothing.
        let list = unsafe taken.indices
        var count = 0
        selection.forEach { row in
            unsafe list[count] = UInt16(truncatingIfNeeded: row)
            count &+= asInt(key.isValid(row))
        }
        SortPrefix.encode(key, order.collation, count: count) {
            unsafe Int(list[$0])
        } store: {
            unsafe words[Int(list[$0])] = $1 ^ inversion
        }
    }

    private func cut() {
        let order = sorted()
        let kept = RowStore(types: types)
        let buffers = types.map { VectorBuffer(type: $0) }
        defer { withExtendedLifetime((order, buffers)) {} }
        let count = min(wanted, order.count)
        for first in stride(from: 0, to: count, by: VectorBatch.capacity) {
            let rowCount = min(VectorBatch.capacity, count - first)
            let vectors = rows.gather(order, from: first, count: rowCount, columnCount: types.count, into: buffers)
            kept.append(vectors, SelectionVector(all: rowCount))
        }
        rows = kept
        if count == wanted { setThreshold(lastRow: count - 1) }
    }

    private func setThreshold(lastRow: Int) {
        let column = rows.columns[keySlots[0]]
        guard column.isValid(lastRow) else {
            threshold = .null
            shared?.lowerToNull()
            return
        }
        let order = orders[0]
        var word: UInt64 = 0
        let vector = column.vector(from: 0, count: column.rowCount)
        SortPrefix.encode(vector, order.collation, count: 1) { _ in
            lastRow
        } store: {
            word = $1
        }
        let limit = order.isDescending ? ~word : word
        threshold = .word(limit)
        shared?.lower(to: limit)
    }

    /// Sorts the rows at hand; the first ones are the wanted ones.
    package func sorted() -> SortedRows {
        let order = SortedRows(all: rows.rowCount)
        RowSorter(keys: keySlots.map { rows.columns[$0] }, orders: orders).sort(order)
        return order
    }

    /// Takes the rows of another worker; the other is not used any more.
    package func absorb(_ other: TopRows) { rows.absorb(other.rows) }
}

/// Makes vectors of consecutive integers.
package final class RowNumbers {
    private let buffer = VectorBuffer(type: .int64)

    package init() {}

    /// Returns `first`, `first + 1`, …; valid until the next call.
    package func vector(from first: Int, count: Int) -> ColumnVector {
        let result = buffer.vector()
        let values = unsafe result.pointer(Int64.self)
        for row in 0..<count { unsafe values[row] = Int64(first &+ row) }
        return result
    }
}
