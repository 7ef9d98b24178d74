import RheiArrow
import RheiCore

/// The frame of every row of a run. Frames lie within partitions; within one, neither end ever moves backwards.
final class FrameTable {
    let groups: WindowGroups
    let exclusion: FrameDescription.Exclusion
    let excludesNothing: Bool
    /// Whether every frame is its whole partition.
    let isPartition: Bool
    /// Whether every frame begins where its partition does, if nothing is excluded.
    let startsUnbounded: Bool
    private let lowers: PositionColumn<UInt32>
    private let uppers: PositionColumn<UInt32>

    /// - Parameter key: the one order key, for frames bounded by a difference of its values.
    /// - Throws: `leavesStaticType` where an offset moves a key by less than doubles tell apart.
    init(_ frame: FrameDescription, _ groups: WindowGroups, key: FrameKey?) throws {
        if frame.unit == .range, let key { try key.refuseRounding(in: [frame.start, frame.end]) }
        self.groups = groups
        exclusion = frame.exclusion
        excludesNothing = frame.excludesNothing
        isPartition =
            frame.start == .unboundedPreceding && frame.end == .unboundedFollowing && frame.excludesNothing
        startsUnbounded = frame.start == .unboundedPreceding
        lowers = PositionColumn(count: groups.rowCount)
        uppers = PositionColumn(count: groups.rowCount)
        groups.forEachPartition { partition in
            switch frame.unit {
            case .rows: fillRows(frame, partition)
            case .groups: fillGroups(frame, partition)
            case .range: fillRange(frame, partition, key)
            }
        }
    }

    /// The positions of the frame, before anything is excluded.
    @inline(__always)
    func frame(of position: Int) -> Range<Int> {
        unsafe Range(uncheckedBounds: (Int(lowers[position]), Int(uppers[position])))
    }

    /// Calls `body` with the parts of the frame in order, none of them empty.
    @inline(__always)
    func forEachPart(of position: Int, _ body: (Range<Int>) throws -> Void) rethrows {
        let frame = frame(of: position)
        if excludesNothing {
            if !frame.isEmpty { try body(frame) }
            return
        }
        let excluded = exclusion == .currentRow ? position..<position + 1 : groups.peers(of: position)
        let before = frame.lowerBound..<max(frame.lowerBound, min(frame.upperBound, excluded.lowerBound))
        if !before.isEmpty { try body(before) }
        if exclusion == .ties, frame.contains(position) { try body(position..<position + 1) }
        let after = min(max(frame.lowerBound, excluded.upperBound), frame.upperBound)..<frame.upperBound
        if !after.isEmpty { try body(after) }
    }

    private func set(_ position: Int, _ lower: Int, _ upper: Int) {
        lowers[position] = UInt32(truncatingIfNeeded: lower)
        uppers[position] = UInt32(truncatingIfNeeded: max(lower, upper))
    }

    private func fillRows(_ frame: FrameDescription, _ partition: Range<Int>) {
        let (start, end) = (partition.lowerBound, partition.upperBound)
        for position in partition {
            let lower =
                switch frame.start {
                case .unboundedPreceding: start
                case .preceding(let offset): max(start, position - offset.count(limit: end))
                case .currentRow: position
                case .following(let offset): min(end, position + offset.count(limit: end))
                case .unboundedFollowing: end
                }
            let upper =
                switch frame.end {
                case .unboundedPreceding: start
                case .preceding(let offset): max(start, position + 1 - offset.count(limit: end + 1))
                case .currentRow: position + 1
                case .following(let offset): min(end, position + 1 + offset.count(limit: end))
                case .unboundedFollowing: end
                }
            set(position, lower, upper)
        }
    }

