import RheiArrow
import RheiCore
import Testing

@Suite struct RecordBatchTests {
    private let schema = Schema([Field("a", .int64), Field("b", .utf8View)])

    private func columns(_ count: Int) throws -> [ArrowArray] {
        try [SampleArrays.primitive(.int64, 1, count) { Int64($0) }, SampleArrays.bytes(.utf8View, 0, count)]
    }

    @Test func `columns must fit the schema`() throws {
        #expect(throws: EngineError.self) { try RecordBatch(schema: schema, columns: []) }
        #expect(throws: EngineError.self) { try RecordBatch(schema: schema, columns: columns(3).reversed()) }
        #expect(throws: EngineError.self) {
            try RecordBatch(schema: schema, columns: [columns(3)[0], columns(2)[1]])
        }
        #expect(try RecordBatch(schema: Schema([]), columns: [], rowCount: 5).rowCount == 5)
    }

    @Test func `slices and cells agree with the columns`() throws {
        let batch = try RecordBatch(schema: schema, columns: columns(10))
        let slice = batch.slice(offset: 3, count: 4)
        #expect(slice.rowCount == 4)
        #expect(try slice.value(row: 0, column: 0) == .integer(3))
        #expect(try slice.value(row: 1, column: 0) == .null)
        #expect(try slice.column(named: "b")?.value(at: 0) == .text("thirteen byte"))
        #expect(slice.column(named: "B") == nil)
        #expect(try slice == RecordBatch(schema: schema, columns: columns(10)).slice(offset: 3, count: 4))
        #expect(slice != batch.slice(offset: 2, count: 4))
    }
}
