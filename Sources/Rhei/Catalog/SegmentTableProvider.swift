import RheiPlan
import RheiStore
import Synchronization

/// Lets the planner and the executor read one version of a stored table.
struct SegmentTableProvider: TableProvider {
    let table: TableDescription
    let snapshot: TableSnapshot
    /// Where the table's columns lie in the snapshot; nil for a column that was not loaded, ``keyPosition`` for the
    /// keys.
    let storedColumns: [Int?]
    /// Stands for the keys of the rows, which lie beside the columns.
    static let keyPosition = -1

    var rowCount: Int { snapshot.rowCount }

    func statistics(column: Int) -> ColumnStatistics? {
        guard let stored = storedColumns[column], stored != Self.keyPosition else { return nil }
        let zone = snapshot.zone(ofColumn: stored)
        let (minimum, maximum): (ScalarBound?, ScalarBound?) =
            switch zone.bounds {
            case .integers(let low, let high): (.integer(low), .integer(high))
            case .reals(let low, let high): (.real(low), .real(high))
            case .empty, .unknown: (nil, nil)
            }
        // The range of an integer column bounds its values well enough.
        var distinctCount: Int?
        if case .integers = zone.bounds {
        } else {
            distinctCount = snapshot.segments.first?.segment.estimatedDistinctCount(
                column: stored, tableRowCount: rowCount)
        }
        return ColumnStatistics(
            minimum: minimum, maximum: maximum, nullCount: zone.nullCount, distinctCount: distinctCount)
    }

    var exactRowCount: Int? { snapshot.rowCount }

    func exactStatistics(column: Int) -> ColumnStatistics? {
        guard let stored = storedColumns[column], stored != Self.keyPosition, snapshot.hasExactZones else { return nil }
        return statistics(column: column)
    }

    func rowCount(within filters: [ScanFilter]) -> Int {
        filters.isEmpty ? rowCount : segments(within: filters).reduce(0) { $0 + $1.segment.rowCount }
    }

    func scan(columns: [Int], filters: [ScanFilter]) throws -> any TableScan {
        SegmentScan(segments: segments(within: filters), columns: try columns.map(storedColumn))
    }

    /// The segments that may have rows that satisfy all of the filters.
    private func segments(within filters: [ScanFilter]) -> [SegmentVersion] {
        let zoneFilters = filters.compactMap { filter -> ScanFilter? in
            var filter = filter
            guard let stored = storedColumns[filter.column], stored != Self.keyPosition else { return nil }
            filter.column = stored
            return filter
        }
        return snapshot.segments.filter { version in
            version.liveRowCount > 0 && zoneFilters.allSatisfy { version.segment.zones[$0.column].mayHold($0) }
        }
    }

    private func storedColumn(_ column: Int) throws -> Int {
        guard let stored = storedColumns[column] else {
            throw EngineError(
                .invariant, "column '\(table.columns[column].name)' of table '\(table.name)' is read but was not loaded"
            )
        }
        return stored
    }
}

/// A scan over the segments of a snapshot that the filters leave, one row group per segment.
private struct SegmentScan: TableScan {
    private let segments: [SegmentVersion]
    private let columns: [Int]
    private let readAhead: ReadAhead

    init(segments: [SegmentVersion], columns: [Int]) {
        self.segments = segments
        self.columns = columns
        readAhead = ReadAhead(segments.map(\.segment), columnCount: columns.count)
    }

    var rowGroupCount: Int { segments.count }

    func rowGroup(_ index: Int) throws -> (any ScanRowGroup)? {
        SegmentRowGroup(
            segment: segments[index].segment, index: index, columns: columns,
            deletedRows: segments[index].deletes?.bitmap(), readAhead: readAhead)
    }
}

/// Lets the system read columns of the row groups that follow the one that is being read.
private final class ReadAhead: Sendable {
    private let segments: [Segment]
    /// Per column of the scan, the row groups that were asked for so far.
    private let ends: Mutex<[Int]>
    private static let distance = 8

    init(_ segments: [Segment], columnCount: Int) {
        self.segments = segments
        ends = Mutex(Array(repeating: 0, count: columnCount))
    }

    /// The row group after one; nil after the last.
    func next(after index: Int) -> Segment? { index + 1 < segments.count ? segments[index + 1] : nil }

    /// Notes that a column of a row group is wanted now.
    func begin(_ index: Int, column: Int, stored: Int) {
        let wanted = ends.withLock { ends -> Range<Int> in
            let end = min(index + 1 + Self.distance, segments.count)
            let start = min(max(ends[column], index + 1), end)
            ends[column] = max(ends[column], end)
            return start..<end
        }
        for group in wanted { segments[group].readAhead(stored) }
    }
}

/// One segment as a row group. Arrays have the types in which the segment keeps them; the executor widens them.
private struct SegmentRowGroup: ScanRowGroup {
    let segment: Segment
    let index: Int
    let columns: [Int]
    let deletedRows: Bitmap?
    let readAhead: ReadAhead

    var rowCount: Int { segment.rowCount }

    func column(_ position: Int) throws -> ArrowArray {
        let stored = columns[position]
        guard stored == SegmentTableProvider.keyPosition else {
            readAhead.begin(index, column: position, stored: stored)
            return try segment.keptColumn(stored, before: readAhead.next(after: index))
        }
        guard let keys = try segment.keys() else {
            throw EngineError(.invariant, "a segment of a keyed table without keys")
        }
        return keys
    }
}

extension ZoneMap {
    /// Whether some row within the bounds may satisfy the comparison; null rows never do.
    fileprivate func mayHold(_ filter: ScanFilter) -> Bool {
        switch (bounds, filter.value) {
        case (.empty, _): false
        case (.integers(let low, let high), .integer(let value)): Self.overlaps(low, high, filter.comparison, value)
        case (.reals(let low, let high), .real(let value)): Self.overlaps(low, high, filter.comparison, value)
        default: true
        }
    }

    private static func overlaps<Value: Comparable>(
        _ low: Value, _ high: Value, _ comparison: ScanFilter.Comparison, _ value: Value
    ) -> Bool {
        switch comparison {
        case .equal: low <= value && value <= high
        case .less: low < value
        case .lessOrEqual: low <= value
        case .greater: high > value
        case .greaterOrEqual: high >= value
        }
    }
}