    private func fillGroups(_ frame: FrameDescription, _ partition: Range<Int>) {
        let bounds = groups.groupBounds(in: partition)
        let groupCount = bounds.count - 1
        for group in 0..<groupCount {
            let lower =
                switch frame.start {
                case .unboundedPreceding: bounds[0]
                case .preceding(let offset): bounds[max(0, group - offset.count(limit: groupCount))]
                case .currentRow: bounds[group]
                case .following(let offset): bounds[min(groupCount, group + offset.count(limit: groupCount))]
                case .unboundedFollowing: bounds[groupCount]
                }
            let upper =
                switch frame.end {
                case .unboundedPreceding: bounds[0]
                case .preceding(let offset): bounds[max(0, group + 1 - offset.count(limit: groupCount + 1))]
                case .currentRow: bounds[group + 1]
                case .following(let offset): bounds[min(groupCount, group + 1 + offset.count(limit: groupCount))]
                case .unboundedFollowing: bounds[groupCount]
                }
            for position in bounds[group]..<bounds[group + 1] { set(position, lower, upper) }
        }
    }

    /// Both ends move forward only, so each key is looked at a few times whatever the frames' sizes.
    private func fillRange(_ frame: FrameDescription, _ partition: Range<Int>, _ key: FrameKey?) {
        let (start, end) = (partition.lowerBound, partition.upperBound)
        var lower = start
        var upper = start
        for position in partition {
            switch frame.start {
            case .unboundedPreceding: break
            case .currentRow: lower = groups.peers(of: position).lowerBound
            case .unboundedFollowing: lower = end
            case .preceding(let offset):
                while let key, lower < end, key.compare(lower, plus: offset, to: position) < 0 { lower += 1 }
            case .following(let offset):
                while let key, lower < end, key.compare(position, plus: offset, to: lower) > 0 { lower += 1 }
            }
            switch frame.end {
            case .unboundedPreceding: break
            case .currentRow: upper = groups.peers(of: position).upperBound
            case .unboundedFollowing: upper = end
            case .preceding(let offset):
                while let key, upper < end, key.compare(upper, plus: offset, to: position) <= 0 { upper += 1 }
            case .following(let offset):
                while let key, upper < end, key.compare(position, plus: offset, to: upper) >= 0 { upper += 1 }
            }
            set(position, lower, upper)
        }
    }
}

/// The values of an order key by position, for frames that are bounded by a difference of them.
struct FrameKey {
    let column: SortColumn
    let rows: PositionColumn<UInt32>

    /// Orders the value at one position, moved by `offset` in the direction of the sort, against that at another. What
    /// is no number is not moved.
    func compare(_ position: Int, plus offset: FrameDescription.Offset, to other: Int) -> Int {
        let value = moved(column.vector.datum(Int(rows[position])), by: offset)
        let against = column.vector.datum(Int(rows[other]))
        switch (value.isNull, against.isNull) {
        case (true, true): return 0
        case (true, false): return column.order.nullsFirst ? -1 : 1
        case (false, true): return column.order.nullsFirst ? 1 : -1
        case (false, false):
            let order = Datum.compare(value, against, column.order.collation)
            return column.order.isDescending ? 0 - order : order
        }
    }

    /// Refuses to add an offset that is no integer to an integer that no double holds: rounding moves it backwards, and
    /// then SQLite's frames depend on the order in which it visits rows.
    func refuseRounding(in bounds: [FrameDescription.Bound]) throws {
        let isReal = bounds.contains { bound in
            switch bound {
            case .preceding(.real), .following(.real): true
            default: false
            }
        }
        guard isReal else { return }
        for position in 0..<rows.count {
            let value = column.vector.datum(Int(rows[position]))
            if value.storageClass == .integer, value.integer.magnitude > 1 << 53 {
                throw EngineError(.leavesStaticType, "a RANGE offset that is no integer, from an integer beyond 2^53")
            }
        }
    }

    /// As SQLite adds: integers that leave 64 bits become reals.
    private func moved(_ value: Datum, by offset: FrameDescription.Offset) -> Datum {
        guard value.isNumber else { return value }
        if value.storageClass == .integer, case .integer(let distance) = offset {
            let (sum, overflows) =
                column.order.isDescending
                ? value.integer.subtractingReportingOverflow(distance)
                : value.integer.addingReportingOverflow(distance)
            if !overflows { return .integer(sum) }
        }
        let distance: Double =
            switch offset {
            case .integer(let integer): Double(integer)
            case .real(let real): real
            }
        return .real(column.order.isDescending ? value.doubleValue - distance : value.doubleValue + distance)
    }
}
