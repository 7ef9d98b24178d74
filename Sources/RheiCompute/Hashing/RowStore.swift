/// Rows that an operator keeps: one ``ColumnStore`` per column and the arena of their strings.
///
/// One worker appends to its own store; when all are full they are joined into one, which is then only read, so
/// threads may share it; that is why the check is off.
package final class RowStore: @unchecked Sendable {
    package let columns: [ColumnStore]
    package private(set) var rowCount = 0
    /// The first is for appending; the others came with absorbed stores.
    private var arenas = [StringArena()]

    package init(types: [VectorType]) {
        columns = types.map { ColumnStore(type: $0) }
    }

    /// A store of `rowCount` rows that are written afterwards; it shares the strings of other stores.
    init(types: [VectorType], rowCount: Int, stringsOf stores: [RowStore]) {
        columns = types.indices.map { column in
            ColumnStore(
                type: types[column], rowCount: rowCount, hasNulls: stores.contains { $0.columns[column].hasNulls })
        }
        self.rowCount = rowCount
        arenas += stores.flatMap(\.arenas)
    }

    /// Bytes reserved for values and strings.
    package var byteCount: Int {
        columns.reduce(0) { $0 + $1.byteCount } + arenas.reduce(0) { $0 + $1.reservedByteCount }
    }

    /// Bytes that are reserved while `count` more rows are appended; the bytes of their strings come on top.
    package func byteCount(adding count: Int) -> Int {
        columns.reduce(0) { $0 + $1.byteCount(adding: count) } + arenas.reduce(0) { $0 + $1.reservedByteCount }
    }

    /// Appends the selected (or the first) `count` rows of vectors that have the store's types.
    package func append(_ vectors: [ColumnVector], selection: UnsafePointer<UInt16>?, count: Int) {
        for (column, vector) in zip(columns, vectors) {
            unsafe column.append(vector, selection: selection, count: count, arena: arenas[0])
        }
        rowCount += count
    }

    package func append(_ batch: VectorBatch) {
        unsafe append(
            batch.columns, selection: batch.selection.map { unsafe UnsafePointer($0) }, count: batch.selectedCount)
    }

    /// Appends all rows of a store of the same types and shares its strings; the other is not appended to any more.
    package func absorb(_ other: RowStore) {
        arenas += other.arenas
        for (column, source) in zip(columns, other.columns) {
            column.reserve(rowCount + other.rowCount)
            let all = source.vector(from: 0, count: other.rowCount)
            unsafe column.append(all, selection: nil, count: other.rowCount, arena: nil)
        }
        rowCount += other.rowCount
    }

    /// Returns views of `count` rows from `first`, a multiple of 64.
    package func vectors(from first: Int, count: Int) -> [ColumnVector] {
        columns.map { $0.vector(from: first, count: count) }
    }

    /// Joins the stores of all workers into one, without a copy when there is only one.
    package static func joined(_ stores: [RowStore], types: [VectorType]) -> RowStore {
        guard let largest = stores.first else { return RowStore(types: types) }
        for store in stores.dropFirst() { largest.absorb(store) }
        return largest
    }
}

extension RowStore {
    /// Appends the rows of vectors that have the store's types.
    package func append(_ vectors: [ColumnVector], _ rows: SelectionVector) {
        unsafe append(vectors, selection: rows.indices.map { unsafe UnsafePointer($0) }, count: rows.count)
    }

    /// Copies the rows whose value in one of the columns is null.
    package static func rowsWithNull(in nullable: Int, of columns: [ColumnStore], rowCount: Int) -> RowStore {
        let result = RowStore(types: columns.map(\.type))
        guard columns[nullable].hasNulls else { return result }
        let selection = SelectionBuffer()
        defer { withExtendedLifetime(selection) {} }
        for first in stride(from: 0, to: rowCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, rowCount - first)
            var listed = 0
            for row in 0..<count {
                unsafe selection.indices[listed] = UInt16(truncatingIfNeeded: row)
                listed &+= asInt(!columns[nullable].isValid(first + row))
            }
            let vectors = columns.map { $0.vector(from: first, count: count) }
            unsafe result.append(vectors, SelectionVector(selection.indices, count: listed, rowCount: count))
        }
        return result
    }
}

extension RowStore {
    /// Appends the rows of another store from `first` on.
    package func append(_ other: RowStore, from first: Int) {
        let buffers = columns.map { VectorBuffer(type: $0.type) }
        defer { withExtendedLifetime((buffers, other)) {} }
        let list = MemoryBlock(byteCount: VectorBatch.capacity * 4)
        let rows = unsafe list.pointer(UInt32.self)
        for start in stride(from: first, to: other.rowCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, other.rowCount - start)
            for index in 0..<count { unsafe rows[index] = UInt32(truncatingIfNeeded: start + index) }
            let vectors = zip(other.columns, buffers).map { column, buffer in
                unsafe column.gather(rows, positions: nil, count: count, mayMiss: false, into: buffer)
            }
            append(vectors, SelectionVector(all: count))
        }
        withExtendedLifetime(list) {}
    }

    /// Returns the last row from `first` on, at least 1, that differs in some of the columns from the row before it.
    package func lastChange(in slots: [Int], orders: [SortOrder], from first: Int) -> Int? {
        let keys = zip(slots, orders).map { SortColumn(columns[$0], $1) }
        defer { withExtendedLifetime(self) {} }
        return (max(first, 1)..<max(rowCount, first, 1)).last { row in
            keys.contains { $0.compare(row - 1, row) != 0 }
        }
    }
}
