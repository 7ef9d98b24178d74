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
        defer { withExtendedLifetime((columns, store)) {} }
        return found(in: table, columns.map(\.vector), count: probe.count)
    }

    /// Returns for every row of the keys the build rows that it finds.
    private func found(in table: JoinTable, _ keys: [ColumnVector], count: Int) -> [[Int]] {
        let found = JoinMatches()
        found.find(keys, SelectionVector(all: count), in: table, JoinProbe())
        var rows: [[Int]] = Array(repeating: [], count: count)
        let list = JoinPairList()
        var progress = JoinPairList.Progress()
        var isDone = false
        while !isDone {
            let all = SelectionVector(all: count)
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

    /// How the keys of a large build side lie.
    enum Shape: CaseIterable {
        case ascending, ascendingTwins, shuffled, shuffledTwins, withNulls, wide
        /// So many that several maps are filled, and that rows are counted by several tasks.
        case many, manyTwins
        /// In ranges that are small enough for an array over all values.
        case direct, directTwins
    }

    /// Keys of 300 000 rows or more.
    private func keys(_ shape: Shape, _ random: inout SeededGenerator) -> [Int64?] {
        let count = 300_000
        let base = Int64.random(in: -1 << 40...1 << 40, using: &random)
        var keys: [Int64?]
        switch shape {
        case .ascending: keys = (0..<count).map { base + Int64($0 * 4 + $0 % 3) }
        case .ascendingTwins: keys = (0..<count).map { base + Int64($0 / 3 * 5) }
        case .shuffled: keys = (0..<count).map { base + Int64($0 * 3) }.shuffled(using: &random)
        case .shuffledTwins: keys = (0..<count).map { _ in base + .random(in: 0..<600_000, using: &random) }
        case .withNulls: keys = (0..<count).map { $0 % 7 == 0 ? nil : base + Int64($0 * 2) }
        case .wide: keys = (0..<count).map { base + Int64($0 * 60) }.shuffled(using: &random)
        case .many: keys = (0..<(count * 4)).map { base + Int64($0 * 2) }.shuffled(using: &random)
        case .manyTwins: keys = (0..<(count * 4)).map { _ in base + .random(in: 0..<2_000_000, using: &random) }
        case .direct: keys = (0..<90_000).map { $0 % 9 == 0 ? nil : base + Int64($0 * 2) }.shuffled(using: &random)
        case .directTwins: keys = (0..<(count * 4)).map { _ in base + .random(in: 0..<200_000, using: &random) }
        }
        return keys
    }

    @Test(arguments: Shape.allCases, [VectorType.int64, .int32])
    func `large integer keys find their rows, whichever order the tasks take`(_ shape: Shape, _ type: VectorType) {
        var random = SeededGenerator(seed: 7)
        var keys = keys(shape, &random)
        if type == .int32 {
            let base = keys.compactMap { $0 }.min() ?? 0
            keys = keys.map { $0.map { $0 - base - 1_000_000 } }
        }
        let store = RowStore(types: [type])
        for first in stride(from: 0, to: keys.count, by: 2048) {
            let column = OperatorColumn(
                type, keys[first..<min(first + 2048, keys.count)].map { $0.map { .integer($0) } ?? .null })
            store.append([column.vector], SelectionVector(all: min(2048, keys.count - first)))
            withExtendedLifetime(column) {}
        }
        let builder = JoinTableBuilder(keyColumns: store.columns, rowCount: keys.count, nullsMatch: [false])
        while let taskCount = builder.nextPass() {
            for task in (0..<taskCount).reversed() { builder.run(task: task) }
        }
        let (table, filter) = (builder.table(), builder.keyFilter())
        var rows: [Int64: [Int]] = [:]
        for (row, key) in keys.enumerated() { if let key { rows[key, default: []].append(row) } }
        #expect(table.isUnique == rows.values.allSatisfy { $0.count == 1 })
        #expect(table.hasUnmatchableNull == keys.contains(nil))
        let isDirect = shape == .direct || shape == .directTwins
        #expect((filter == nil) == isDirect)
        #expect(isDirect || filter?.bounds == rows.keys.min().flatMap { low in rows.keys.max().map { low...$0 } })
        let low = rows.keys.min() ?? 0
        let probe = (0..<2000).map { index in
            index % 2 == 0 ? keys[Int.random(in: 0..<keys.count, using: &random)] ?? low : low + Int64(index) * 700 - 9
        }
        if let filter { for key in probe { #expect(filter.mayHold(key) == (rows[key] != nil)) } }
        let column = OperatorColumn(type, probe.map { .integer($0) })
        #expect(found(in: table, [column.vector], count: probe.count) == probe.map { rows[$0] ?? [] })
        withExtendedLifetime((column, store)) {}
    }
}
