import RheiArrow
import RheiCore
import RheiTestSupport
import Testing

@testable import RheiStore

/// Tables from files whose segments have integer keys out of order, in each other's ranges.
@Suite struct OverlappingSegmentsTests {
    /// Far apart, so that the index reads keys by row number.
    private static let distance: Int64 = 1_000_000_007
    private static let definition = TableDefinition(
        name: "t", columns: [Field("id", .int64), Field("v", .int64)], key: .integerColumn(0))

    private static func rows(_ keys: [Int64], _ value: Int64) -> [ArrowArray] {
        makeColumns(keys.map { [.integer($0 * distance), .integer(value)] }, count: 2)
    }

    private static func upsert(_ keys: [Int64], _ value: Int64, _ store: ColumnStore) throws {
        let transaction = try store.begin()
        let id = try #require(transaction.tableID(named: "t"))
        try transaction.apply(TableChanges(upserts: rows(keys, value)), to: id)
        try transaction.publish(at: ChangePosition(store.current.position.value + 1))
    }

    @Test func `a search that brings a later segment into the index leaves the others to be found`() throws {
        let files = MemoryFileSystem()
        var expected: ModelRows = [:]
        // Ascending keys; two segments in their range, of which the first reaches into that of the last; one that
        // descends.
        let batches: [[Int64]] = [Array(0..<100), [50, 250], [60], [300, 200]]
        do {
            let (durable, restored) = try DurableStore.open("db-rhei", on: files)
            let store = try ColumnStore(restored, loadingInto: durable)
            let loader = try TableLoader(Self.definition, for: store)
            try loader.append(Self.rows(batches[0], 0))
            let transaction = try store.begin()
            try transaction.install(loader)
            try transaction.publish(at: ChangePosition(1))
            for (value, keys) in batches.enumerated().dropFirst() { try Self.upsert(keys, Int64(value), store) }
            _ = try durable.flush(store.current)
        }
        for (value, keys) in batches.enumerated() {
            for key in keys { expected[key * Self.distance] = [.integer(key * Self.distance), .integer(Int64(value))] }
        }
        let (_, restored) = try DurableStore.open("db-rhei", on: files)
        let store = try ColumnStore(restored)
        #expect(store.current.table(named: "t")?.segments.count == batches.count)
        try Self.upsert([60, 200, 7, 250], 9, store)
        for key: Int64 in [60, 200, 7, 250] {
            expected[key * Self.distance] = [.integer(key * Self.distance), .integer(9)]
        }
        #expect(try readRows(try #require(store.current.table(named: "t"))) == expected)
    }
}
