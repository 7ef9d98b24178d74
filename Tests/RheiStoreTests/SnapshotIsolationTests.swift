import RheiTestSupport
import RheiArrow
import RheiCore
@testable import RheiStore
import Testing

@Suite struct SnapshotIsolationTests {
    private func definition(_ name: String) -> TableDefinition {
        TableDefinition(name: name, columns: [Field("id", .int64), Field("v", .int64)], key: .integerColumn(0))
    }

    /// Every published version holds, in both tables, the same values whose sum is zero.
    @Test func `readers on several threads see both tables at one position, while a writer publishes`() async throws {
        let store = ColumnStore()
        let setup = try store.begin()
        for name in ["a", "b"] { try setup.createTable(definition(name)) }
        try setup.publish(at: .zero)
        let last: Int64 = 300
        try await withThrowingTaskGroup { group in
            group.addTask { try Self.write(to: store, until: last) }
            for _ in 0..<3 {
                group.addTask {
                    var position: Int64 = 0
                    while position < last {
                        let snapshot = store.current
                        #expect(snapshot.position.value >= position)
                        position = snapshot.position.value
                        try Self.check(snapshot)
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func write(to store: ColumnStore, until last: Int64) throws {
        var random = SeededGenerator(seed: 7)
        for position in 1...last {
            let transaction = try store.begin()
            let keys = (0..<20).map { _ in Int64.random(in: 0..<500, using: &random) }
            let rows = Set(keys).map { [.integer($0), .integer(position)] as [SQLValue] }
            for name in ["a", "b"] {
                guard let id = transaction.tableID(named: name) else { continue }
                let deleted = RowKeys(integers: keys.map { $0 / 3 })
                try transaction.apply(TableChanges(upserts: makeColumns(rows, count: 2), deletedKeys: deleted), to: id)
            }
            try transaction.publish(at: ChangePosition(position))
        }
    }

    private static func check(_ snapshot: StoreSnapshot) throws {
        let a = try readRows(#require(snapshot.table(named: "a")))
        let b = try readRows(#require(snapshot.table(named: "b")))
        #expect(a == b)
        let newest = a.values.map { $0[1] }.contains(.integer(snapshot.position.value))
        #expect(newest || snapshot.position == .zero)
    }
}
