import RheiArrow
import RheiCore

/// Functions whose result is the value that another row has.
enum RowChoosingFunctions {
    /// The row so many places before (with a negative sign: after) each row of a partition.
    ///
    /// - Parameter distance: by position; nil where it is null or no whole number, which leads to no row.
    static func shifted(
        _ groups: WindowGroups, _ rows: PositionColumn<UInt32>, distance: (Int) -> Int64?
    ) -> PositionColumn<UInt32> {
        let chosen = PositionColumn<UInt32>(count: groups.rowCount)
        groups.forEachPartition { partition in
            for position in partition {
                chosen[position] = noStoredRow
                guard let distance = distance(position) else { continue }
                let (target, overflows) = Int64(position).subtractingReportingOverflow(distance)
                if !overflows, target >= Int64(partition.lowerBound), target < Int64(partition.upperBound) {
                    chosen[position] = rows[Int(target)]
                }
            }
        }
        return chosen
    }

    static func first(_ frames: FrameTable, _ rows: PositionColumn<UInt32>) -> PositionColumn<UInt32> {
        choose(frames, rows) { position in
            var found: Int?
            frames.forEachPart(of: position) { if found == nil { found = $0.lowerBound } }
            return found
        }
    }

    static func last(_ frames: FrameTable, _ rows: PositionColumn<UInt32>) -> PositionColumn<UInt32> {
        choose(frames, rows) { position in
            var found: Int?
            frames.forEachPart(of: position) { found = $0.upperBound - 1 }
            return found
        }
    }

    /// - Parameter number: by position, counted from 1; nil where it is no whole number.
    static func nth(
        _ frames: FrameTable, _ rows: PositionColumn<UInt32>, number: (Int) -> Int64?
    ) throws -> PositionColumn<UInt32> {
        try choose(frames, rows) { position in
            guard let wanted = number(position), wanted > 0 else {
                throw EngineError(.invalidArgument, "second argument to nth_value must be a positive integer")
            }
            var rest = wanted - 1
            var found: Int?
            frames.forEachPart(of: position) { part in
                if found == nil, rest < Int64(part.count) { found = part.lowerBound + Int(rest) }
                rest = max(0, rest - Int64(part.count))
            }
            return found
        }
    }

    @inline(__always)
    private static func choose(
        _ frames: FrameTable, _ rows: PositionColumn<UInt32>, _ position: (Int) throws -> Int?
    ) rethrows -> PositionColumn<UInt32> {
        let chosen = PositionColumn<UInt32>(count: rows.count)
        for index in 0..<rows.count { chosen[index] = try position(index).map { rows[$0] } ?? noStoredRow }
        return chosen
    }
}

extension Datum {
    /// The whole number that the value is; nil for anything else.
    var wholeNumber: Int64? {
        switch storageClass {
        case .integer: integer
        case .real: Int64(exactly: real)
        default: nil
        }
    }
}
