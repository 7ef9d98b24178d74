/// Up to a batch of pairs of a probe and a build row.
package final class JoinPairList {
    private let memory = MemoryBlock(byteCount: VectorBatch.capacity * (4 + 2))
    package private(set) var count = 0
    private var mayMiss = false

    package init() {}

    var buildRows: UnsafeMutablePointer<UInt32> { unsafe memory.pointer(UInt32.self) }
    var probeRows: UnsafeMutablePointer<UInt16> {
        unsafe UnsafeMutableRawPointer(buildRows + VectorBatch.capacity).assumingMemoryBound(to: UInt16.self)
    }

    package var isFull: Bool { count == VectorBatch.capacity }

    package func clear() {
        count = 0
        mayMiss = false
    }

    /// Appends one pair; ``noStoredRow`` stands for a build row of nulls. The list must not be full.
    package func append(_ probeRow: Int, _ buildRow: UInt32) {
        unsafe probeRows[count] = UInt16(truncatingIfNeeded: probeRow)
        unsafe buildRows[count] = buildRow
        mayMiss = mayMiss || buildRow == noStoredRow
        count += 1
    }

    /// Appends pairs of a probe row with the rows of a key from the `from`-th on, as many as fit; returns their number.
    package func append(_ probeRow: Int, key: UInt32, from: Int, in table: JoinTable) -> Int {
        let rows = unsafe table.rows(ofKey: key)
        let taken = min(rows.count - from, VectorBatch.capacity - count)
        let (probeRows, buildRows) = unsafe (probeRows + count, buildRows + count)
        for index in 0..<taken {
            unsafe probeRows[index] = UInt16(truncatingIfNeeded: probeRow)
            unsafe buildRows[index] = unsafe rows[from + index]
        }
        count += taken
        return taken
    }

    /// Returns the probe side of the pairs.
    package func gatherProbe(_ columns: [ColumnVector], into buffers: [VectorBuffer]) -> [ColumnVector] {
        zip(columns, buffers).map { unsafe gatherRows(of: $0, positions: probeRows, count: count, into: $1) }
    }

    /// Returns a column of the build side of the pairs.
    package func gatherBuild(_ column: ColumnStore, into buffer: VectorBuffer) -> ColumnVector {
        unsafe column.gather(buildRows, positions: nil, count: count, mayMiss: mayMiss, into: buffer)
    }
}
