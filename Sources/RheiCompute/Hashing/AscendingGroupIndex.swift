/// Finds groups by the row before, as long as a single integer key never descends and is never null: rows of one key
/// then stand together, and groups are numbered in the order of their keys.
///
/// The keys of the groups are those of the table's store; here is only what a batch needs. (Known as ordered or
/// streaming aggregation: Graefe, "Query Evaluation Techniques for Large Databases", 1993, section 4.)
final class AscendingGroupIndex {
    private let created = MemoryBlock(byteCount: VectorBatch.capacity * 2 + 64)

    /// Whether keys of these types can be looked at in order.
    static func supports(_ types: [VectorType]) -> Bool {
        types.count == 1 && [.int64, .int32, .int16].contains(types[0])
    }

    /// The rows that made new groups in the last call, in the order of their numbers.
    var createdRows: UnsafePointer<UInt16> { unsafe UnsafePointer(created.pointer(UInt16.self)) }

    /// Writes the group of each selected row to `groups[row]`, numbering new ones from the number of rows in `known`.
    ///
    /// - Parameters:
    ///   - known: the keys of the groups so far.
    ///   - count: at least 1.
    /// - Returns: the number of new groups, whose rows stand in ``createdRows``; nil when a key descends or is null,
    ///   and then nothing that counts has been written.
    func findOrCreate(
        _ key: ColumnVector, _ known: ColumnStore, selection: UnsafePointer<UInt16>?, count: Int,
        groups: UnsafeMutablePointer<UInt32>
    ) -> Int? {
        guard unsafe key.validity == nil else { return nil }
        return switch key.type {
        case .int64: unsafe find(Int64.self, key, known, selection, count, groups)
        case .int32: unsafe find(Int32.self, key, known, selection, count, groups)
        case .int16: unsafe find(Int16.self, key, known, selection, count, groups)
        default: nil
        }
    }

    @inline(__always)
    private func find<Key: FixedWidthInteger & BitwiseCopyable>(
        _: Key.Type, _ key: ColumnVector, _ known: ColumnStore, _ selection: UnsafePointer<UInt16>?, _ count: Int,
        _ groups: UnsafeMutablePointer<UInt32>
    ) -> Int? {
        let values = unsafe key.pointer(Key.self)
        let created = unsafe created.pointer(UInt16.self)
        let first = unsafe selection.map { unsafe Int($0[0]) } ?? 0
        var previous = unsafe values[first]
        var group = UInt32(truncatingIfNeeded: known.rowCount)
        var createdCount = 0
        if known.rowCount > 0 {
            let last = known.rowCount - 1
            previous = unsafe known.vector(from: 0, count: known.rowCount).pointer(Key.self)[last]
            group &-= 1
        } else {
            unsafe created[0] = UInt16(truncatingIfNeeded: first)
            createdCount = 1
        }
        var descents = 0
        unsafe forEachRow(selection, count) { row in
            let value = unsafe values[row]
            let isNew = asInt(value != previous)
            descents |= asInt(value < previous)
            unsafe created[createdCount] = UInt16(truncatingIfNeeded: row)
            createdCount &+= isNew
            group &+= UInt32(truncatingIfNeeded: isNew)
            unsafe groups[row] = group
            previous = value
        }
        return descents == 0 ? createdCount : nil
    }

    /// Writes the group of each selected row to `groups[row]`, ``noStoredRow`` for keys that have none. Only reads
    /// `known`.
    func find(
        _ key: ColumnVector, _ known: ColumnStore, selection: UnsafePointer<UInt16>?, count: Int,
        groups: UnsafeMutablePointer<UInt32>
    ) {
        let keys = AscendingKeys(known)
        unsafe forEachRow(selection, count) { row in
            let place = key.isValid(row) ? keys.firstPlace(notBelow: AscendingKeys.value(of: key, row)) : keys.count
            let isKnown = place < keys.count && keys[place] == AscendingKeys.value(of: key, row)
            unsafe groups[row] = isKnown ? UInt32(truncatingIfNeeded: place) : noStoredRow
        }
    }
}

/// Integers without nulls that ascend: the keys of groups that were found in order.
struct AscendingKeys {
    private let vector: ColumnVector
    let count: Int

    /// Valid until rows are added to the column.
    init(_ column: ColumnStore) {
        vector = column.vector(from: 0, count: column.rowCount)
        count = column.rowCount
    }

    subscript(place: Int) -> Int64 { Self.value(of: vector, place) }

    /// Returns the first place from `start` on whose key is `key` or above, by steps that double and then halve: cheap
    /// when it is near.
    func firstPlace(notBelow key: Int64, from start: Int = 0) -> Int {
        var low = start
        var step = 1
        while low + step <= count, self[low + step - 1] < key {
            low += step
            step *= 2
        }
        var high = min(low + step - 1, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    @inline(__always)
    static func value(of vector: ColumnVector, _ row: Int) -> Int64 {
        switch vector.type {
        case .int16: unsafe Int64(vector.pointer(Int16.self)[row])
        case .int32: unsafe Int64(vector.pointer(Int32.self)[row])
        default: unsafe vector.pointer(Int64.self)[row]
        }
    }
}
