/// What the rows of one probe batch found: key numbers of a table, and notes of pairs that satisfied a condition.
package final class JoinMatches {
    private let memory = MemoryBlock(byteCount: VectorBatch.capacity * (4 + 4 + 2 + 1), zeroed: true)
    private let selection = SelectionBuffer()
    private let trueRows = SelectionBuffer()

    package init() {}

    var numbers: UnsafeMutablePointer<UInt32> { unsafe memory.pointer(UInt32.self) }
    private var found: UnsafeMutablePointer<UInt32> { unsafe numbers + VectorBatch.capacity }
    /// Per row: bit 0 a match, bit 1 a comparison that is unknown.
    private var notes: UnsafeMutablePointer<UInt8> {
        unsafe UnsafeMutableRawPointer(found + VectorBatch.capacity).assumingMemoryBound(to: UInt8.self)
    }

    /// Looks the keys of the rows up.
    package func find(_ keys: [ColumnVector], _ rows: SelectionVector, in table: JoinTable, _ probe: JoinProbe) {
        unsafe table.find(keys, rows, into: numbers, probe)
    }

    /// Whether one of the rows has more than one match.
    package func hasSecondMatch(_ rows: SelectionVector, in table: JoinTable) -> Bool {
        if table.isUnique { return false }
        let numbers = unsafe numbers
        var isFound = false
        rows.forEach { row in
            let number = unsafe numbers[row]
            if number != noStoredRow { isFound = isFound || table.rowCount(ofKey: number) > 1 }
        }
        return isFound
    }

    package func matched(_ rows: SelectionVector) -> SelectionVector {
        let numbers = unsafe numbers
        return select(rows) { unsafe numbers[$0] != noStoredRow }
    }

    package func unmatched(_ rows: SelectionVector) -> SelectionVector {
        let numbers = unsafe numbers
        return select(rows) { unsafe numbers[$0] == noStoredRow }
    }

    @inline(__always)
    private func select(_ rows: SelectionVector, _ condition: (Int) -> Bool) -> SelectionVector {
        let list = unsafe selection.indices
        var count = 0
        rows.forEach { row in
            unsafe list[count] = UInt16(truncatingIfNeeded: row)
            count &+= asInt(condition(row))
        }
        return unsafe SelectionVector(list, count: count, rowCount: rows.rowCount)
    }

    /// The build rows of the rows of a unique table, in the order of `rows`; ``noStoredRow`` without a match.
    package func uniqueRows(of rows: SelectionVector, in table: JoinTable) -> FoundRows {
        let (numbers, found) = unsafe (numbers, found)
        var count = 0
        guard let unique = unsafe table.uniqueRows else {
            rows.forEach { row in
                unsafe found[count] = unsafe numbers[row]
                count &+= 1
            }
            return unsafe FoundRows(list: found, count: count)
        }
        rows.forEach { row in
            let number = unsafe numbers[row]
            unsafe found[count] = unsafe number == noStoredRow ? noStoredRow : unique[Int(number)]
            count &+= 1
        }
        return unsafe FoundRows(list: found, count: count)
    }

    /// Writes the `bool` of a `mark` join: true with a match, null where `isUnknown`, else false.
    package func mark(
        _ rows: SelectionVector, into buffer: VectorBuffer, isUnknown: (Int) -> Bool
    ) -> ColumnVector {
        let numbers = unsafe numbers
        return writeMark(rows, buffer) {
            unsafe numbers[$0] != noStoredRow
        } isUnknown: {
            isUnknown($0)
        }
    }

    private func writeMark(
        _ rows: SelectionVector, _ buffer: VectorBuffer, isTrue: (Int) -> Bool, isUnknown: (Int) -> Bool
    ) -> ColumnVector {
        var result = buffer.vector()
        let (values, words) = unsafe (result.pointer(UInt8.self), buffer.validityWords)
        unsafe words.update(repeating: ~0, count: VectorBatch.capacity / 64)
        var hasUnknown = false
        rows.forEach { row in
            let isMatch = isTrue(row)
            unsafe values[row] = asByte(isMatch)
            guard !isMatch, isUnknown(row) else { return }
            hasUnknown = true
            unsafe words[row &>> 6] &= ~(1 &<< UInt64(row & 63))
        }
        if hasUnknown { unsafe result.validity = unsafe words }
        return result
    }

    /// Forgets all notes.
    package func clear() { unsafe notes.update(repeating: 0, count: VectorBatch.capacity) }

    /// Notes a match for every row; returns whether one of them had a match before.
    package func note(_ rows: SelectionVector) -> Bool {
        let notes = unsafe notes
        var again: UInt8 = 0
        rows.forEach { row in
            unsafe again |= notes[row] & 1
            unsafe notes[row] |= 1
        }
        return again != 0
    }

    /// Notes the probe rows of the selected pairs; returns whether one of them had a match before.
    package func note(_ pairs: JoinPairList, _ selected: SelectionVector) -> Bool {
        let (notes, rows) = unsafe (notes, pairs.probeRows)
        var again: UInt8 = 0
        selected.forEach { index in
            let row = unsafe Int(rows[index])
            unsafe again |= notes[row] & 1
            unsafe notes[row] |= 1
        }
        return again != 0
    }

    /// Notes `count` matches of one row; returns whether it now has more than one.
    package func note(_ row: Int, count: Int) -> Bool {
        guard count > 0 else { return false }
        let again = unsafe count > 1 || notes[row] & 1 != 0
        unsafe notes[row] |= 1
        return again
    }

    package func isNoted(_ row: Int) -> Bool { unsafe notes[row] & 1 != 0 }

    /// The rows with, or without, a noted match.
    package func noted(_ rows: SelectionVector, isNoted: Bool) -> SelectionVector {
        let notes = unsafe notes
        let wanted: UInt8 = isNoted ? 1 : 0
        return select(rows) { unsafe notes[$0] & 1 == wanted }
    }

    /// The `bool` of a `mark` join from the notes.
    package func notedMark(_ rows: SelectionVector, into buffer: VectorBuffer) -> ColumnVector {
        let notes = unsafe notes
        return writeMark(rows, buffer) {
            unsafe notes[$0] & 1 != 0
        } isUnknown: {
            unsafe notes[$0] & 2 != 0
        }
    }

    /// Returns the rows where a `bool` vector is true, and notes the null ones: for `unknownRow`, or for themselves.
    package func selectTrue(_ value: ColumnVector, _ rows: SelectionVector, unknownRow: Int?) -> SelectionVector {
        let (values, notes, list) = unsafe (value.pointer(UInt8.self), notes, trueRows.indices)
        var count = 0
        rows.forEach { row in
            guard value.isValid(row) else {
                unsafe notes[unknownRow ?? row] |= 2
                return
            }
            unsafe list[count] = UInt16(truncatingIfNeeded: row)
            unsafe count &+= Int(values[value.isConstant ? 0 : row])
        }
        return unsafe SelectionVector(list, count: count, rowCount: rows.rowCount)
    }
}

/// Rows of a store, listed; ``noStoredRow`` stands for none.
@safe package struct FoundRows {
    let list: UnsafePointer<UInt32>
    let count: Int

    init(list: UnsafeMutablePointer<UInt32>, count: Int) {
        unsafe self.list = unsafe UnsafePointer(list)
        self.count = count
    }
}

extension ColumnStore {
    /// Writes the found rows' values at the positions of `rows`, one for each.
    package func gather(
        _ found: FoundRows, at rows: SelectionVector, mayMiss: Bool, into target: VectorBuffer
    ) -> ColumnVector {
        let positions = unsafe rows.indices.map { unsafe UnsafePointer($0) }
        return unsafe gather(found.list, positions: positions, count: found.count, mayMiss: mayMiss, into: target)
    }
}
