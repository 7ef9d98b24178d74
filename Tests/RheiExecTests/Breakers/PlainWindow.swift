import RheiCore
import RheiPlan

/// Window functions by their definitions: for every row all rows of its partition are looked at.
struct PlainWindow {
    let rows: [[SQLValue]]
    /// Columns of the rows that are the keys, in order.
    let keys: [(column: Int, isDescending: Bool, nullsFirst: Bool, collation: Collation)]
    /// The rows sorted by the keys, ties in input order.
    let sorted: [[SQLValue]]

    init(_ rows: [[SQLValue]], keys: [(column: Int, isDescending: Bool, nullsFirst: Bool, collation: Collation)]) {
        self.rows = rows
        self.keys = keys
        sorted = rows.enumerated().sorted { left, right in
            for key in keys {
                let order = Self.order(left.element[key.column], right.element[key.column], key)
                if order != 0 { return order < 0 }
            }
            return left.offset < right.offset
        }.map(\.element)
    }

    private static func order(
        _ left: SQLValue, _ right: SQLValue,
        _ key: (column: Int, isDescending: Bool, nullsFirst: Bool, collation: Collation)
    ) -> Int {
        switch (left == .null, right == .null) {
        case (true, true): return 0
        case (true, false): return key.nullsFirst ? -1 : 1
        case (false, true): return key.nullsFirst ? 1 : -1
        case (false, false):
            let order = PlainValues.compare(left, right, key.collation)
            return key.isDescending ? -order : order
        }
    }

    private func agree(_ left: Int, _ right: Int, on count: Int) -> Bool {
        keys.prefix(count).allSatisfy { Self.order(sorted[left][$0.column], sorted[right][$0.column], $0) == 0 }
    }

    /// For every row the number of the run of rows before it that differ on the first keys.
    private func runNumbers(on count: Int) -> [Int] {
        var number = 0
        return sorted.indices.map { position in
            if position > 0, !agree(position - 1, position, on: count) { number += 1 }
            return number
        }
    }

    /// The positions of the rows of the partition, and of the frame after exclusions.
    private func positions(
        _ position: Int, _ call: WindowCall, _ partitions: [Int], _ groups: [Int]
    ) -> (partition: [Int], peers: [Int], frame: [Int]) {
        let partition = sorted.indices.filter { partitions[$0] == partitions[position] }
        let peers = partition.filter { groups[$0] == groups[position] }
        let frame = partition.filter { other in
            isInside(other, position, groups, call, call.frame.start, isStart: true)
                && isInside(other, position, groups, call, call.frame.end, isStart: false)
        }
        let excluded: [Int] =
            switch call.frame.exclusion {
            case .none, .noOthers: []
            case .currentRow: [position]
            case .group: peers
            case .ties: peers.filter { $0 != position }
            }
        return (partition, peers, frame.filter { !excluded.contains($0) })
    }

    /// Whether a row is not before the start, or not after the end.
    private func isInside(
        _ other: Int, _ position: Int, _ groups: [Int], _ call: WindowCall, _ bound: FrameExtent.Bound,
        isStart: Bool
    ) -> Bool {
        func compare(_ distance: Int, _ wanted: Int) -> Bool { isStart ? distance >= wanted : distance <= wanted }
        let distance: Int
        switch call.frame.unit {
        case .rows: distance = other - position
        case .groups: distance = groups[other] - groups[position]
        case .range:
            switch bound {
            case .preceding(let offset): return isInRange(other, position, call, offset, isForward: false, isStart)
            case .following(let offset): return isInRange(other, position, call, offset, isForward: true, isStart)
            default: distance = groups[other] - groups[position]
            }
        }
        switch bound {
        case .unboundedPreceding: return isStart
        case .unboundedFollowing: return !isStart
        case .currentRow: return compare(distance, 0)
        case .preceding(.integer(let offset)): return compare(distance, -Int(offset))
        case .following(.integer(let offset)): return compare(distance, Int(offset))
        default: return false
        }
    }

