import RheiTestSupport
import RheiArrow
import RheiCore
import RheiPlan
import Testing

/// ORDER BY against a stable sort of the rows.
@Suite struct SortTests {
    private struct Order {
        var isDescending: Bool
        var nullsFirst: Bool
        var collation: Collation
    }

    private func sorted(_ rows: [[SQLValue]], by orders: [Order]) -> [[SQLValue]] {
        rows.enumerated().sorted { left, right in
            for (index, order) in orders.enumerated() {
                let (first, second) = (left.element[index], right.element[index])
                if (first == .null) != (second == .null) { return (first == .null) == order.nullsFirst }
                let result = PlainValues.compare(first, second, order.collation)
                if result != 0 { return order.isDescending ? result > 0 : result < 0 }
            }
            return left.offset < right.offset
        }.map(\.element)
    }

    private func plan(_ table: MemoryTable, _ orders: [Order], limit: Int? = nil, offset: Int = 0) -> PhysicalPlan {
        let maker = PlanMaker()
        let scan = maker.scan(table)
        let keys = orders.enumerated().map { index, order in
            SortKey(
                expression: scan.expressions[index], isDescending: order.isDescending, nullsFirst: order.nullsFirst,
                collation: order.collation)
        }
        return maker.plan(.sort(scan, keys, limit: limit, offset: offset), scan.columns)
    }

    static let keySets: [[RandomColumn]] =
        RandomColumn.allCases.map { [$0] } + [[.few, .few], [.few, .text], [.text, .real, .few], [.any, .wide]]

    @Test(arguments: keySets, [Collation.binary, .noCase, .rightTrim])
    func `rows come out sorted, ties in input order`(_ keys: [RandomColumn], _ collation: Collation) async throws {
        for (seed, shape) in [(150, 5), (120, 60), (3, 3), (0, 1)].enumerated() {
            var random = SeededGenerator(seed: UInt64(seed))
            // The last column numbers the rows, so that ties show.
            let rows = randomRows(keys, count: shape.0, spread: shape.1, &random).enumerated().map {
                $0.element + [.integer(Int64($0.offset))]
            }
            let table = randomTable(keys + [.few], rows)
            for flags in [seed % 2, 3 - seed % 2] {
                let orders = keys.indices.map { index in
                    Order(
                        isDescending: (flags & 1 == 1) != (index == 1), nullsFirst: flags & 2 == 0,
                        collation: collation)
                }
                let expected = sorted(rows, by: orders)
                for configuration in Configuration.all {
                    #expect(
                        try await configuration.rows(plan(table, orders)) == expected,
                        "seed \(seed), flags \(flags), \(configuration.testDescription)")
                }
            }
        }
    }

    @Test(arguments: keySets, Configuration.all)
    func `a limit keeps the first rows of the order`(_ keys: [RandomColumn], _ configuration: Configuration)
        async throws
    {
        var random = SeededGenerator(seed: 23)
        let rows = randomRows(keys, count: 200, spread: 30, &random).enumerated().map {
            $0.element + [.integer(Int64($0.offset))]
        }
        let table = randomTable(keys + [.few], rows)
        for isDescending in [false, true] {
            let orders = keys.map { _ in
                Order(isDescending: isDescending, nullsFirst: !isDescending, collation: .noCase)
            }
            let all = sorted(rows, by: orders)
            for (limit, offset) in [(0, 0), (1, 0), (5, 3), (100, 0), (200, 0), (7, 196), (10, 500), (Int.max, 190)] {
                let expected = Array(all.dropFirst(offset).prefix(limit))
                let plan = plan(table, orders, limit: limit, offset: offset)
                #expect(try await configuration.rows(plan) == expected, "limit \(limit) offset \(offset)")
            }
        }
    }

    @Test(arguments: [Configuration.all[2], Configuration.all[5]])
    func `a limit over many rows drops those past its threshold`(_ configuration: Configuration) async throws {
        for column in RandomColumn.allCases {
            var random = SeededGenerator(seed: 29)
            let rows = randomRows([column], count: 12_000, spread: 3000, &random).enumerated().map {
                $0.element + [.integer(Int64($0.offset))]
            }
            let table = randomTable([column, .few], rows, rowsPerGroup: 4000)
            for flags in [0, 3] {
                let order = Order(isDescending: flags & 1 == 1, nullsFirst: flags & 2 == 0, collation: .noCase)
                let expected = Array(sorted(rows, by: [order]).prefix(20))
                #expect(
                    try await configuration.rows(plan(table, [order], limit: 20)) == expected,
                    "\(column), flags \(flags), \(configuration.testDescription)")
            }
        }
    }
}
