/// Finds the build rows of a join by key. Built once, then only read by the probing threads, each with its own scratch.
///
/// Every distinct key has a number; the rows of key `k` are listed at `starts[k]..<starts[k + 1]`, ascending. When no
/// key occurs twice, `rows[k]` is its only row. Keys are numbered by a ``GroupTable``, or, for a single integer key whose
/// range is not much larger than the number of rows, by their distance from the least one.
///
/// Unchecked because nothing changes after `init`.
package final class JoinTable: @unchecked Sendable {
    private let keyColumns: [ColumnStore]
    private let nullsMatch: [Bool]
    private let groups: GroupTable
    private var direct: DirectKeyRange?
    private var keyCount = 0
    private var starts = MemoryBlock(byteCount: 8)
    private var rows = MemoryBlock(byteCount: 8)
    /// Whether no key occurs twice.
    package private(set) var isUnique = true
    /// Whether some row has a null in a key that nulls do not match.
    package private(set) var hasUnmatchableNull = false

    /// - Parameters:
    ///   - keyColumns: the keys of all build rows.
    ///   - nullsMatch: per key, whether null equals null; rows with another null are found by no key.
    package init(keyColumns: [ColumnStore], rowCount: Int, nullsMatch: [Bool]) {
        self.keyColumns = keyColumns
        self.nullsMatch = nullsMatch
        groups = GroupTable(keyTypes: keyColumns.map(\.type))
        if keyColumns.count == 1, !nullsMatch[0] {
            direct = DirectKeyRange(keyColumns[0], rowCount: rowCount)
        }
        let numbers = MemoryBlock(byteCount: max(rowCount, 1) * 4)
        defer { withExtendedLifetime(numbers) {} }
        unsafe number(rowCount, into: numbers.pointer(UInt32.self))
        keyCount = direct?.codeCount ?? groups.groupCount
        unsafe listRows(numbers.pointer(UInt32.self), rowCount)
    }

    /// Writes the key number of every build row, ``noStoredRow`` for rows that are found by no key.
    private func number(_ rowCount: Int, into numbers: UnsafeMutablePointer<UInt32>) {
        let valid = SelectionBuffer()
        defer { withExtendedLifetime(valid) {} }
        for first in stride(from: 0, to: rowCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, rowCount - first)
            let keys = keyColumns.map { $0.vector(from: first, count: count) }
            let block = unsafe numbers + first
            let rows = matchable(keys, SelectionVector(all: count), valid)
            if rows.count < count {
                hasUnmatchableNull = true
                unsafe block.update(repeating: noStoredRow, count: count)
            }
            if let direct {
                unsafe direct.number(keys[0], rows, into: block)
            } else {
                unsafe groups.findOrCreate(keys, rows, groups: block)
            }
        }
    }

    /// Returns the rows without a null in a key that nulls do not match.
    private func matchable(
        _ keys: [ColumnVector], _ rows: SelectionVector, _ buffer: SelectionBuffer
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

    /// Sorts the rows by key number, by counting.
    private func listRows(_ numbers: UnsafePointer<UInt32>, _ rowCount: Int) {
        starts = MemoryBlock(byteCount: (keyCount + 2) * 4, zeroed: true)
        let counts = unsafe starts.pointer(UInt32.self)
        var most: UInt32 = 0
        for row in 0..<rowCount where unsafe numbers[row] != noStoredRow {
            let count = unsafe counts[Int(numbers[row]) + 1] &+ 1
            unsafe counts[Int(numbers[row]) + 1] = count
            most = max(most, count)
        }
        isUnique = most <= 1
        rows = MemoryBlock(byteCount: max(isUnique ? keyCount : rowCount, 1) * 4)
        let list = unsafe rows.pointer(UInt32.self)
        if isUnique {
            unsafe list.update(repeating: noStoredRow, count: keyCount)
            for row in 0..<rowCount where unsafe numbers[row] != noStoredRow {
                unsafe list[Int(numbers[row])] = UInt32(truncatingIfNeeded: row)
            }
            return
        }
        for key in 0..<keyCount { unsafe counts[key + 1] &+= counts[key] }
        for row in 0..<rowCount where unsafe numbers[row] != noStoredRow {
            // Starts move up to their ends here and are moved back below.
            let key = unsafe Int(numbers[row])
            unsafe list[Int(counts[key])] = UInt32(truncatingIfNeeded: row)
            unsafe counts[key] &+= 1
        }
        for key in stride(from: keyCount, to: 0, by: -1) { unsafe counts[key] = unsafe counts[key - 1] }
        unsafe counts[0] = 0
    }

    /// Writes the key number of every selected probe row to `numbers[row]`, ``noStoredRow`` where no build row matches.
    package func find(
        _ keys: [ColumnVector], _ rows: SelectionVector, into numbers: UnsafeMutablePointer<UInt32>,
        _ probe: JoinProbe
    ) {
        let flat = probe.scratch.flattener.flatten(keys, rowCount: rows.rowCount)
        let found = matchable(flat, rows, probe.valid)
        if found.count < rows.count { rows.forEach { row in unsafe numbers[row] = noStoredRow } }
        if let direct {
            unsafe direct.number(flat[0], found, into: numbers)
            let (starts, list) = unsafe (starts.pointer(UInt32.self), self.rows.pointer(UInt32.self))
            let isUnique = isUnique
            found.forEach { row in
                let number = unsafe numbers[row]
                guard number != noStoredRow else { return }
                let key = Int(number)
                let isMissing = unsafe isUnique ? list[key] == noStoredRow : starts[key] == starts[key + 1]
                if isMissing { unsafe numbers[row] = noStoredRow }
            }
        } else {
            unsafe groups.find(flat, found, groups: numbers, probe.scratch)
        }
    }

    /// The only row of each key; valid when the table is unique.
    package var uniqueRows: UnsafePointer<UInt32> { unsafe UnsafePointer(rows.pointer(UInt32.self)) }

    /// The rows of a key, ascending.
    @inline(__always)
    package func rows(ofKey key: UInt32) -> UnsafeBufferPointer<UInt32> {
        let list = unsafe rows.pointer(UInt32.self)
        if isUnique { return unsafe UnsafeBufferPointer(start: list + Int(key), count: 1) }
        let starts = unsafe starts.pointer(UInt32.self)
        let first = unsafe Int(starts[Int(key)])
        return unsafe UnsafeBufferPointer(start: list + first, count: Int(starts[Int(key) + 1]) - first)
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
    package func rowCount(ofKey key: UInt32) -> Int { unsafe rows(ofKey: key).count }

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
