import RheiArrow
import RheiCore
@testable import RheiStore
import Testing

@Suite struct TypeWideningTests {
    private let store = ColumnStore()

    init() throws {
        let definition = TableDefinition(
            name: "t", columns: [Field("id", .int64), Field("v", .int64), Field("d", .date32)], key: .integerColumn(0))
        let transaction = try store.begin()
        try transaction.createTable(definition)
        try transaction.publish(at: .zero)
    }

    /// Upserts one row per value, with keys from `firstKey` on and null dates.
    private func upsert(_ values: [SQLValue], firstKey: Int64) throws -> TableSnapshot {
        let rows = values.enumerated().map { [.integer(firstKey + Int64($0)), $1] as [SQLValue] }
        let columns = makeColumns(rows, count: 2)
        let transaction = try store.begin()
        let id = try #require(transaction.tableID(named: "t"))
        try transaction.apply(TableChanges(upserts: columns + [.nulls(.date32, count: values.count)]), to: id)
        return try #require(try transaction.publish(at: store.current.position).table(named: "t"))
    }

    @Test func `a column has its declared type, then that of its values, then any`() throws {
        let nulls = try upsert([.null, .null], firstKey: 0)
        #expect(nulls.schema.fields[1].type == .int64 && nulls.schemaVersion == 1)
        let texts = try upsert([.text("x")], firstKey: 10)
        #expect(texts.schema.fields[1].type == .utf8View && texts.schemaVersion == 2)
        let same = try upsert([.text("y"), .null], firstKey: 20)
        #expect(same.schemaVersion == 2)
        let mixed = try upsert([.integer(5)], firstKey: 30)
        #expect(mixed.schema.fields[1].type == .any && mixed.schemaVersion == 3)
        #expect(
            try readRows(mixed).mapValues { $0[1] } == [
                0: .null, 1: .null, 10: .text("x"), 20: .text("y"), 21: .null, 30: .integer(5),
            ])
        #expect(try readRows(texts).mapValues { $0[1] } == [0: .null, 1: .null, 10: .text("x")])
        #expect(nulls.schema.fields[1].type == .int64)
    }

    @Test func `a narrow segment under any is widened once and kept narrow for whoever asks`() throws {
        _ = try upsert((0..<1000).map { .integer($0) }, firstKey: 0)
        let table = try upsert([.real(0.5)], firstKey: 5000)
        #expect(table.segments.count == 2)
        #expect(try table.narrowColumn(1, ofSegment: 0).type == .int64)
        let wide = try table.column(1, ofSegment: 0)
        #expect(wide.type == .any)
        #expect(try table.column(1, ofSegment: 0).buffers[1] === wide.buffers[1])
        #expect(try wide.value(at: 7) == .integer(7))
    }

    @Test func `values that a typed column cannot hold are refused and change nothing`() throws {
        _ = try upsert([.integer(1)], firstKey: 0)
        let transaction = try store.begin()
        let id = try #require(transaction.tableID(named: "t"))
        let rows: [[SQLValue]] = [[.integer(0), .integer(2), .text("no date")]]
        #expect(throws: EngineError.self) {
            try transaction.apply(TableChanges(upserts: makeColumns(rows, count: 3)), to: id)
        }
        let table = try #require(try transaction.publish(at: ChangePosition(5)).table(named: "t"))
        #expect(try readRows(table)[0]?[1] == .integer(1))
    }

    @Test func `bounds cover all values and nulls are counted`() throws {
        _ = try upsert([.integer(-3), .null, .integer(9)], firstKey: 0)
        let table = try upsert([.integer(4)], firstKey: 100)
        #expect(table.zone(ofColumn: 1) == ZoneMap(bounds: .integers(-3, 9), nullCount: 1))
        #expect(table.zone(ofColumn: 0) == ZoneMap(bounds: .integers(0, 100), nullCount: 0))
        #expect(table.zone(ofColumn: 2) == ZoneMap(bounds: .empty, nullCount: 4))
        let wide = try upsert([.text("")], firstKey: 200)
        #expect(wide.zone(ofColumn: 1).bounds == .unknown)
        let reals = makeColumns([[.real(0.5)], [.real(-.infinity)], [.null]], count: 1)[0]
        #expect(ZoneMap(of: reals) == ZoneMap(bounds: .reals(-.infinity, 0.5), nullCount: 1))
        #expect(ZoneMap(of: makeColumns([[.real(.nan)], [.real(1)]], count: 1)[0]).bounds == .unknown)
    }
}
