import RheiArrow
import RheiCDC
import RheiPlan
import RheiStore

/// Finds what changed between two positions in the versions of one generation.
///
/// Reads the segments alone that have versions which began or ended in between.
struct VersionScan {
    /// A version that began or ended.
    private struct Edge {
        var position: Int64
        var time: Int64
        var row: ChangedRow
    }

    private let name: String
    private let after: Int64
    private let through: Int64
    private var begins: [Edge] = []
    private var ends: [Edge] = []

    /// - Parameters:
    ///   - after: the position before the first change wanted.
    ///   - through: that of the last.
    init(_ name: String, open: TableSnapshot, closed: TableSnapshot, after: Int64, through: Int64) throws {
        self.name = name
        self.after = after
        self.through = through
        for version in open.segments + closed.segments { try collect(version, open.schema.fields.map(\.name)) }
    }

    /// The changes in the order of their positions.
    func changes(startingAt start: Int64) -> [ChangeEvent] {
        var ended = Dictionary(ends.map { ($0.position, $0) }) { first, _ in first }
        var changes: [ChangeEvent] = []
        // The rows that were there at the start of the history did not change then.
        for edge in begins where edge.position > start {
            let old = ended.removeValue(forKey: edge.position)
            changes.append(
                ChangeEvent(
                    table: name, position: edge.position, time: edge.time, operation: old == nil ? .insert : .update,
                    old: old?.row, new: edge.row))
        }
        for edge in ended.values {
            changes.append(
                ChangeEvent(
                    table: name, position: edge.position, time: edge.time, operation: .delete, old: edge.row, new: nil))
        }
        return changes.sorted { $0.position < $1.position }
    }

    private mutating func collect(_ version: SegmentVersion, _ names: [String]) throws {
        let first = names.count - VersionColumn.allCases.count
        let segment = version.segment
        func index(_ column: VersionColumn) -> Int { first + column.rawValue }
        guard mayTouch(segment.zones[index(.fromPosition)]) || mayTouch(segment.zones[index(.toPosition)]) else {
            return
        }
        let from = try PrimitiveArray<Int64>(segment.column(index(.fromPosition)))
        let to = try PrimitiveArray<Int64>(segment.column(index(.toPosition)))
        let fromTime = try PrimitiveArray<Int64>(segment.column(index(.validFrom)))
        let toTime = try PrimitiveArray<Int64>(segment.column(index(.validTo)))
        for row in 0..<segment.rowCount where version.deletes?.isDeleted(row) != true {
            let hasBegun = isWanted(from[row])
            let hasEnded = to.isValid(row) && isWanted(to[row])
            guard hasBegun || hasEnded else { continue }
            let columns = try (0..<first).map { try segment.column($0).take([row]) }
            let fields = zip(names, columns).map { Field($0, $1.type) }
            let values = ChangedRow(try RecordBatch(schema: Schema(fields), columns: columns, rowCount: 1))
            if hasBegun { begins.append(Edge(position: from[row], time: fromTime[row], row: values)) }
            if hasEnded { ends.append(Edge(position: to[row], time: toTime[row], row: values)) }
        }
    }

    private func isWanted(_ position: Int64) -> Bool { position > after && position <= through }

    private func mayTouch(_ zone: ZoneMap) -> Bool {
        switch zone.bounds {
        case .empty: false
        case .integers(let low, let high): high > after && low <= through
        default: true
        }
    }
}
