import RheiTestSupport
import RheiArrow
import RheiCore
import RheiStore
import Testing

@Suite struct ColumnStoreTests {
    private static let columns = [
        Field("id", .int64), Field("a", .int64), Field("b", .utf8View), Field("c", .any),
    ]

    private func definition(_ name: String = "t", _ key: TableDefinition.Key = .integerColumn(0)) -> TableDefinition {
        TableDefinition(name: name, columns: Self.columns, key: key)
    }

    /// A row whose values are mostly of the declared type; `isOdd` allows others.
    private func makeRow(_ key: Int64, isOdd: Bool, _ random: inout SeededGenerator) -> [SQLValue] {
        let length = Int.random(in: 0...20, using: &random)
        let odd = isOdd && Int.random(in: 0..<10, using: &random) == 0
        let number = Int64.random(in: -5...5, using: &random)
        return [
            .integer(key), odd ? .text("odd") : number == 5 ? .null : .integer(number),
            odd ? .blob([1, 2]) : .text(String(repeating: "x", count: length)),
            number < 0 ? .real(0.5) : .integer(number),
        ]
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `random changes leave what a dictionary holds, and older snapshots as they were`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let isKeyColumn = seed % 3 != 0
        let isEncoded = seed % 3 == 0 && seed % 2 == 0
        let keyRange: ClosedRange<Int64> = seed % 4 == 0 ? -50_000_000...50_000_000 : 1...400
        let definition = definition("T\(seed)", isKeyColumn ? .integerColumn(0) : isEncoded ? .encoded : .integer)
        let store = ColumnStore()
        var model: ModelRows = [:]
        var history: [(StoreSnapshot, ModelRows)] = []
        func keys(_ values: [Int64]) throws -> RowKeys {
            isEncoded ? try RowKeys(encoded: values.map { Array("key number \($0)".utf8) }) : RowKeys(integers: values)
        }
        let first = try store.begin()
        try first.createTable(definition)
        try first.publish(at: .zero)
        for step in 1...120 {
            let transaction = try store.begin()
            var next = model
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                guard let id = transaction.tableID(named: "t\(seed)") else { throw EngineError(.unknownName, "t") }
                let pick = Int.random(in: 0..<100, using: &random)
                if pick < 2 {
                    let loader = try TableLoader(definition)
                    next = [:]
                    for key in Set((0..<300).map { _ in Int64.random(in: keyRange, using: &random) }) {
                        next[key] = makeRow(key, isOdd: step > 60, &random)
                    }
                    let all = Array(next)
                    for start in stride(from: 0, to: all.count, by: 100) {
                        let part = all[start..<min(start + 100, all.count)]
                        try loader.append(
                            makeColumns(part.map(\.value), count: 4), keys: isKeyColumn ? nil : keys(part.map(\.key)))
                    }
                    try transaction.install(loader)
                    continue
                }
                var upserts: [(Int64, [SQLValue])] = []
                for _ in 0..<Int.random(in: 0...60, using: &random) {
                    let known = next.keys.randomElement(using: &random) ?? 1
                    let key = Bool.random(using: &random) ? known : .random(in: keyRange, using: &random)
                    upserts.append((key, makeRow(key, isOdd: step > 60, &random)))
                }
                var deleted: [Int64] = []
                for _ in 0..<Int.random(in: 0...60, using: &random) {
                    deleted.append(next.keys.randomElement(using: &random) ?? .random(in: keyRange, using: &random))
                }
                for key in deleted { next[key] = nil }
                for (key, row) in upserts { next[key] = row }
                let columns = upserts.isEmpty ? [] : makeColumns(upserts.map(\.1), count: 4)
                let upsertKeys = isKeyColumn ? nil : try keys(upserts.map(\.0))
                let changes = TableChanges(
                    upserts: columns, upsertKeys: upsertKeys, deletedKeys: deleted.isEmpty ? nil : try keys(deleted))
                try transaction.apply(changes, to: id)
            }
            if Int.random(in: 0..<10, using: &random) == 0 {
                if Bool.random(using: &random) { transaction.abort() }
            } else {
                let snapshot = try transaction.publish(at: ChangePosition(Int64(step)))
                model = next
                if step % 10 == 0 { history.append((snapshot, model)) }
            }
            guard let table = store.current.table(named: "t\(seed)") else { throw EngineError(.unknownName, "t") }
            #expect(try readRows(table) == model, "seed \(seed), step \(step)")
        }
        for (snapshot, rows) in history {
            guard let table = snapshot.table(named: "t\(seed)") else { throw EngineError(.unknownName, "t") }
            #expect(try readRows(table) == rows, "seed \(seed), position \(snapshot.position)")
        }
    }

    @Test func `an open transaction shows nothing and keeps others out`() throws {
        let store = ColumnStore()
        let transaction = try store.begin()
        try transaction.createTable(definition())
        #expect(store.current.table(named: "t") == nil)
        #expect(throws: EngineError.self) { try store.begin() }
        transaction.abort()
        #expect(try store.begin().tableID(named: "t") == nil)
        let next = try store.begin()
        try next.createTable(definition())
        try next.publish(at: ChangePosition(7))
        #expect(store.current.position == ChangePosition(7))
        #expect(store.current.table(named: "T")?.rowCount == 0)
        #expect(throws: EngineError.self) { try next.publish(at: ChangePosition(8)) }
    }

    @Test func `a call that throws leaves its table as before and the others changed`() throws {
        let store = ColumnStore()
        let transaction = try store.begin()
        let a = try transaction.createTable(definition("a"))
        let b = try transaction.createTable(definition("b"))
        let rows: [[SQLValue]] = (1...3).map { [.integer($0), .integer(0), .text("x"), .null] }
        try transaction.append(makeColumns(rows, count: 4), to: a)
        try transaction.append(makeColumns(rows, count: 4), to: b)
        #expect(throws: EngineError.self) {
            try transaction.append(makeColumns([[.integer(9), .null, .null, .null], rows[1]], count: 4), to: b)
        }
        #expect(throws: EngineError.self) {
            try transaction.apply(TableChanges(upserts: makeColumns(rows, count: 3)), to: b)
        }
        try transaction.append(makeColumns([[.integer(9), .null, .null, .null]], count: 4), to: b)
        try transaction.publish(at: ChangePosition(1))
        let tables = store.current.tables
        #expect(try tables.map { try readRows($0).keys.sorted() } == [[1, 2, 3], [1, 2, 3, 9]])
    }

    @Test func `a dropped table is gone and its name is free`() throws {
        let store = ColumnStore()
        var transaction = try store.begin()
        try transaction.createTable(definition())
        try transaction.publish(at: .zero)
        transaction = try store.begin()
        try transaction.dropTable(named: "T")
        #expect(throws: EngineError.self) { try transaction.dropTable(named: "t") }
        try transaction.publish(at: ChangePosition(1))
        #expect(store.current.tables.isEmpty)
    }
}
