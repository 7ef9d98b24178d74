import RheiArrow
import RheiCore
import RheiTestSupport

@testable import RheiCompute

/// Sorted rows of a partition key, an order key and a value, and the plain forms of what windows over them are.
///
/// Plain forms look at every row of a partition for every row; they read the order of the rows, which has tests of its
/// own, and the values that the rows were made of.
struct WindowFixture {
    /// The rows in their order.
    let rows: [[SQLValue]]
    let groups: WindowGroups
    let positions: PositionColumn<UInt32>
    let orderColumn: SortColumn
    let store: RowStore
    let order: SortOrder
    private let numbers: [(partition: Int, group: Int)]

    /// - Parameter rows: partition key, order key, value.
    init(_ rows: [[SQLValue]], types: [VectorType], order: SortOrder = SortOrder()) {
        self.order = order
        store = RowStore(types: types)
        let columns = types.indices.map { column in OperatorColumn(types[column], rows.map { $0[column] }) }
        store.append(columns.map(\.vector), SelectionVector(all: rows.count))
        withExtendedLifetime(columns) {}
        let sorted = SortedRows(all: rows.count)
        let orders = [SortOrder(), order]
        RowSorter(keys: Array(store.columns.prefix(2)), orders: orders).sort(sorted)
        self.rows = sorted.rows.map { rows[$0] }
        let differences = RowDifferences(keys: Array(store.columns.prefix(2)), orders: orders, rows: sorted)
        groups = WindowGroups(differences, run: 0..<rows.count, partitionKeyCount: 1, keyCount: 2)
        positions = PositionColumn(count: rows.count)
        for (position, row) in sorted.rows.enumerated() { positions[position] = UInt32(row) }
        orderColumn = SortColumn(store.columns[1], order)
        numbers = Self.numbers(self.rows, order)
    }

    /// Random rows: a few partitions, order keys with ties and nulls.
    init(
        _ rowCount: Int, _ valueType: VectorType, orderType: VectorType = .int64, order: SortOrder = SortOrder(),
        _ random: inout SeededGenerator, value: (inout SeededGenerator) -> SQLValue
    ) {
        let rows = (0..<rowCount).map { _ -> [SQLValue] in
            let key = random.chance(percent: 12) ? SQLValue.null : .integer(Int64(random.below(8)))
            let orderKey: SQLValue =
                if case .integer(let integer) = key, orderType == .float64 { .real(Double(integer) / 2) } else { key }
            return [.integer(Int64(random.below(3))), orderKey, value(&random)]
        }
        self.init(rows, types: [.int64, orderType, valueType], order: order)
    }

    /// For every row the number of its partition and of its group of peers, counted through all rows.
    private static func numbers(_ rows: [[SQLValue]], _ order: SortOrder) -> [(partition: Int, group: Int)] {
        var result: [(partition: Int, group: Int)] = []
        for (position, row) in rows.enumerated() {
            guard position > 0 else {
                result.append((0, 0))
                continue
            }
            let (partition, group) = result[position - 1]
            let isNewPartition = rows[position - 1][0] != row[0]
            let isNewGroup = isNewPartition || rows[position - 1][1] != row[1]
            result.append((partition + (isNewPartition ? 1 : 0), group + (isNewGroup ? 1 : 0)))
        }
        return result
    }

    func frames(_ frame: FrameDescription) throws -> FrameTable {
        try FrameTable(frame, groups, key: FrameKey(column: orderColumn, rows: positions))
    }

    func input() -> WindowInput { WindowInput(positions, argument: store.columns[2], filter: nil) }

    // MARK: - Plain forms

    func partition(of position: Int) -> [Int] {
        rows.indices.filter { numbers[$0].partition == numbers[position].partition }
    }

    func peers(of position: Int) -> [Int] { rows.indices.filter { numbers[$0].group == numbers[position].group } }

