import RheiPlan
import RheiStore

/// Lets the planner and the executor read one version of a stored table.
struct SegmentTableProvider: TableProvider {
    let table: TableDescription
    let snapshot: TableSnapshot
    /// Where the table's columns lie in the snapshot; nil for a column that was not loaded, ``keyPosition`` for the keys.
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

    func scan(columns: [Int], filters: [ScanFilter]) throws -> any TableScan {
        let zoneFilters = filters.compactMap { filter -> ScanFilter? in
            var filter = filter
            guard let stored = storedColumns[filter.column], stored != Self.keyPosition else { return nil }
            filter.column = stored
            return filter
        }
        return SegmentScan(
            segments: snapshot.segments.filter { $0.liveRowCount > 0 }, columns: try columns.map(storedColumn),
            filters: zoneFilters)
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

/// A scan over the segments of a snapshot, one row group per segment.
private struct SegmentScan: TableScan {
    let segments: [SegmentVersion]
    let columns: [Int]
    let filters: [ScanFilter]

    var rowGroupCount: Int { segments.count }

    func rowGroup(_ index: Int) throws -> (any ScanRowGroup)? {
        let version = segments[index]
        guard mayHold(version.segment) else { return nil }
        let next = index + 1 < segments.count ? segments[index + 1].segment : nil
        return SegmentRowGroup(
            segment: version.segment, next: next.flatMap { mayHold($0) ? $0 : nil }, columns: columns,
            deletedRows: version.deletes?.bitmap())
    }

    private func mayHold(_ segment: Segment) -> Bool {
        filters.allSatisfy { segment.zones[$0.column].mayHold($0) }
    }
}

/// One segment as a row group. Arrays have the types in which the segment keeps them; the executor widens them.
private struct SegmentRowGroup: ScanRowGroup {
    let segment: Segment
    /// The row group that is read after this one.
    let next: Segment?
    let columns: [Int]
    let deletedRows: Bitmap?

    var rowCount: Int { segment.rowCount }

    func column(_ index: Int) throws -> ArrowArray {
        guard columns[index] == SegmentTableProvider.keyPosition else {
            return try segment.keptColumn(columns[index], before: next)
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
