/// Marks of the build rows that found a match; each worker has its own until the probe ends.
///
/// Unchecked because one worker at a time writes, and after the probe threads only read.
package final class MatchedRows: @unchecked Sendable {
    private let block: MemoryBlock
    private let count: Int
    private var bytes: UnsafeMutablePointer<UInt8> { unsafe block.pointer(UInt8.self) }

    package init(count: Int) {
        self.count = count
        block = MemoryBlock(byteCount: max(count, 1), zeroed: true)
    }

    package func mark(_ row: Int) { unsafe bytes[row] = 1 }

    /// Marks the listed rows, ``noStoredRow`` left out.
    package func mark(_ rows: FoundRows) {
        let bytes = unsafe bytes
        for index in 0..<rows.count where unsafe rows.list[index] != noStoredRow {
            unsafe bytes[Int(rows.list[index])] = 1
        }
    }

    /// Marks the build rows of the selected pairs.
    package func mark(_ pairs: JoinPairList, _ selected: SelectionVector) {
        let (bytes, rows) = unsafe (bytes, pairs.buildRows)
        selected.forEach { index in
            if unsafe rows[index] != noStoredRow { unsafe bytes[Int(rows[index])] = 1 }
        }
    }

    /// Marks rows `offset + i` for the selected `i`.
    package func mark(_ rows: SelectionVector, offset: Int) {
        let bytes = unsafe bytes + offset
        rows.forEach { unsafe bytes[$0] = 1 }
    }

    package func formUnion(_ other: MatchedRows) {
        let (mine, theirs) = unsafe (bytes, other.bytes)
        for row in 0..<min(count, other.count) { unsafe mine[row] |= theirs[row] }
    }

    /// Lists those of `count` rows from `first` that are marked, or that are not, by their distance from `first`.
    package func rows(
        from first: Int, count: Int, marked: Bool, _ buffer: SelectionBuffer
    ) -> SelectionVector {
        let (bytes, list) = unsafe (bytes + first, buffer.indices)
        let other: UInt8 = marked ? 0 : 1
        var listed = 0
        for row in 0..<count {
            unsafe list[listed] = UInt16(truncatingIfNeeded: row)
            unsafe listed &+= Int(bytes[row] ^ other)
        }
        return unsafe SelectionVector(list, count: listed, rowCount: count)
    }
}
