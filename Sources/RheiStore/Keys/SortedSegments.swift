import RheiArrow

/// Segments whose integer keys ascend from row to row and from segment to segment: their rows are found by searching
/// the keys that the segments have anyway, so that an index need not hold them.
///
/// Invariant: the bounds ascend and are disjoint. Deleted rows count, so a key that is found may be gone.
struct SortedSegments {
    private struct Entry {
        var bounds: ClosedRange<Int64>
        var firstRow: Int64
    }

    private var entries: [Entry] = []

    /// Adds a segment when its keys follow those of the segments before.
    ///
    /// - Returns: whether they do.
    mutating func append(_ segment: Segment) -> Bool {
        guard let bounds = segment.keyBounds, entries.last.map({ $0.bounds.upperBound < bounds.lowerBound }) ?? true
        else { return false }
        entries.append(Entry(bounds: bounds, firstRow: segment.firstRowNumber))
        return true
    }

    var isEmpty: Bool { entries.isEmpty }

    func contains(_ segment: Segment) -> Bool { entries.contains { $0.firstRow == segment.firstRowNumber } }

    mutating func remove(_ segment: Segment) { entries.removeAll { $0.firstRow == segment.firstRowNumber } }

    /// The first row number of the segment that may hold a key.
    func firstRow(ofSegmentWith key: Int64) -> Int64? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].bounds.upperBound < key { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low].bounds.contains(key) else { return nil }
        return entries[low].firstRow
    }
}

extension Segment {
    /// The least and the greatest integer key, deleted rows included; nil when the keys are no integers.
    fileprivate var keyBounds: ClosedRange<Int64>? {
        guard case .integers(let low, let high)? = keyZone?.bounds else { return nil }
        return low...high
    }
}
