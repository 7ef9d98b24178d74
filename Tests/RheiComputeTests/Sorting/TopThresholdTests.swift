import RheiArrow
import RheiCompute
import RheiCore
import RheiTestSupport
import Testing

@Suite struct TopThresholdTests {
    @Test(
        arguments: [VectorType.int64, .int32, .int128, .float64, .text],
        [
            SortOrder(), SortOrder(isDescending: true, nullsFirst: false),
            SortOrder(isDescending: true, nullsFirst: true),
            SortOrder(isDescending: false, nullsFirst: false),
        ])
    func `rows that are left out have no part in the first rows`(_ type: VectorType, _ order: SortOrder) throws {
        var random = SeededGenerator(seed: 5)
        let threshold = TopThreshold(order: order)
        let filtered = TopRows(
            types: [type, .int64], keySlots: [0, 1], orders: [order, SortOrder()], wanted: 10, shared: threshold)
        let all = TopRows(types: [type, .int64], keySlots: [0, 1], orders: [order, SortOrder()], wanted: 10)
        let numbers = RowNumbers()
        let buffer = SelectionBuffer()
        defer { withExtendedLifetime((numbers, buffer)) {} }
        var leftOut = 0
        for batch in 0..<40 {
            let key = OperatorColumn(type, (0..<500).map { _ in random.value(type, spread: 3000, stage: 1) })
            defer { withExtendedLifetime(key) {} }
            let vectors = [key.vector, numbers.vector(from: batch * 500, count: 500)]
            let rows = threshold.select(key.vector, SelectionVector(all: 500), into: buffer)
            leftOut += 500 - rows.count
            filtered.append(vectors, rows)
            all.append(vectors, SelectionVector(all: 500))
        }
        // Texts are not looked at beside nulls.
        #expect(leftOut > 0 || (type == .text && !order.nullsFirst))
        #expect(first(filtered, type) == first(all, type))
    }

    private func first(_ top: TopRows, _ type: VectorType) -> [String] {
        let order = top.sorted()
        let buffers = [VectorBuffer(type: type), VectorBuffer(type: .int64)]
        defer { withExtendedLifetime((top, order, buffers)) {} }
        let columns = top.rows.gather(order, from: 0, count: 10, columnCount: 2, into: buffers)
        return (0..<10).map { row in "\(columns.map { $0.datum(row).sqlValue })" }
    }
}