    /// The positions of a frame without what is excluded.
    func plainFrame(_ frame: FrameDescription, of position: Int) -> [Int] {
        let excluded: [Int] =
            switch frame.exclusion {
            case .none, .noOthers: []
            case .currentRow: [position]
            case .group: peers(of: position)
            case .ties: peers(of: position).filter { $0 != position }
            }
        return partition(of: position).filter {
            isInside($0, of: position, frame.unit, frame.start, isStart: true)
                && isInside($0, of: position, frame.unit, frame.end, isStart: false) && !excluded.contains($0)
        }
    }

    private func isInside(
        _ other: Int, of position: Int, _ unit: FrameDescription.Unit, _ bound: FrameDescription.Bound, isStart: Bool
    ) -> Bool {
        func isWithin(_ distance: Double) -> Bool { isStart ? distance >= 0 : distance <= 0 }
        func place(_ row: Int) -> Double { Double(unit == .rows ? row : numbers[row].group) }
        let offset: Double
        switch bound {
        case .unboundedPreceding: return isStart
        case .unboundedFollowing: return !isStart
        case .currentRow: return isWithin(place(other) - place(position))
        case .preceding(.integer(let count)): offset = -Double(count)
        case .preceding(.real(let count)): offset = -count
        case .following(.integer(let count)): offset = Double(count)
        case .following(.real(let count)): offset = count
        }
        guard unit == .range else { return isWithin(place(other) - place(position) - offset) }
        // Rows without a number are in the range of each other alone, and where the sort has put them.
        guard let mine = key(position), let its = key(other) else {
            if key(position) == nil, key(other) == nil { return true }
            let comesFirst = (key(other) == nil) == order.nullsFirst
            return comesFirst != isStart
        }
        return isWithin(order.isDescending ? mine - its - offset : its - mine - offset)
    }

    private func key(_ position: Int) -> Double? {
        switch rows[position][1] {
        case .integer(let integer): Double(integer)
        case .real(let real): real
        default: nil
        }
    }
}

extension FrameDescription {
    /// Frames of all units, bounds and exclusions, offsets of 0, 1, 2 and more than there are rows among them.
    static let all: [FrameDescription] = {
        let offsets: [Offset] = [.integer(0), .integer(1), .integer(2), .integer(1_000)]
        let starts: [Bound] =
            [.unboundedPreceding, .currentRow] + offsets.map(Bound.preceding) + offsets.map(Bound.following)
        let ends: [Bound] =
            [.unboundedFollowing, .currentRow] + offsets.map(Bound.preceding) + offsets.map(Bound.following)
        var frames: [FrameDescription] = []
        for unit in [Unit.rows, .groups, .range] {
            for start in starts {
                for end in ends {
                    for exclusion in [Exclusion.none, .noOthers, .currentRow, .group, .ties] {
                        frames.append(FrameDescription(unit: unit, start: start, end: end, exclusion: exclusion))
                    }
                }
            }
        }
        return frames
    }()

    static func random(_ random: inout SeededGenerator) -> FrameDescription { random.pick(all) }
}

extension WindowResult {
    /// The values of all rows.
    func values(_ fixture: WindowFixture) -> [SQLValue] {
        fixture.rows.indices.map { position in
            switch self {
            case .values(let vector, let owners):
                defer { withExtendedLifetime(owners) {} }
                return vector.isValid(position) ? SQLValue(vector.datum(position)) : .null
            case .stored(let chosen, let column, _):
                let stored = fixture.store.columns[column]
                let row = Int(chosen[position])
                return chosen[position] == noStoredRow || !stored.isValid(row)
                    ? .null : SQLValue(stored.vector(from: 0, count: stored.rowCount).datum(row))
            }
        }
    }
}

extension SQLValue {
    fileprivate init(_ datum: Datum) {
        switch datum.storageClass {
        case .null: self = .null
        case .integer: self = .integer(datum.integer)
        case .real: self = .real(datum.real)
        case .text, .blob: self = unsafe datum.string.withBytes { .text(unsafe String(decoding: $0, as: UTF8.self)) }
        }
    }
}
