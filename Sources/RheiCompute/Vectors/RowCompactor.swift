/// Gathers the living rows of sparse batches into fuller ones, so that what is done per batch pays.
///
/// Strings are copied as views: their bytes must stay where they are until the rows are taken.
package final class RowCompactor {
    /// The rows gathered so far.
    package private(set) var count = 0
    private let buffers: [VectorBuffer]
    private var columns: [ColumnVector] = []

    /// The columns are those of the batches that are appended, in their order.
    package init(types: [VectorType]) { buffers = types.map { VectorBuffer(type: $0) } }

    /// Appends the living rows of a batch.
    ///
    /// - Precondition: they fit: `count + batch.selectedCount <= VectorBatch.capacity`.
    package func append(_ batch: VectorBatch) {
        precondition(count + batch.selectedCount <= VectorBatch.capacity, "more rows than a batch can hold")
        if count == 0 { columns = buffers.map { $0.vector() } }
        for (index, column) in batch.columns.enumerated() { append(column, batch.rows, index) }
        count += batch.selectedCount
    }

    private func append(_ source: ColumnVector, _ rows: SelectionVector, _ index: Int) {
        let target = columns[index]
        switch source.type.byteWidth {
        case 1: copy(UInt8.self, source, rows, target)
        case 2: copy(UInt16.self, source, rows, target)
        case 4: copy(UInt32.self, source, rows, target)
        case 8: copy(UInt64.self, source, rows, target)
        default: copy(StringValue.self, source, rows, target)
        }
        let positions = unsafe rows.indices.map { unsafe UnsafePointer($0) }
        if let tags = unsafe source.tags, let targetTags = unsafe target.tags {
            unsafe copyElements(tags, to: targetTags + count, source.isConstant, positions, rows.count)
        }
        if !source.hasNoNulls { appendNulls(source, rows, index) }
    }

    @inline(__always)
    private func copy<Element: BitwiseCopyable>(
        _: Element.Type, _ source: ColumnVector, _ rows: SelectionVector, _ target: ColumnVector
    ) {
        let positions = unsafe rows.indices.map { unsafe UnsafePointer($0) }
        unsafe copyElements(
            source.pointer(Element.self), to: target.pointer(Element.self) + count, source.isConstant, positions,
            rows.count)
    }

    private func appendNulls(_ source: ColumnVector, _ rows: SelectionVector, _ index: Int) {
        let words = unsafe buffers[index].validityWords
        if columns[index].hasNoNulls {
            unsafe words.update(repeating: ~0, count: VectorBatch.capacity / 64)
            unsafe columns[index].validity = unsafe words
        }
        for position in 0..<rows.count where !source.isValid(rows.row(at: position)) {
            let row = count &+ position
            unsafe words[row &>> 6] &= ~(1 &<< UInt64(truncatingIfNeeded: row & 63))
        }
    }

    /// Puts the gathered rows into a batch, all of them alive, and begins anew with the next append.
    package func take(into batch: VectorBatch) {
        batch.columns = columns
        batch.resetSelection(rowCount: count)
        count = 0
    }
}
