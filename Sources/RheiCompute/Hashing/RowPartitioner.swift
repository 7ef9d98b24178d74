import RheiArrow

/// Splits the rows of batches by the hash of their keys, for one thread at a time.
///
/// Level 0 looks at the topmost bits of the hash, each further level at those below, so that a part of one level is
/// split again by the next.
@safe package final class RowPartitioner {
    /// The number of parts is two to this power.
    package static let bits = 4
    package static let partCount = 1 << bits
    /// Parts of parts and so on; more of them would be too small to be worth a file.
    package static let levelCount = 4

    private let level: Int
    private let hashes = MemoryBlock(byteCount: VectorBatch.capacity * 8)
    private let rows = MemoryBlock(byteCount: VectorBatch.capacity * 2 + 64)
    private let flattener = VectorFlattener()
    private var starts = Array(repeating: 0, count: RowPartitioner.partCount + 1)
    private var rowCount = 0

    package init(level: Int) {
        precondition(level < Self.levelCount, "no bits left to split by")
        self.level = level
    }

    /// Returns the part that a hash belongs to.
    @inline(__always)
    package static func part(of hash: UInt64, level: Int) -> Int {
        Int(truncatingIfNeeded: hash &>> UInt64(64 &- bits &* (level &+ 1))) & (partCount &- 1)
    }

    /// Splits the selected rows by the values of `keys`, of which there is at least one.
    package func split(_ keys: [ColumnVector], _ selection: SelectionVector) {
        let flat = flattener.flatten(keys, rowCount: selection.rowCount)
        let words = unsafe hashes.pointer(UInt64.self)
        unsafe VectorHasher.hash(
            flat, selection: selection.indices.map { unsafe UnsafePointer($0) }, count: selection.count, into: words)
        for part in starts.indices { starts[part] = 0 }
        selection.forEach { row in starts[Self.part(of: unsafe words[row], level: level) + 1] += 1 }
        for part in 0..<Self.partCount { starts[part + 1] += starts[part] }
        var cursors = starts
        let list = unsafe rows.pointer(UInt16.self)
        selection.forEach { row in
            let part = Self.part(of: unsafe words[row], level: level)
            unsafe list[cursors[part]] = UInt16(truncatingIfNeeded: row)
            cursors[part] += 1
        }
        rowCount = selection.rowCount
    }

    /// The rows of one part after ``split(_:_:)``, ascending; valid until the next call of that.
    package func rows(of part: Int) -> SelectionVector {
        unsafe SelectionVector(
            rows.pointer(UInt16.self) + starts[part], count: starts[part + 1] - starts[part], rowCount: rowCount)
    }
}
