import RheiArrow
import RheiCore

extension TableState {
    /// Drops segments without live rows, rewrites those that are mostly deleted, and merges small ones.
    ///
    /// A rewritten row costs at most one deleted row's worth of work, and a row is merged O(log n) times. Rows that
    /// cannot be put together (more than 2 GB in a column with 32-bit offsets) stay in the segments they are in.
    mutating func maintain(owner: UInt64) {
        dropEmptySegments()
        compact()
        mergeTail(owner: owner)
    }

    private mutating func dropEmptySegments() {
        guard segments.contains(where: { $0.liveRowCount == 0 }) else { return }
        for part in segments where part.liveRowCount == 0 {
            index?.runs.replace(part.segment.rowNumbers, with: nil)
            sorted.remove(part.segment)
        }
        segments.removeAll { $0.liveRowCount == 0 }
    }

    /// Rewrites segments more than half of whose rows are gone as new ones at the end.
    private mutating func compact() {
        var group: [SegmentVersion] = []
        var groupCount = 0
        for part in segments where part.deletedRowCount * 2 > part.segment.rowCount {
            if groupCount + part.liveRowCount > Segment.maximumRowCount {
                rewrite(group)
                group = []
                groupCount = 0
            }
            group.append(part)
            groupCount += part.liveRowCount
        }
        if !group.isEmpty { rewrite(group) }
    }

    /// Merges the last segments while four or more of them are at most twice as long as the last.
    mutating func mergeTail(owner: UInt64) {
        while let count = mergeableTailCount {
            let parts = Array(segments.suffix(count))
            let rowCount = parts.reduce(0) { $0 + $1.segment.rowCount }
            let deletedCount = parts.reduce(0) { $0 + $1.deletedRowCount }
            let isContiguous = zip(parts, parts.dropFirst()).allSatisfy { left, right in
                left.segment.rowNumbers.upperBound == right.segment.firstRowNumber
            }
            let isDone =
                isContiguous && deletedCount * 4 <= rowCount ? merge(parts, owner: owner) : rewrite(parts)
            if !isDone { return }
        }
    }

    /// How many segments merge at once, at least: with two, every change of one row would merge some.
    private static let smallestMergeCount = 4

    /// How many of the last segments are to merge; nil for none.
    private var mergeableTailCount: Int? {
        guard let last = segments.last?.segment.rowCount else { return nil }
        var count = 0
        var rowCount = 0
        for part in segments.reversed() {
            rowCount += part.segment.rowCount
            guard part.segment.rowCount <= last * 2, rowCount <= Segment.maximumRowCount else { break }
            count += 1
        }
        return count >= Self.smallestMergeCount ? count : nil
    }

    /// Merges the last segments once they fill a row group, small ones before that as `mergeTail` does: for loading,
    /// where every row is to be copied once.
    ///
    /// - Parameter isFinal: whether no further rows come.
    mutating func mergeLoaded(isFinal: Bool) {
        let large = Segment.maximumRowCount / 16
        if let last = segments.last, last.segment.rowCount < large { mergeTail(owner: 0) }
        var count = 0
        var rowCount = 0
        for part in segments.reversed() {
            let sum = rowCount + part.segment.rowCount
            if sum > Segment.maximumRowCount { break }
            rowCount = sum
            count += 1
        }
        let isFull = rowCount + (segments.last?.segment.rowCount ?? 0) > Segment.maximumRowCount
        guard count > 1, isFull || isFinal, (segments.last?.segment.rowCount ?? 0) >= large || isFinal else { return }
        _ = merge(Array(segments.suffix(count)), owner: 0)
    }

    /// Puts one segment of all rows in the place of the last segments, which follow each other; row numbers stay.
    private mutating func merge(_ parts: [SegmentVersion], owner: UInt64) -> Bool {
        let gathered = try? gather(parts, firstRowNumber: parts[0].segment.firstRowNumber) { part, body in
            try body(0..<part.segment.rowCount)
        }
        guard let merged = gathered, moveAllToIndex(parts) else { return false }
        if index != nil, let keys = try? merged.keys() { index?.runs.replace(merged.rowNumbers, with: keys) }
        metrics.mergedRowCount += merged.rowCount
        segments.removeLast(parts.count)
        segments.append(SegmentVersion(merged, deletes: .joined(parts, owner: owner)))
        return true
    }

