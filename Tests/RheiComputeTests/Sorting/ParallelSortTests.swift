import RheiArrow
import RheiCompute
import RheiCore
import RheiTestSupport
import Testing

@Suite struct ParallelSortTests {
    enum Keys: CaseIterable {
        case packed, manyBits, wide, real, text, fewValues, nullable, nullableText, fewTexts
        case manyTextsOfATask, manyTextsOfAllTasks
    }

    /// Texts in the vector and outside of it, and some that a collation takes for one.
    private let fewTexts = ["", "a", "A", "a longer text than fits", "A Longer text than fits", "a longer text"]

    private func types(_ keys: Keys) -> [VectorType] {
        switch keys {
        case .packed: [.int32, .int16]
        case .manyBits: [.int64, .int64]
        case .wide: [.int128, .int32]
        case .real: [.float64, .int32]
        case .text, .nullableText: [.text]
        case .fewValues: [.int32]
        case .nullable: [.int64, .int32]
        case .fewTexts: [.int32, .text, .text]
        case .manyTextsOfATask, .manyTextsOfAllTasks: [.text, .int32]
        }
    }

    private func row(_ keys: Keys, _ index: Int, _ random: inout SeededGenerator) -> [SQLValue] {
        switch keys {
        case .packed:
            [.integer(.random(in: 0..<50_000, using: &random)), .integer(.random(in: -9...9, using: &random))]
        case .manyBits:
            [
                .integer(.random(in: (.min)...(.max), using: &random)),
                .integer(.random(in: (.min)...(.max), using: &random)),
            ]
        case .wide:
            // Stored 40 bits further up: three quarters of the values need more than 64.
            [
                .integer(.random(in: -(1 << 25)...(1 << 25), using: &random)),
                .integer(.random(in: 0..<9, using: &random)),
            ]
        case .real:
            [
                .real(Double(Int.random(in: -999...999, using: &random)) / 8),
                .integer(.random(in: 0..<9, using: &random)),
            ]
        case .text: [.text("row of text \(Int.random(in: 0..<100_000, using: &random))")]
        case .fewValues: [.integer(.random(in: 0..<3, using: &random))]
        case .nullable:
            [
                Bool.random(using: &random) ? .null : .integer(.random(in: (.min)...(.max), using: &random)),
                .integer(.random(in: 0..<9, using: &random)),
            ]
        case .nullableText:
            [Int.random(in: 0..<5, using: &random) == 0 ? .null : .text("\(Int.random(in: 0..<999, using: &random))")]
        case .fewTexts:
            [
                .integer(.random(in: 0..<4, using: &random)),
                Bool.random(using: &random) ? .null : .text(fewTexts.randomElement(using: &random) ?? ""),
                .text(fewTexts.randomElement(using: &random) ?? ""),
            ]
        // A sample sees few, as four rows of five have the same.
        case .manyTextsOfATask:
            [
                .text(index % 5 == 0 ? "value \(Int.random(in: 0..<9000, using: &random))" : "the same"),
                .integer(.random(in: 0..<4, using: &random)),
            ]
        case .manyTextsOfAllTasks:
            [
                .text(
                    index % 5 == 0 ? "value \(index >> 14) \(Int.random(in: 0..<980, using: &random))" : "the same"),
                .integer(.random(in: 0..<4, using: &random)),
            ]
        }
    }

    private func store(_ keys: Keys, count: Int) -> RowStore {
        var random = SeededGenerator(seed: 11)
        let types = types(keys)
        let store = RowStore(types: types)
        for first in stride(from: 0, to: count, by: 2048) {
            let rows = (first..<min(first + 2048, count)).map { row(keys, $0, &random) }
            let columns = types.indices.map { column in OperatorColumn(types[column], rows.map { $0[column] }) }
            store.append(columns.map(\.vector), SelectionVector(all: rows.count))
            withExtendedLifetime(columns) {}
        }
        return store
    }

    @Test(
        arguments: Keys.allCases,
        [
            SortOrder(), SortOrder(isDescending: true, nullsFirst: false),
            SortOrder(isDescending: true, collation: .noCase),
        ])
    func `rows sorted in parts come as from one sort, whichever order the tasks take`(
        _ keys: Keys, _ order: SortOrder
    ) {
        for count in [0, 1, 1000, 20_000, 140_000] {
            let store = store(keys, count: count)
            let orders = store.columns.map { _ in order }
            let expected = SortedRows(all: count)
            RowSorter(keys: store.columns, orders: orders).sort(expected)
            let sort = ParallelSort(keys: store.columns, orders: orders, rowCount: count) {}
            while let taskCount = sort.nextPass() {
                for task in (0..<taskCount).reversed() { sort.run(task: task) }
            }
            // Not within the expectation, which would print both.
            let isEqual = sort.order.rows == expected.rows
            #expect(isEqual, "\(count) rows")
            withExtendedLifetime(store) {}
        }
    }
}