    private func isInRange(
        _ other: Int, _ position: Int, _ call: WindowCall, _ offset: SQLValue, isForward: Bool, _ isStart: Bool
    ) -> Bool {
        let key = keys[call.partitionKeyCount]
        func moved(_ value: SQLValue) -> SQLValue {
            switch (value, offset) {
            case (.integer(let first), .integer(let second)):
                let (sum, overflows) =
                    key.isDescending
                    ? first.subtractingReportingOverflow(second) : first.addingReportingOverflow(second)
                return overflows ? .real(Double(first) + Double(key.isDescending ? -second : second)) : .integer(sum)
            case (.real(let first), .integer(let second)):
                return .real(key.isDescending ? first - Double(second) : first + Double(second))
            default: return value
            }
        }
        let mine = sorted[position][key.column]
        let theirs = sorted[other][key.column]
        let order = isForward ? Self.order(theirs, moved(mine), key) : Self.order(moved(theirs), mine, key)
        return isStart ? order >= 0 : order <= 0
    }

    // MARK: functions

    /// The result of a call for every sorted row; arguments are columns of the rows.
    func values(_ call: WindowCall, arguments: [Int], filter: Int?) -> [SQLValue] {
        let partitions = runNumbers(on: call.partitionKeyCount)
        let groups = runNumbers(on: call.partitionKeyCount + call.orderKeyCount)
        return sorted.indices.map { position in
            let (partition, peers, frame) = positions(position, call, partitions, groups)
            let number = position - partition[0]
            switch call.function {
            case .rowNumber: return .integer(Int64(number + 1))
            case .rank: return .integer(Int64(peers[0] - partition[0] + 1))
            case .denseRank: return .integer(Int64(groups[position] - groups[partition[0]] + 1))
            case .percentRank:
                return .real(partition.count < 2 ? 0 : Double(peers[0] - partition[0]) / Double(partition.count - 1))
            case .cumeDist:
                return .real(Double(partition.filter { $0 <= peers[peers.count - 1] }.count) / Double(partition.count))
            case .ntile:
                guard case .integer(let buckets) = sorted[partition[0]][arguments[0]] else { return .null }
                return .integer(bucket(number, partition.count, Int(buckets)))
            case .lag, .lead:
                let sign = call.function == .lag ? -1 : 1
                var target: Int? = position + sign
                if arguments.count > 1 {
                    if case .integer(let distance) = sorted[position][arguments[1]] {
                        target = position + sign * Int(distance)
                    } else {
                        target = nil
                    }
                }
                if let target, partition.contains(target) { return sorted[target][arguments[0]] }
                return arguments.count > 2 ? sorted[position][arguments[2]] : .null
            case .firstValue: return frame.first.map { sorted[$0][arguments[0]] } ?? .null
            case .lastValue: return frame.last.map { sorted[$0][arguments[0]] } ?? .null
            case .nthValue:
                guard case .integer(let wanted) = sorted[position][arguments[1]] else { return .null }
                return frame.count >= Int(wanted) ? sorted[frame[Int(wanted) - 1]][arguments[0]] : .null
            case .aggregate(let function):
                let taken = frame.filter { row in filter.map { sorted[row][$0] == .integer(1) } ?? true }
                return aggregate(function, taken.map { row in arguments.first.map { sorted[row][$0] } ?? .integer(1) })
            }
        }
    }

    private func bucket(_ row: Int, _ count: Int, _ buckets: Int) -> Int64 {
        var start = 0
        for bucket in 0..<buckets {
            let size = count / buckets + (bucket < count % buckets ? 1 : 0)
            if row < start + size { return Int64(bucket + 1) }
            start += size
        }
        return Int64(buckets)
    }

    private func aggregate(_ function: AggregateFunction, _ all: [SQLValue]) -> SQLValue {
        let values = all.filter { $0 != .null }
        let numbers = values.compactMap { value -> Double? in
            switch value {
            case .integer(let integer): Double(integer)
            case .real(let real): real
            default: nil
            }
        }
        switch function {
        case .countStar, .count: return .integer(Int64(values.count))
        case .total: return .real(numbers.reduce(0, +))
        case .average: return values.isEmpty ? .null : .real(numbers.reduce(0, +) / Double(numbers.count))
        case .sum:
            if values.isEmpty { return .null }
            if case .integer = values[0] { return .integer(Int64(numbers.reduce(0, +))) }
            return .real(numbers.reduce(0, +))
        case .minimum, .maximum:
            return values.reduce(SQLValue.null) { best, next in
                if best == .null { return next }
                let order = PlainValues.compare(next, best)
                return (function == .minimum ? order < 0 : order > 0) ? next : best
            }
        case .groupConcat:
            let texts = values.map { value -> String in if case .text(let text) = value { text } else { "" } }
            return texts.isEmpty ? .null : .text(texts.joined(separator: ","))
        default: return .null
        }
    }
}