    /// Puts one segment of the live rows of some segments at the end, under new row numbers.
    @discardableResult
    private mutating func rewrite(_ parts: [SegmentVersion]) -> Bool {
        let gathered = try? gather(parts, firstRowNumber: nextRowNumber) { part, body in
            try part.forEachLiveRange(body)
        }
        guard let segment = gathered, moveAllToIndex(parts) else { return false }
        nextRowNumber += Int64(segment.rowCount)
        metrics.compactedRowCount += segment.rowCount
        let old = Set(parts.map(\.segment.firstRowNumber))
        segments.removeAll { old.contains($0.segment.firstRowNumber) }
        segments.append(SegmentVersion(segment))
        repoint(parts, to: segment)
        return true
    }

    /// Puts rows that lose their place into the index.
    ///
    /// - Returns: false when their keys cannot be read.
    private mutating func moveAllToIndex(_ parts: [SegmentVersion]) -> Bool {
        for part in parts where sorted.contains(part.segment) {
            guard (try? moveToIndex(part)) != nil else { return false }
        }
        return true
    }

    private func repoint(_ parts: [SegmentVersion], to segment: Segment) {
        guard let index, let keys = try? segment.keys() else { return }
        index.runs.insert(keys, firstRow: segment.firstRowNumber)
        var new = segment.firstRowNumber
        for part in parts {
            part.forEachLiveRange { rows in
                for row in rows {
                    index.move(part.segment.firstRowNumber + Int64(row), to: new, keyRow: new)
                    new += 1
                }
            }
        }
        for part in parts { index.runs.replace(part.segment.rowNumbers, with: nil) }
    }

    /// Copies ranges of rows into one new segment.
    private func gather(
        _ parts: [SegmentVersion], firstRowNumber: Int64,
        _ forEachRange: (SegmentVersion, (Range<Int>) throws -> Void) throws -> Void
    ) throws -> Segment {
        var rowCount = 0
        for part in parts { try forEachRange(part) { rowCount += $0.count } }
        var columns: [ArrowArray] = []
        for column in schema.fields.indices {
            columns.append(try gather(parts.map { ($0, try $0.segment.column(column)) }, rowCount, forEachRange))
        }
        var keys: ArrowArray?
        if keyColumn == nil, index != nil {
            let sources = try parts.compactMap { part in try part.segment.keys().map { (part, $0) } }
            keys = try gather(sources, rowCount, forEachRange)
        }
        let zones = schema.fields.indices.map { column in
            parts.reduce(ZoneMap.empty) { $0.union($1.segment.zones[column]) }
        }
        let hasAllRows = rowCount == parts.reduce(0) { $0 + $1.segment.rowCount }
        return Segment(
            columns: columns, keys: keys, keyColumn: keyColumn, rowCount: rowCount, firstRowNumber: firstRowNumber,
            zones: zones, hasExactZones: hasAllRows && parts.allSatisfy { $0.segment.hasExactZones }, cache: cache)
    }

    private func gather(
        _ sources: [(SegmentVersion, ArrowArray)], _ rowCount: Int,
        _ forEachRange: (SegmentVersion, (Range<Int>) throws -> Void) throws -> Void
    ) throws -> ArrowArray {
        let type = ArrayAssembler.commonType(sources.map(\.1)) ?? .null
        if type.physicalType == .nested {
            var ranges: [ArrowArray] = []
            for (part, array) in sources {
                try forEachRange(part) { ranges.append(array.slice(offset: $0.lowerBound, count: $0.count)) }
            }
            return try ArrowArray.concatenated(ranges)
        }
        let assembler = try ArrayAssembler(type, capacity: rowCount)
        for (part, array) in sources { try forEachRange(part) { try assembler.append(array, rows: $0) } }
        return assembler.finish()
    }
}
