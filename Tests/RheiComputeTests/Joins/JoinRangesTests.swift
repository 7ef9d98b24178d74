import RheiArrow
import RheiCompute
import RheiCore
import RheiTestSupport
import Testing

/// Ranges of rows in order, against trying every row.
@Suite struct JoinRangesTests {
    /// A build side: integer keys, values in order, and values that are reached.
    private struct Side {
        let rows: [[SQLValue]]
        let store: RowStore
        let table: JoinTable

        init(_ types: [VectorType], _ rows: [[SQLValue]], isKeyed: Bool, reaches: Bool) throws {
            self.rows = rows
            store = RowStore(types: types)
            for first in stride(from: 0, to: rows.count, by: 1000) {
                let part = rows[first..<min(first + 1000, rows.count)]
                let columns = types.indices.map { column in OperatorColumn(types[column], part.map { $0[column] }) }
                store.append(columns.map(\.vector), SelectionVector(all: part.count))
                withExtendedLifetime(columns) {}
            }
            let plain =
                isKeyed
                ? JoinTable(keyColumns: [store.columns[0]], rowCount: rows.count, nullsMatch: [false])
                : JoinTable(rowCount: rows.count)
            table = try plain.ordered(
                by: store.columns[1], .binary, reach: reaches ? store.columns[2] : nil, check: {})
        }
    }

    /// The build rows of each probe row: keys, two bounds and what must be reached.
    private func found(
        _ side: Side, _ types: [VectorType], _ probes: [[SQLValue]], _ sides: [JoinBound.Side], isKeyed: Bool,
        reaches: Bool, takesNearest: Bool
    ) -> [[Int]] {
        let columns = types.indices.map { column in OperatorColumn(types[column], probes.map { $0[column] }) }
        defer { withExtendedLifetime((columns, side.store)) {} }
        let all = SelectionVector(all: probes.count)
        let (matches, ranges, list) = (JoinMatches(), JoinRanges(), JoinPairList())
        matches.find(isKeyed ? [columns[0].vector] : [], all, in: side.table, JoinProbe())
        ranges.narrow(
            matches, all, in: side.table, zip(sides, columns[1...]).map { JoinBound($0, $1.vector) },
            reach: reaches ? columns[3].vector : nil, takesNearest: takesNearest)
        var result: [[Int]] = Array(repeating: [], count: probes.count)
        var progress = JoinPairList.Progress()
        var isDone = false
        while !isDone {
            isDone = list.append(all, matches, in: side.table, keepsMisses: true, ranges: ranges, from: &progress)
            for pair in list.pairs { if let row = pair.build { result[pair.probe].append(row) } }
            list.clear()
        }
        return result
    }

    private static func fulfils(_ stored: SQLValue, _ side: JoinBound.Side, _ bound: SQLValue) -> Bool {
        guard stored != .null, bound != .null else { return false }
        let order = plainOrder(stored, bound)
        return switch side {
        case .above: order > 0
        case .atLeast: order >= 0
        case .below: order < 0
        case .atMost: order <= 0
        }
    }

    private static func plainOrder(_ left: SQLValue, _ right: SQLValue) -> Int {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left < right ? -1 : left > right ? 1 : 0
        case (.real(let left), .real(let right)): left < right ? -1 : left > right ? 1 : 0
        case (.text(let left), .text(let right)):
            left.utf8.lexicographicallyPrecedes(right.utf8)
                ? -1 : right.utf8.lexicographicallyPrecedes(left.utf8) ? 1 : 0
        default: 0
        }
    }

    private static func value(_ type: VectorType, _ random: inout SeededGenerator) -> SQLValue {
        if Int.random(in: 0..<15, using: &random) == 0 { return .null }
        let number = Int.random(in: -200...200, using: &random)
        switch type {
        case .text: return .text("\(number % 3 == 0 ? "prefix of more than eight " : "")\(number)")
        case .float64: return .real(Double(number) / 4)
        default: return .integer(Int64(number))
        }
    }

    @Test(arguments: [VectorType.int64, .int32, .float64, .text], [true, false])
    func `rows within bounds are those that comparing each one finds`(_ type: VectorType, _ isKeyed: Bool) throws {
        var random = SeededGenerator(seed: UInt64(isKeyed ? 7 : 8))
        let rows = (0..<5000).map { _ -> [SQLValue] in
            [.integer(Int64.random(in: 0..<5, using: &random)), Self.value(type, &random), Self.value(type, &random)]
        }
        let probes = (0..<300).map { _ -> [SQLValue] in
            [.integer(Int64.random(in: 0..<6, using: &random))] + (0..<3).map { _ in Self.value(type, &random) }
        }
        let pairs: [[JoinBound.Side]] = [
            [.atLeast, .atMost], [.above, .below], [.atMost, .above], [.below], [.atLeast],
        ]
        for sides in pairs {
            for (reaches, takesNearest) in [(false, false), (true, false), (false, true)] {
                let side = try Side([.int64, type, type], rows, isKeyed: isKeyed, reaches: reaches)
                let lists = found(
                    side, [.int64, type, type, type], probes, sides, isKeyed: isKeyed, reaches: reaches,
                    takesNearest: takesNearest)
                for (probe, list) in zip(probes, lists) {
                    var expected = rows.indices.filter { row in
                        (!isKeyed || rows[row][0] == probe[0])
                            && zip(sides, probe[1...]).allSatisfy { Self.fulfils(rows[row][1], $0, $1) }
                    }
                    if reaches {
                        // Words of texts tell the first bytes apart only, so some rows more may come.
                        let sure = expected.filter { Self.fulfils(rows[$0][2], .atLeast, probe[3]) }
                        #expect(Set(sure).isSubset(of: list) && Set(list).isSubset(of: expected))
                        if type != .text, probe[3] != .null { #expect(list.sorted() == sure) }
                        continue
                    }
                    if takesNearest {
                        let isUpper = sides[0] == .atMost || sides[0] == .below
                        let values = expected.map { rows[$0][1] }
                        let best = values.first { value in
                            values.allSatisfy {
                                isUpper ? Self.plainOrder(value, $0) >= 0 : Self.plainOrder(value, $0) <= 0
                            }
                        }
                        #expect(list.count == (best == nil ? 0 : 1))
                        if let row = list.first { #expect(rows[row][1] == best && expected.contains(row)) }
                        continue
                    }
                    expected.sort()
                    #expect(list.sorted() == expected)
                }
            }
        }
    }
}
