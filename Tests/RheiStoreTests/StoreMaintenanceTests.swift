import RheiArrow
import RheiCore
@testable import RheiStore
import Testing

@Suite struct StoreMaintenanceTests {
    private let definition = TableDefinition(
        name: "t", columns: [Field("id", .int64), Field("v", .int64)], key: .integerColumn(0))

    private func columns(_ keys: some Sequence<Int64>, _ value: Int64 = 0) -> [ArrowArray] {
        makeColumns(keys.map { [.integer($0), .integer(value)] }, count: 2)
    }

    private func makeStore(rowCount: Int64) throws -> ColumnStore {
        let loader = try TableLoader(definition)
        for start in stride(from: 0, to: rowCount, by: Segment.maximumRowCount) {
            let ids = ColumnBuilder()
            let values = ColumnBuilder()
            for key in start..<min(rowCount, start + Int64(Segment.maximumRowCount)) {
                ids.append(integer: key)
                values.append(integer: key % 7)
            }
            try loader.append([ids.finish(), values.finish()])
        }
        let store = ColumnStore()
        let transaction = try store.begin()
        try transaction.install(loader)
        try transaction.publish(at: .zero)
        return store
    }

    @discardableResult
    private func apply(_ changes: TableChanges, to store: ColumnStore) throws -> TableSnapshot {
        let transaction = try store.begin()
        let id = try #require(transaction.tableID(named: "t"))
        try transaction.apply(changes, to: id)
        let position = ChangePosition(store.current.position.value + 1)
        return try #require(try transaction.publish(at: position).table(named: "t"))
    }

    @Test func `ten changed rows cost the same in a large table as in a small one`() throws {
        var costs: [StoreMetrics] = []
        for rowCount in [20_000, 1_000_000] as [Int64] {
            let store = try makeStore(rowCount: rowCount)
            let before = store.metrics
            try apply(TableChanges(upserts: columns((0..<10).map { $0 * 1000 }, 1)), to: store)
            var cost = store.metrics
            #expect(cost.appendedRowCount - before.appendedRowCount == 10)
            #expect(cost.mergedRowCount == before.mergedRowCount && cost.compactedRowCount == before.compactedRowCount)
            #expect(cost.copiedDeleteByteCount <= 10 * (60 * 8 + 256))
            cost.appendedRowCount = 0
            cost.mergedRowCount = 0
            costs.append(cost)
        }
        #expect(costs[1].copiedDeleteByteCount <= costs[0].copiedDeleteByteCount + 60 * 8)
        #expect(costs[0].deletedRowCount == costs[1].deletedRowCount)
    }

    @Test func `single rows merge into few segments, each row a few times`() throws {
        let store = try makeStore(rowCount: 0)
        let rowCount = 3000
        for key in 0..<Int64(rowCount) { try apply(TableChanges(upserts: columns([key])), to: store) }
        let table = try #require(store.current.table(named: "t"))
        #expect(table.rowCount == rowCount)
        // Three of each power of four up to 1 024, and two of that: fewer than the seven that merge to 3 000.
        #expect(table.segments.count <= 3 * 5 + 2)
        #expect(store.metrics.mergedRowCount <= rowCount * 6)
        for (left, right) in zip(table.segments, table.segments.dropFirst()) {
            #expect(left.segment.rowNumbers.upperBound == right.segment.firstRowNumber)
        }
    }

    @Test func `a segment that is mostly deleted is rewritten and its keys are found again`() throws {
        let store = try makeStore(rowCount: 200_000)
        let deleted = RowKeys(integers: (0..<122_880).filter { $0 % 5 != 0 })
        let table = try apply(TableChanges(deletedKeys: deleted), to: store)
        #expect(store.metrics.compactedRowCount >= 24_576)
        #expect(table.segments.allSatisfy { $0.deletedRowCount * 2 <= $0.segment.rowCount })
        let last = try apply(TableChanges(upserts: columns([0, 5, 150_000], 99)), to: store)
        #expect(last.rowCount == 200_000 - deleted.count)
        let rows = try readRows(last)
        #expect(rows[5] == [.integer(5), .integer(99)] && rows[10] == [.integer(10), .integer(3)])
        #expect(rows[6] == nil)
    }

    @Test func `segments without live rows go away, and so does an emptied table's memory`() throws {
        let store = try makeStore(rowCount: 5000)
        weak let segment = store.current.table(named: "t")?.segments[0].segment
        #expect(segment != nil)
        let table = try apply(TableChanges(deletedKeys: RowKeys(integers: Array(0..<5000))), to: store)
        #expect(table.segments.isEmpty && table.rowCount == 0)
        #expect(segment == nil)
        let again = try apply(TableChanges(upserts: columns(0..<3)), to: store)
        #expect(try readRows(again).count == 3)
    }

    @Test func `released versions free their memory and held ones keep theirs`() throws {
        let store = try makeStore(rowCount: 100)
        var held: StoreSnapshot? = store.current
        weak let first = held
        weak var vector: DeleteVector?
        weak let buffer = try held?.table(named: "t")?.segments[0].segment.keptColumn(1).buffers[0]
        vector = try apply(TableChanges(deletedKeys: RowKeys(integers: [3])), to: store).segments[0].deletes
        #expect(vector != nil)
        try apply(TableChanges(deletedKeys: RowKeys(integers: [4])), to: store)
        #expect(vector == nil && first != nil && buffer != nil)
        let transaction = try store.begin()
        try transaction.dropTable(named: "t")
        try transaction.publish(at: ChangePosition(9))
        #expect(buffer != nil)
        #expect(try readRows(#require(held?.table(named: "t"))).count == 100)
        held = nil
        #expect(first == nil && buffer == nil)
    }

    @Test func `a key that is loaded twice is refused`() throws {
        let loader = try TableLoader(definition)
        try loader.append(columns([1, 2, 3]))
        try loader.append(columns([4, 2]))
        let transaction = try ColumnStore().begin()
        #expect(throws: EngineError.self) { try transaction.install(loader) }
        #expect(transaction.tableID(named: "t") == nil)
    }
}
