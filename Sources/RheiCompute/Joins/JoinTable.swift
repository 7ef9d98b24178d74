/// Finds the build rows of a join by key. Built once, then only read by the probing threads, each with its own scratch.
///
/// Every distinct key has a number, and every number a list of rows. Keys are numbered by a ``GroupTable``, or, for a
/// single integer key, by their distance from the least one where the range is small, by their rank where it is dense.
///
/// Unchecked because nothing changes after `init`.
package final class JoinTable: @unchecked Sendable {
    enum Index {
        case direct(DirectKeyRange)
        case ranked(KeyRanks)
        case grouped(GroupTable)
        /// No keys: all rows are of one.
        case single
    }

    private let nullsMatch: [Bool]
    private let index: Index
    private let lists: KeyRowLists
    /// How the rows of each key are ordered; nil for the order of their numbers.
    let order: RowOrder?
    /// Whether some row has a null in a key that nulls do not match.
    package let hasUnmatchableNull: Bool
    /// Strings of the keys belong to the rows' store.
    private let keyColumns: [ColumnStore]

    /// Builds the table on the calling thread.
    package convenience init(keyColumns: [ColumnStore], rowCount: Int, nullsMatch: [Bool]) {
        let builder = JoinTableBuilder(keyColumns: keyColumns, rowCount: rowCount, nullsMatch: nullsMatch)
        builder.runAlone()
        self.init(builder.table())
    }

    private convenience init(_ other: JoinTable) { self.init(other, lists: other.lists, order: other.order) }

    /// The same keys with other lists of rows.
    init(_ other: JoinTable, lists: KeyRowLists, order: RowOrder?) {
        nullsMatch = other.nullsMatch
        index = other.index
        self.lists = lists
        self.order = order
        hasUnmatchableNull = other.hasUnmatchableNull
        keyColumns = other.keyColumns
    }

    /// A table without keys, in which every probe row finds all rows.
    package init(rowCount: Int) {
        (nullsMatch, index, order, hasUnmatchableNull, keyColumns) = ([], .single, nil, false, [])
        let starts = MemoryBlock(byteCount: 8, zeroed: true)
        unsafe starts.pointer(UInt32.self)[1] = UInt32(truncatingIfNeeded: rowCount)
        lists = KeyRowLists(starts: starts, list: nil)
    }

    init(
        _ keyColumns: [ColumnStore], nullsMatch: [Bool], _ index: Index, _ lists: KeyRowLists, hasUnmatchableNull: Bool
    ) {
        self.keyColumns = keyColumns
        self.nullsMatch = nullsMatch
        self.index = index
        self.lists = lists
        order = nil
        self.hasUnmatchableNull = hasUnmatchableNull
    }

    /// How many numbers keys have; those of a range are given to values without rows as well.
    private static func keyCount(of index: Index) -> Int {
        switch index {
        case .direct(let range): range.codeCount
        case .ranked(let ranks): ranks.keyCount
        case .grouped(let groups): groups.groupCount
        case .single: 1
        }
    }

    var keyCount: Int { Self.keyCount(of: index) }

    /// The key number of every build row, ``noStoredRow`` for rows in no list.
    func keyNumbers(rowCount: Int) -> MemoryBlock {
        let result = MemoryBlock(byteCount: max(rowCount, 1) * 4)
        let numbers = unsafe result.pointer(UInt32.self)
        unsafe numbers.update(repeating: noStoredRow, count: rowCount)
        let list = unsafe rowList
        for key in 0..<keyCount {
            let found = places(ofKey: UInt32(truncatingIfNeeded: key))
            for place in found.first..<found.first + found.count {
                let row = unsafe list.map { unsafe $0[place] } ?? UInt32(truncatingIfNeeded: place)
                if row != noStoredRow { unsafe numbers[Int(row)] = UInt32(truncatingIfNeeded: key) }
            }
        }
        return result
    }

    private static let greatestExpectation = 1 << 16

    /// Numbers the keys of build rows by a table of groups.
    ///
    /// - Parameter numbers: gets the key number of every row, ``noStoredRow`` for rows that are found by no key.
    /// - Returns: the groups, and whether there are such rows.
    static func group(
        _ keyColumns: [ColumnStore], rowCount: Int, nullsMatch: [Bool], into numbers: UnsafeMutablePointer<UInt32>
    ) -> (groups: GroupTable, hasUnmatchableNull: Bool) {
        let groups = GroupTable(keyTypes: keyColumns.map(\.type))
        // Most build sides have a row or two of each key; of more there is no telling.
        groups.expect(groupCount: min(rowCount, greatestExpectation))
        let blocks = stride(from: 0, to: rowCount, by: VectorBatch.capacity)
        _ = blocks.allSatisfy { first in
            let count = min(VectorBatch.capacity, rowCount - first)
            return groups.expect(keys: keyColumns.map { $0.vector(from: first, count: count) }, count: count)
        }
        let valid = SelectionBuffer()
        defer { withExtendedLifetime(valid) {} }
        var hasUnmatchableNull = false
        for first in blocks {
            let count = min(VectorBatch.capacity, rowCount - first)
            let keys = keyColumns.map { $0.vector(from: first, count: count) }
            let block = unsafe numbers + first
            let rows = matchable(keys, SelectionVector(all: count), nullsMatch, valid)
            if rows.count < count {
                hasUnmatchableNull = true
                unsafe block.update(repeating: noStoredRow, count: count)
            }
            unsafe groups.findOrCreate(keys, rows, groups: block)
        }
        return (groups, hasUnmatchableNull)
    }

    /// Returns the rows without a null in a key that nulls do not match.
    private static func matchable(
        _ keys: [ColumnVector], _ rows: SelectionVector, _ nullsMatch: [Bool], _ buffer: SelectionBuffer
    ) -> SelectionVector {
        var result = rows
        for (key, nullMatches) in zip(keys, nullsMatch) where unsafe !nullMatches && key.validity != nil {
            let list = unsafe buffer.indices
            var count = 0
            result.forEach { row in
                unsafe list[count] = UInt16(truncatingIfNeeded: row)
                count &+= asInt(key.isValid(row))
            }
            result = unsafe SelectionVector(list, count: count, rowCount: rows.rowCount)
        }
        return result
    }

    /// Writes the key number of every selected probe row to `numbers[row]`, ``noStoredRow`` where no build row matches.
    package func find(
        _ keys: [ColumnVector], _ rows: SelectionVector, into numbers: UnsafeMutablePointer<UInt32>,
        _ probe: JoinProbe
    ) {
        let flat = probe.scratch.flattener.flatten(keys, rowCount: rows.rowCount)
        let found = Self.matchable(flat, rows, nullsMatch, probe.valid)
        if found.count < rows.count { rows.forEach { row in unsafe numbers[row] = noStoredRow } }
        switch index {
        case .direct(let range):
            unsafe range.number(flat[0], found, into: numbers)
            unsafe clearMissing(found, numbers)
        case .ranked(let ranks): unsafe ranks.number(flat[0], found, into: numbers)
        case .grouped(let groups): unsafe groups.find(flat, found, groups: numbers, probe.scratch)
        case .single: found.forEach { row in unsafe numbers[row] = 0 }
        }
    }

    /// Numbers by distance are given to values without rows as well.
    private func clearMissing(_ rows: SelectionVector, _ numbers: UnsafeMutablePointer<UInt32>) {
        let (starts, list) = unsafe (lists.starts?.pointer(UInt32.self), lists.list?.pointer(UInt32.self))
        rows.forEach { row in
            let number = unsafe numbers[row]
            guard number != noStoredRow else { return }
            let key = Int(number)
            if let starts = unsafe starts {
                if unsafe starts[key] == starts[key + 1] { unsafe numbers[row] = noStoredRow }
            } else if let list = unsafe list, unsafe list[key] == noStoredRow {
                unsafe numbers[row] = noStoredRow
            }
        }
    }

    /// Whether no key occurs twice.
    package var isUnique: Bool { lists.isUnique }

    /// The only row of each key, valid when the table is unique; nil where keys are numbered as their rows are.
    var uniqueRows: UnsafePointer<UInt32>? { unsafe rowList }

    /// The rows of all keys; nil where the row at a place has its number.
    var rowList: UnsafePointer<UInt32>? { unsafe lists.list.map { unsafe UnsafePointer($0.pointer(UInt32.self)) } }

    /// The places in the list of the rows of a key.
    @inline(__always)
    func places(ofKey key: UInt32) -> (first: Int, count: Int) {
        guard let starts = unsafe lists.starts?.pointer(UInt32.self) else { return (Int(key), 1) }
        let first = unsafe Int(starts[Int(key)])
        return unsafe (first, Int(starts[Int(key) &+ 1]) &- first)
    }
}

/// What one probing thread needs.
package final class JoinProbe {
    let scratch = ProbeScratch()
    let valid = SelectionBuffer()
    package init() {}
}

extension JoinTable {
    /// The number of build rows of a key.
    package func rowCount(ofKey key: UInt32) -> Int { places(ofKey: key).count }

    /// Returns by row position whether a row has a match.
    package func hasMatch(_ keys: [ColumnVector], _ rows: SelectionVector, _ probe: JoinProbe) -> [Bool] {
        let numbers = MemoryBlock(byteCount: VectorBatch.capacity * 4)
        defer { withExtendedLifetime(numbers) {} }
        let list = unsafe numbers.pointer(UInt32.self)
        unsafe find(keys, rows, into: list, probe)
        var result = Array(repeating: false, count: rows.rowCount)
        rows.forEach { row in result[row] = unsafe list[row] != noStoredRow }
        return result
    }
}
