import RheiArrow

/// The results of window functions for one run of sorted rows.
package final class WindowOutput {
    private let rows: RowStore
    private let positions: PositionColumn<UInt32>
    private let results: [WindowResult]
    private let buffers: [VectorBuffer]

    init(rows: RowStore, positions: PositionColumn<UInt32>, results: [WindowResult], types: [VectorType]) {
        self.rows = rows
        self.positions = positions
        self.results = results
        buffers = types.map { VectorBuffer(type: $0) }
    }

    /// Returns the first `columnCount` stored columns of `count` rows from position `first` (a multiple of 64), then
    /// the results; `stored` holds the former. Valid until the next call and as long as this lives.
    package func columns(
        from first: Int, count: Int, columnCount: Int, into stored: [VectorBuffer]
    ) -> [ColumnVector] {
        let list = unsafe positions.block.pointer(UInt32.self) + first
        let columns = zip(rows.columns.prefix(columnCount), stored).map { column, buffer in
            unsafe column.gather(list, positions: nil, count: count, mayMiss: false, into: buffer)
        }
        return columns
            + zip(results, buffers).map { result, buffer in
                switch result {
                case .values(let vector, _): vector.slice(from: first)
                case .stored(let chosen, let column, let fallback):
                    gather(chosen, column, fallback, first, count, buffer)
                }
            }
    }

    private func gather(
        _ chosen: PositionColumn<UInt32>, _ column: Int, _ fallback: Int?, _ first: Int, _ count: Int,
        _ buffer: VectorBuffer
    ) -> ColumnVector {
        let list = unsafe chosen.block.pointer(UInt32.self) + first
        let result = unsafe rows.columns[column].gather(
            list, positions: nil, count: count, mayMiss: true, into: buffer)
        guard let fallback else { return result }
        return fill(result, chosen, rows.columns[fallback], first, count)
    }

    /// Puts the fallback's values where no row was chosen. The vector has validity words, since rows may miss.
    private func fill(
        _ vector: ColumnVector, _ chosen: PositionColumn<UInt32>, _ fallback: ColumnStore, _ first: Int, _ count: Int
    ) -> ColumnVector {
        guard let validity = ValidityWords(vector) else { return vector }
        let values = fallback.vector(from: 0, count: fallback.rowCount)
        for row in 0..<count where chosen[first + row] == noStoredRow {
            let source = Int(positions[first + row])
            if values.isValid(source) { validity[row] = true }
            let width = vector.type.byteWidth
            unsafe (vector.values + row * width).copyMemory(from: values.values + source * width, byteCount: width)
            if unsafe vector.tags != nil { vector.tagValues[row] = values.tagValues[source] }
        }
        return vector
    }
}

extension ColumnVector {
    /// The view of the rows from `first` on, a multiple of 64.
    fileprivate func slice(from first: Int) -> ColumnVector {
        unsafe ColumnVector(
            type: type, values: values + first * type.byteWidth, validity: validity.map { unsafe $0 + first / 64 },
            tags: tags.map { unsafe $0 + first })
    }
}
