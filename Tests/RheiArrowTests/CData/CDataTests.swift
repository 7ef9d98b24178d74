import CArrow
import RheiCore
import Synchronization
import Testing

@testable import RheiArrow

/// The C Data Interface within one process: what is exported is imported again.
@Suite struct CDataTests {
    /// Exports and imports a batch, the structures moved to other memory in between.
    private func roundTrip(_ batch: RecordBatch) throws -> RecordBatch {
        var schema = unsafe CArrow.ArrowSchema()
        unsafe try batch.schema.exportC(to: &schema)
        var array = unsafe CArrow.ArrowArray()
        unsafe try batch.exportC(to: &array)
        var moved = unsafe array
        unsafe array.release = nil
        let described = unsafe try Schema(importingC: &schema)
        unsafe schema.release(&schema)
        #expect(unsafe schema.release == nil)
        let result = unsafe try RecordBatch(importingC: &moved, schema: described)
        #expect(unsafe moved.release == nil)
        return result
    }

    /// Returns the columns whose types the interface carries.
    private func flat(_ batch: RecordBatch) throws -> RecordBatch {
        let kept = batch.columns.indices.filter { batch.columns[$0].type.physicalType != .nested }
        return try RecordBatch(
            schema: Schema(kept.map { batch.schema.fields[$0] }, metadata: batch.schema.metadata),
            columns: kept.map { batch.columns[$0] })
    }

    @Test(arguments: 0...2)
    func `every type comes back, sliced at every offset up to nine`(nulls: Int) throws {
        let whole = try flat(IPCSamples.batch(nulls: nulls, count: 40))
        #expect(try IPCSamples.isEqual(roundTrip(whole), whole))
        for start in 1...9 {
            let slice = whole.slice(offset: start, count: 29)
            #expect(try IPCSamples.isEqual(roundTrip(slice), slice), "offset \(start)")
        }
        let empty = whole.slice(offset: 0, count: 0)
        #expect(try IPCSamples.isEqual(roundTrip(empty), empty))
    }

    @Test func `no bytes are copied`() throws {
        var builder = try PrimitiveBuilder<Int64>()
        for row in 0..<100 { builder.append(Int64(row)) }
        let array = builder.finish()
        var exported = unsafe CArrow.ArrowArray()
        unsafe try array.exportC(to: &exported)
        let again = unsafe try ArrowArray(importingC: &exported, type: .int64)
        #expect(unsafe again.buffers[0].pointer == array.buffers[0].pointer)
    }

    @Test func `memory lives until the last user releases it, whatever goes first`() throws {
        weak var witness: Buffer?
        var child = unsafe CArrow.ArrowArray()
        do {
            let buffer = Buffer(copying: Array(repeating: 7, count: 80))
            witness = buffer
            let column = try ArrowArray(checking: .int64, count: 10, buffers: [buffer])
            let batch = try RecordBatch(schema: Schema([Field("x", .int64)]), columns: [column])
            var array = unsafe CArrow.ArrowArray()
            unsafe try batch.exportC(to: &array)
            // The consumer takes one child and releases the parent early.
            guard let place = unsafe array.children?[0] else { throw EngineError(.invariant, "no child") }
            unsafe child = place.pointee
            unsafe place.pointee.release = nil
            unsafe array.release(&array)
            #expect(unsafe array.release == nil)
        }
        #expect(witness != nil)
        do {
            let column = unsafe try ArrowArray(importingC: &child, type: .int64)
            let slice = column.slice(offset: 9, count: 1)
            #expect(try slice.value(at: 0) == .integer(0x0707_0707_0707_0707))
        }
        #expect(witness == nil)
    }

    @Test func `a refused array is released all the same`() throws {
        weak var witness: Buffer?
        var array = unsafe CArrow.ArrowArray()
        do {
            let buffer = Buffer(copying: Array(repeating: 7, count: 80))
            witness = buffer
            unsafe try ArrowArray(checking: .int64, count: 10, buffers: [buffer]).exportC(to: &array)
        }
        #expect(throws: EngineError.self) {
            _ = unsafe try ArrowArray(importingC: &array, type: .list(Field("item", .int8)))
        }
        #expect(unsafe array.release == nil)
        #expect(witness == nil)
        #expect(throws: EngineError.self) { _ = unsafe try ArrowArray(importingC: &array, type: .int64) }
    }

    @Test func `threads may drop shares of one import`() async throws {
        weak var witness: Buffer?
        do {
            var array = unsafe CArrow.ArrowArray()
            do {
                let buffer = Buffer(copying: Array(repeating: 7, count: 8000))
                witness = buffer
                unsafe try ArrowArray(checking: .int64, count: 1000, buffers: [buffer]).exportC(to: &array)
            }
            let column = unsafe try ArrowArray(importingC: &array, type: .int64)
            await withTaskGroup(of: Int.self) { group in
                for task in 0..<16 {
                    group.addTask {
                        (0..<100).reduce(0) { sum, row in sum + column.slice(offset: task * 10 + row, count: 5).count }
                    }
                }
                for await sum in group { #expect(sum == 500) }
            }
        }
        #expect(witness == nil)
    }

    @Test func `a stream gives its schema, its batches and its error`() throws {
        let whole = try flat(IPCSamples.batch(nulls: 1, count: 40))
        let calls = Mutex(0)
        var stream = unsafe CArrow.ArrowArrayStream()
        unsafe CStreamExport.export(schema: whole.schema, to: &stream) {
            let call = calls.withLock { count in
                count += 1
                return count
            }
            if call == 3 { throw EngineError(.io, "the disk is gone") }
            return call < 5 ? whole.slice(offset: call, count: 20) : nil
        }
        let reader = unsafe try CStreamReader(moving: &stream)
        #expect(unsafe stream.release == nil)
        #expect(reader.schema == whole.schema)
        for call in 1...2 {
            let again = try #require(try reader.next())
            #expect(IPCSamples.isEqual(again, whole.slice(offset: call, count: 20)))
        }
        let error = #expect(throws: EngineError.self) { try reader.next() }
        #expect(error?.message.contains("the disk is gone") == true)
        #expect(try reader.next()?.rowCount == 20)
        #expect(try reader.next() == nil)
    }

    @Test(arguments: ["", "+l", "w:-1", "w:x", "d:39,0", "d:5", "tsq:", "+ud:0,1", "zz"])
    func `other formats are refused by name`(format: String) {
        #expect(throws: EngineError.self) { try CFormat.type(format) }
    }

    @Test func `formats name their types`() throws {
        for field in try flat(IPCSamples.batch(nulls: 0, count: 1)).schema.fields where field.type != .any {
            #expect(try CFormat.type(CFormat.format(field.type)) == field.type)
        }
    }
}
