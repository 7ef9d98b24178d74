import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore
import Testing

@Suite struct JoinTableTests {
    /// Returns for every probe row the build rows that it finds.
    private func matches(
        _ types: [VectorType], build: [[SQLValue]], probe: [[SQLValue]], nullsMatch: [Bool]
    ) -> [[Int]] {
        let store = RowStore(types: types)
        for first in stride(from: 0, to: build.count, by: 1000) {
            let part = build[first..<min(first + 1000, build.count)]
            let columns = types.indices.map { column in OperatorColumn(types[column], part.map { $0[column] }) }
            store.append(columns.map(\.vector), SelectionVector(all: part.count))
            withExtendedLifetime(columns) {}
        }
        let table = JoinTable(keyColumns: store.columns, rowCount: build.count, nullsMatch: nullsMatch)
        let columns = types.indices.map { column in OperatorColumn(types[column], probe.map { $0[column] }) }
        let found = JoinMatches()
        found.find(columns.map(\.vector), SelectionVector(all: probe.count), in: table, JoinProbe())
        withExtendedLifetime(columns) {}
        var rows: [[Int]] = probe.map { _ in [] }
        let list = JoinPairList()
        var progress = JoinPairList.Progress()
        var isDone = false
        while !isDone {
            let all = SelectionVector(all: probe.count)
            isDone = list.append(all, found, in: table, keepsMisses: true, from: &progress)
            for pair in list.pairs { if let row = pair.build { rows[pair.probe].append(row) } }
            list.clear()
        }
        return rows
    }

    static let types: [[VectorType]] = [
        [.int64], [.int32], [.int16], [.float64], [.text], [.any], [.int64, .int64], [.text, .int32], [.int128],
    ]

    @Test(arguments: types, [(20, 0), (1500, 0), (20, 1), (1500, 2), (20, 3), (1500, 3), (1500, 4)])
    func `every key finds its build rows in order`(_ types: [VectorType], _ shape: (Int, Int)) {
        let (spread, stage) = shape
        var random = SeededGenerator(seed: UInt64(stage))
        let build = (0..<2500).map { _ in types.map { random.value($0, spread: spread, stage: stage) } }
        let probe = (0..<400).map { index in
            types.map { random.value($0, spread: spread * 2, stage: index % 4 == 0 ? (stage + 1) % 5 : stage) }
        }
        for nullsMatch in [types.map { _ in false }, types.map { _ in true }] {
            var rows: [OperatorKey: [Int]] = [:]
            for (row, values) in build.enumerated() where nullsMatch[0] || !values.contains(.null) {
                rows[OperatorKey(values), default: []].append(row)
            }
            let found = matches(types, build: build, probe: probe, nullsMatch: nullsMatch)
            for (row, values) in probe.enumerated() {
                let expected = nullsMatch[0] || !values.contains(.null) ? rows[OperatorKey(values)] ?? [] : []
                #expect(found[row] == expected, "\(values)")
            }
        }
    }

    @Test func `keys at the edges of the integers are found and their neighbours are not`() {
        let edges: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
        for low in edges {
            for high in edges {
                let build: [[SQLValue]] = [[.integer(low)], [.integer(high)]]
                let found = matches([.int64], build: build, probe: edges.map { [.integer($0)] }, nullsMatch: [false])
                for (row, edge) in edges.enumerated() {
                    #expect(found[row] == [low, high].indices.filter { [low, high][$0] == edge }, "\(low) \(high)")
                }
            }
        }
    }
}
