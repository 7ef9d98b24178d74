import RheiArrow
import RheiCompute
import RheiCore
import RheiTestSupport
import Testing

@Suite struct OrderedRowJoinTests {
    @Test(arguments: [0, 1, 63, 1000, 150_000])
    func `rows of several stores come in the order of their runs, with nulls, tags and strings`(_ count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        let types: [VectorType] = [.int64, .text, .any, .int32, .int16]
        let stores = (0..<3).map { _ in RowStore(types: types) }
        var runs: [OrderedRowJoin.Run] = []
        var expected: [[SQLValue]] = []
        while expected.count < count {
            let store = Int.random(in: 0..<3, using: &random)
            let length = min(Int.random(in: 1...2048, using: &random), count - expected.count)
            let first = stores[store].rowCount
            let rows = (0..<length).map { index in
                let number = Int64(expected.count + index)
                // The first store has no nulls.
                let text: SQLValue = store > 0 && number % 5 == 0 ? .null : .text("a text of some length \(number)")
                return [
                    .integer(number), text, number % 3 == 0 ? .real(Double(number)) : text,
                    .integer(number & 1), store == 2 && number % 2 == 0 ? .null : .integer(number % 100),
                ] as [SQLValue]
            }
            let columns = types.indices.map { column in OperatorColumn(types[column], rows.map { $0[column] }) }
            stores[store].append(columns.map(\.vector), SelectionVector(all: length))
            withExtendedLifetime(columns) {}
            runs.append(OrderedRowJoin.Run(store: store, rows: first..<first + length))
            expected += rows
        }
        let join = OrderedRowJoin(stores, runs, types: types)
        for task in (0..<join.taskCount).reversed() { join.run(task: task) }
        #expect(join.result.rowCount == count)
        for (column, type) in types.enumerated() {
            for first in stride(from: 0, to: count, by: 2048) {
                let length = min(2048, count - first)
                let vector = join.result.columns[column].vector(from: first, count: length)
                let found = (0..<length).map { vector.datum($0).sqlValue }
                #expect(found == expected[first..<first + length].map { $0[column] }, "\(type) from \(first)")
            }
        }
        withExtendedLifetime((join, stores)) {}
    }
}
