import RheiArrow
import RheiCore

/// Rows by key. Each live row is either in the index, or in a segment of `sorted` and found there by its key.
extension TableState {
    /// Makes ready for changes what a table from files lacks: of integer keys, only those are put into the index that
    /// are out of order.
    ///
    /// - Throws: `constraint` when a key is there twice, `corrupt` when the keys of a file are damaged.
    mutating func completeIndex() throws {
        guard let index, !index.isComplete else { return }
        guard definition.key != .encoded else { return try buildIndex() }
        try buildIndexBesideSorted { _ in true }
    }

    /// Puts the keys of those segments into the index that cannot be searched.
    ///
    /// - Parameter isSorted: whether a segment's keys ascend as far as known; see `search`.
    mutating func buildIndexBesideSorted(_ isSorted: (Segment) -> Bool) throws {
        guard let index else { return }
        index.removeAll()
        sorted = SortedSegments()
        var others: [SegmentVersion] = []
        for part in segments where !(isSorted(part.segment) && sorted.append(part.segment)) { others.append(part) }
        for part in others {
            if let first = try indexLiveRows(of: part).first { throw duplicateKey(first.new, in: part.segment) }
        }
        index.isComplete = true
    }

    /// Maps `key` to `row` and returns the row that had it.
    mutating func setRow(_ row: Int64, for key: Int64, _ index: KeyIndex) throws -> Int64? {
        if let old = index.set(row, for: key) { return old }
        return sorted.isEmpty ? nil : try search(key)
    }

    /// Forgets `key` and returns the row that had it.
    mutating func removeRow(of key: Int64, _ index: KeyIndex) throws -> Int64? {
        if let old = index.remove(key) { return old }
        return sorted.isEmpty ? nil : try search(key)
    }

    /// Finds the live row of a key.
    mutating func row(of key: Int64, _ index: KeyIndex) throws -> Int64? {
        if let row = index.row(of: key) { return row }
        return sorted.isEmpty ? nil : try search(key, isLeaving: false)
    }

    /// Finds the live row of a key in the sorted segments.
    ///
    /// A segment whose keys turn out not to ascend leaves them, and its rows go into the index.
    ///
    /// - Parameter isLeaving: whether the row found is to stay out of the index, as it is about to lose the key.
    private mutating func search(_ key: Int64, isLeaving: Bool = true) throws -> Int64? {
        guard let first = sorted.firstRow(ofSegmentWith: key) else { return nil }
        let part = segments[segmentIndex(of: first)]
        let segment = part.segment
        guard let keys = try segment.keys(), let integers = try? PrimitiveArray<Int64>(keys) else { return nil }
        guard segment.ascendingKeys != nil else {
            let position = (0..<integers.count).first { integers[$0] == key && !part.isDeleted($0) }
            try moveToIndex(part, leavingOut: isLeaving ? key : nil)
            return position.map { first + Int64($0) }
        }
        var low = 0
        var high = integers.count
        while low < high {
            let middle = (low + high) / 2
            if integers[middle] < key { low = middle + 1 } else { high = middle }
        }
        guard low < integers.count, integers[low] == key, !part.isDeleted(low) else { return nil }
        return first + Int64(low)
    }

    /// Puts the live rows of a sorted segment into the index, in which they are looked for from then on.
    ///
    /// - Parameter absent: a key that stays out of the index, or has another row there.
    mutating func moveToIndex(_ part: SegmentVersion, leavingOut absent: Int64? = nil) throws {
        guard let index, sorted.contains(part.segment), let keys = try part.segment.keys(),
            let integers = try? PrimitiveArray<Int64>(keys)
        else { return }
        sorted.remove(part.segment)
        index.runs.replace(part.segment.rowNumbers, with: keys)
        part.forEachLiveRange { rows in
            for row in rows where integers[row] != absent {
                _ = index.set(part.segment.firstRowNumber + Int64(row), for: integers[row])
            }
        }
    }
}

extension SegmentVersion {
    fileprivate func isDeleted(_ row: Int) -> Bool { deletes?.isDeleted(row) == true }
}
