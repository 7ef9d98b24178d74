import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore
import Testing

@Suite struct RowSorterTests {
    private func sorted(_ types: [VectorType], _ rows: [[SQLValue]], _ orders: [SortOrder]) -> [Int] {
        let store = RowStore(types: types)
        for first in stride(from: 0, to: rows.count, by: 1500) {
            let part = rows[first..<min(first + 1500, rows.count)]
            let columns = types.indices.map { column in OperatorColumn(types[column], part.map { $0[column] }) }
            store.append(columns.map(\.vector), SelectionVector(all: part.count))
            withExtendedLifetime(columns) {}
        }
        let order = SortedRows(all: rows.count)
        RowSorter(keys: store.columns, orders: orders).sort(order)
        return order.rows
    }

    private func expected(_ rows: [[SQLValue]], _ orders: [SortOrder]) -> [Int] {
        let arena = StringArena()
        let data = rows.map { $0.map { Datum($0, arena: arena) } }
        let result = rows.indices.sorted { left, right in
            for (index, order) in orders.enumerated() {
                let (first, second) = (data[left][index], data[right][index])
                if first.isNull != second.isNull { return first.isNull == order.nullsFirst }
                let result = Datum.compare(first, second, order.collation)
                if result != 0 { return order.isDescending ? result > 0 : result < 0 }
            }
            return left < right
        }
        withExtendedLifetime(arena) {}
        return result
    }

    static let types: [[VectorType]] = [
        [.int64], [.int32], [.int16], [.float64], [.text], [.blob], [.any], [.int128], [.int64, .text],
        [.int16, .int16, .int64], [.text, .any, .float64],
    ]

    @Test(arguments: types, [0, 1, 2, 3, 4])
    func `any keys sort like a stable comparison sort`(_ types: [VectorType], _ stage: Int) {
        for (seed, spread) in [3, 900].enumerated() {
            var random = SeededGenerator(seed: UInt64(seed))
            let rows = (0..<1200).map { _ in types.map { random.value($0, spread: spread, stage: stage) } }
            for flags in 0..<4 {
                let orders = types.indices.map { index in
                    SortOrder(
                        isDescending: (flags + index) % 2 == 1, nullsFirst: flags < 2,
                        collation: [.binary, .noCase, .rightTrim][(flags + index) % 3])
                }
                #expect(sorted(types, rows, orders) == expected(rows, orders), "seed \(seed), flags \(flags)")
            }
        }
    }

    @Test func `texts with long common beginnings sort by their ends`() {
        var random = SeededGenerator(seed: 31)
        let beginnings = [
            String(repeating: "long ", count: 60), "", "2013-01-01 ", "a beginning of many bytes, ",
            "a beginning of many bytes, \u{0}",
        ]
        let rows: [[SQLValue]] = (0..<3000).map { _ in
            let number = Int.random(in: 0..<4000, using: &random)
            let tail =
                number % 3 == 0 ? String(number) : String(repeating: "x", count: number % 20) + String(number % 9)
            return [.text(beginnings[number % beginnings.count] + tail)]
        }
        for collation in [TextCollation.binary, .noCase, .rightTrim] {
            for isDescending in [false, true] {
                let order = [SortOrder(isDescending: isDescending, collation: collation)]
                #expect(sorted([.text], rows, order) == expected(rows, order))
            }
        }
    }

    @Test func `the edges of integers and reals keep their places`() {
        let integers: [SQLValue] = [.integer(.max), .integer(.min), .null, .integer(0), .integer(-1), .integer(1)]
        #expect(sorted([.int64], integers.map { [$0] }, [SortOrder()]) == [2, 1, 4, 3, 5, 0])
        #expect(
            sorted([.int64], integers.map { [$0] }, [SortOrder(isDescending: true, nullsFirst: false)])
                == [0, 5, 3, 4, 1, 2])
        let reals: [SQLValue] = [
            .real(.infinity), .real(-0.0), .real(0), .real(-.infinity), .real(-1e-300), .real(.leastNonzeroMagnitude),
        ]
        #expect(sorted([.float64], reals.map { [$0] }, [SortOrder()]) == [3, 4, 1, 2, 5, 0])
        let mixed: [SQLValue] = [.integer(1 << 53 + 1), .real(0x1p53), .integer(1 << 53), .text(""), .blob([]), .null]
        #expect(sorted([.any], mixed.map { [$0] }, [SortOrder()]) == [5, 1, 2, 0, 3, 4])
    }
}
