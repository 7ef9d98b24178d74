/// Lets each combination of group and value through once: the DISTINCT of one aggregate.
final class DistinctFilter {
    private let table: GroupTable
    /// The values as they came first, where the table holds keys folded by a collation.
    private let originals: RowStore?
    private let folder: CollationFolder
    private let memory = MemoryBlock(byteCount: VectorBatch.capacity * (4 + 2 + 1) + 64)
    private let flattener = VectorFlattener()

    /// Values that are yet to be looked up; nil where each one is looked up at once.
    private var deferred: DeferredValues?
    /// Nil where values do not wait.
    private var deferral: DistinctDeferral?
    /// Whether deferred values are being looked up.
    private var isSettling = false
    /// Values looked up since the share of new ones was judged last, and how many were known then.
    private var judgedRows = 0
    private var judgedStart = 0

    private let mustAgree: Bool
    /// Whether a value was left out that compares as equal to one that was let through and is not the same.
    var hasDispute = false

    /// - Parameters:
    ///   - mustAgree: whether to note disputes.
    ///   - deferral: when values wait in a list until ``HashAggregator/settleDistinct()``.
    init(
        type: VectorType, collation: TextCollation, mustAgree: Bool = false, deferral: DistinctDeferral? = nil
    ) {
        self.mustAgree = mustAgree
        self.deferral = DeferredValues.supports(type) ? deferral : nil
        table = GroupTable(keyTypes: [.int32, type])
        let folds = collation != .binary && (type == .text || type == .any)
        originals = folds ? RowStore(types: [type]) : nil
        folder = CollationFolder(type: type, collation: folds ? collation : .binary)
    }

    /// Bytes that are held while up to `count` values are added.
    func byteCount(adding count: Int) -> Int {
        // Deferred values will be looked up at last.
        table.byteCount(adding: count + deferredCount) + (originals?.byteCount(adding: count) ?? 0)
            + (deferred?.byteCount(adding: count) ?? 0)
    }

    /// Number of values that were looked up and new, over all groups.
    var valueCount: Int { table.groupCount }

    /// Number of values that are yet to be looked up.
    var deferredCount: Int { deferred?.count ?? 0 }

    /// Whether more values are deferred than shall be.
    var isFull: Bool { deferral.map { deferredCount >= $0.limit } ?? false }

    /// Calls `body` with the deferred values, which are forgotten here: it passes them to ``newRows(_:groups:_:)``. How
    /// many of them are new decides whether further ones are deferred.
    func settle(_ body: (DeferredValues) -> Void) {
        guard let values = deferred else { return }
        deferred = nil
        isSettling = true
        body(values)
        isSettling = false
        judge(values.type)
    }

    /// The values, looked up and deferred, by the part of their groups.
    func split(by parts: [UInt8], partCount: Int) -> [ValuesByPart] {
        let known = ValuesByPart(
            groups: table.keyColumns[0], values: originals?.columns[0] ?? table.keyColumns[1], owner: self, by: parts,
            partCount: partCount)
        return [known] + (deferred.map { [$0.split(by: parts, partCount: partCount)] } ?? [])
    }

    /// Judges after some values of the type whether to defer those to come.
    private func judge(_ type: VectorType) {
        guard let limits = deferral, !isSettling, judgedRows >= limits.judgedCount else { return }
        if (table.groupCount - judgedStart) * 3 <= judgedRows * 2 { deferral = nil }
        (judgedRows, judgedStart) = (0, table.groupCount)
        if deferral != nil { deferred = DeferredValues(type: type) }
    }

    /// Has every value from now on looked up at once.
    func stopDeferring() { deferral = nil }

    /// Returns the rows whose value is new to its group; valid until the next call.
    ///
    /// - Parameter groups: the group of each row, by row position.
    func newRows(
        _ value: ColumnVector, groups: UnsafeMutablePointer<UInt32>, _ rows: SelectionVector
    ) -> SelectionVector {
        let flat = flattener.flatten(value, rowCount: rows.rowCount, index: 0)
        if let deferred {
            unsafe deferred.append(flat, groups: groups, rows)
            return SelectionVector(all: 0)
        }
        judgedRows += rows.count
        defer { judge(flat.type) }
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

    /// Makes room for about so many values, before the first.
    func expect(valueCount: Int) { table.expect(groupCount: valueCount) }

    /// Calls `body` with runs of the values of `other` that were looked up, and the places of their groups by row.
    ///
    /// - Parameters:
    ///   - targets: the group here of each group there.
    ///   - part: chooses among the values, when there is one.
    func forEachRun(
        of other: DistinctFilter, targets: UnsafePointer<UInt32>, part: ValuePart? = nil,
        _ body: (ColumnVector, UnsafeMutablePointer<UInt32>, SelectionVector) -> Void
    ) {
        precondition(other.deferredCount == 0, "values that wait belong to parts, or are settled first")
        let places = MemoryBlock(byteCount: VectorBatch.capacity * 4)
        defer { withExtendedLifetime(places) {} }
        let groups = unsafe places.pointer(UInt32.self)
        for first in stride(from: 0, to: other.valueCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, other.valueCount - first)
            let keys = other.table.keys(from: first, count: count)
            let sources = unsafe keys[0].pointer(UInt32.self)
            for row in 0..<count { unsafe groups[row] = unsafe targets[Int(sources[row])] }
            let values = other.originals?.vectors(from: first, count: count)[0] ?? keys[1]
            let rows = SelectionVector(all: count)
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
