import RheiArrow
import RheiCore
import RheiPlan
import RheiTestSupport
import Testing

/// DISTINCT aggregates whose values wait in lists while most are new, against sets of values.
@Suite struct DistinctDeferralTests {
    static let configurations: [Configuration] = [
        Configuration(vectorSize: 7, threadCount: 1, groupsPerTable: 3),
        Configuration(vectorSize: 7, threadCount: 2, groupsPerTable: 3),
        Configuration(vectorSize: 64, threadCount: 2, groupsPerTable: 40),
        Configuration(vectorSize: 64, threadCount: 3, groupsPerTable: 400),
        Configuration(vectorSize: 2048, threadCount: 2),
        Configuration(vectorSize: 7, threadCount: 2, spillThreshold: 20_000, groupsPerTable: 40),
        Configuration(vectorSize: 64, threadCount: 3, spillThreshold: 60_000, groupsPerTable: 400),
    ]

    /// Values that are mostly new, then mostly known, then new again.
    private func rows(_ value: RandomColumn, keySpread: Int, _ random: inout SeededGenerator) -> [[SQLValue]] {
        let spreads = [100_000, 8, 100_000]
        return spreads.flatMap { spread in
            (0..<900).map { _ in
                [
                    RandomColumn.text.value(keySpread, nulls: true, &random),
                    value.value(spread, nulls: true, &random),
                    RandomColumn.few.value(spread, nulls: true, &random),
                ]
            }
        }
    }

    @Test(arguments: [RandomColumn.few, .wide, .real, .text, .any], [3, 40, 2000])
    func `values that wait are counted once`(_ value: RandomColumn, _ keySpread: Int) async throws {
        let seed = UInt64(keySpread)
        var random = SeededGenerator(seed: seed)
        let rows = rows(value, keySpread: keySpread, &random)
        let maker = PlanMaker()
        let scan = maker.scan(randomTable([.text, value, .few], rows, rowsPerGroup: 200))
        let column = scan.expressions
        func call(_ function: AggregateFunction, _ argument: Expression, distinct: Bool) -> AggregateCall {
            AggregateCall(
                function: function, arguments: [argument], isDistinct: distinct, filter: nil, collation: .binary,
                type: .int64)
        }
        let calls = [
            call(.count, column[1], distinct: true), call(.sum, column[2], distinct: true),
            call(.count, column[2], distinct: false),
        ]
        let node = PhysicalAggregate(input: scan, keys: [column[0]], aggregates: calls)
        let plan = maker.plan(.aggregate(node), maker.columns([.utf8View, .int64, .int64, .int64]))
        let expected = Dictionary(grouping: rows) { $0[0] }.map { key, rows -> [SQLValue] in
            let values = Set(rows.map { GroupKey([$0[1]]) }.filter { $0.values != [.null] })
            let numbers = rows.compactMap { if case .integer(let number) = $0[2] { number } else { nil } }
            let sum = Set(numbers).reduce(0, +)
            return [
                key, .integer(Int64(values.count)), numbers.isEmpty ? .null : .integer(sum),
                .integer(Int64(numbers.count)),
            ]
        }
        for configuration in Self.configurations {
            #expect(
                inAnyOrder(try await configuration.rows(plan)) == inAnyOrder(expected),
                "seed \(seed), \(configuration.testDescription)")
        }
    }
}
