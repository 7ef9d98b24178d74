/// Lets each combination of group and value through once: the DISTINCT of one aggregate.
final class DistinctFilter {
    private let table: GroupTable
    /// The values as they came first, where the table holds keys folded by a collation.
    private let originals: RowStore?
    private let folder: CollationFolder
    private let memory = MemoryBlock(byteCount: VectorBatch.capacity * (4 + 2 + 1) + 64)
    private let flattener = VectorFlattener()

    private let mustAgree: Bool
    /// Whether a value was left out that compares as equal to one that was let through and is not the same.
    var hasDispute = false

    /// - Parameter mustAgree: whether to note disputes.
    init(type: VectorType, collation: TextCollation, mustAgree: Bool = false) {
        self.mustAgree = mustAgree
        table = GroupTable(keyTypes: [.int32, type])
        let folds = collation != .binary && (type == .text || type == .any)
        originals = folds ? RowStore(types: [type]) : nil
        folder = CollationFolder(type: type, collation: folds ? collation : .binary)
    }

    /// Bytes that are held while up to `count` values are added.
    func byteCount(adding count: Int) -> Int {
        table.byteCount(adding: count) + (originals?.byteCount(adding: count) ?? 0)
    }

    /// Number of values seen, over all groups.
    var valueCount: Int { table.groupCount }

    /// Returns the rows whose value is new to its group; valid until the next call.
    ///
    /// - Parameter groups: the group of each row, by row position.
    func newRows(
        _ value: ColumnVector, groups: UnsafeMutablePointer<UInt32>, _ rows: SelectionVector
    ) -> SelectionVector {
        let flat = flattener.flatten(value, rowCount: rows.rowCount, index: 0)
        let groupKey = unsafe ColumnVector(type: .int32, values: UnsafeMutableRawPointer(groups))
        let numbers = unsafe memory.pointer(UInt32.self)
        let firstNew = table.groupCount
        unsafe table.findOrCreate([groupKey, folder.fold(flat, rows)], rows, groups: numbers)
        let result = unsafe firstOccurrences(of: numbers, from: firstNew, rows)
        unsafe originals?.append([flat], selection: result.indices, count: result.count)
        if mustAgree, !hasDispute { unsafe compare(flat, numbers, rows) }
        return result
    }

    private func compare(_ value: ColumnVector, _ numbers: UnsafePointer<UInt32>, _ rows: SelectionVector) {
        let known = (originals?.columns[0] ?? table.keyColumns[1]).vector(from: 0, count: table.groupCount)
        rows.forEach { row in
            let isSame = unsafe value.datum(row).isIdentical(to: known.datum(Int(numbers[row])))
            if !isSame { hasDispute = true }
        }
    }

    /// Lists the rows that made the groups from `firstNew` on.
    private func firstOccurrences(
        of numbers: UnsafePointer<UInt32>, from firstNew: Int, _ rows: SelectionVector
    ) -> SelectionVector {
        let list = unsafe UnsafeMutableRawPointer(memory.pointer(UInt32.self) + VectorBatch.capacity)
            .assumingMemoryBound(to: UInt16.self)
        let isSeen = unsafe UnsafeMutableRawPointer(list + VectorBatch.capacity).assumingMemoryBound(to: UInt8.self)
        unsafe isSeen.update(repeating: 0, count: table.groupCount - firstNew)
        var count = 0
        rows.forEach { row in
            let number = unsafe Int(numbers[row]) &- firstNew
            guard number >= 0, unsafe isSeen[number] == 0 else { return }
            unsafe isSeen[number] = 1
            unsafe list[count] = UInt16(truncatingIfNeeded: row)
            count &+= 1
        }
        return unsafe SelectionVector(list, count: count, rowCount: rows.rowCount)
    }

    /// Calls `body` with runs of the values of `other` whose groups have a place here, and the places by row.
    ///
    /// - Parameters:
    ///   - targets: the group here of each group there, or ``noStoredRow``.
    ///   - part: chooses among the values, when there is one.
    func forEachRun(
        of other: DistinctFilter, targets: UnsafePointer<UInt32>, part: ValuePart? = nil,
        _ body: (ColumnVector, UnsafeMutablePointer<UInt32>, SelectionVector) -> Void
    ) {
        let places = MemoryBlock(byteCount: VectorBatch.capacity * 4)
        let chosen = SelectionBuffer()
        defer { withExtendedLifetime((places, chosen)) {} }
        let groups = unsafe places.pointer(UInt32.self)
        for first in stride(from: 0, to: other.valueCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, other.valueCount - first)
            let keys = other.table.keys(from: first, count: count)
            let sources = unsafe keys[0].pointer(UInt32.self)
            var placed = 0
            for row in 0..<count {
                let target = unsafe targets[Int(sources[row])]
                unsafe groups[row] = target
                unsafe chosen.indices[placed] = UInt16(truncatingIfNeeded: row)
                placed &+= asInt(target != noStoredRow)
            }
            let values = other.originals?.vectors(from: first, count: count)[0] ?? keys[1]
            let rows = chosen.selection(count: placed, rowCount: count)
            guard rows.count > 0 else { continue }
            unsafe body(values, groups, part?.choose(values, rows) ?? rows)
        }
    }
}

/// Chooses the values of one part.
package struct ValuePart {
    private let partitioner: RowPartitioner
    private let part: Int

    package init(_ part: Int, level: Int) {
        partitioner = RowPartitioner(level: level)
        self.part = part
    }

    func choose(_ values: ColumnVector, _ rows: SelectionVector) -> SelectionVector {
        partitioner.split([values], rows)
        return partitioner.rows(of: part)
    }
}
