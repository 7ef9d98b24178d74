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

    private static func batch(nulls: Int) throws -> RecordBatch {
        let arrays = try NestedArrayTests.everyType(nulls: nulls, count: 40)
        let fields = arrays.enumerated().map { index, array in
            Field(
                "c\(index)", array.type, isNullable: index % 2 == 0, metadata: index % 3 == 0 ? ["k": "v\(index)"] : [:]
            )
        }
        return try RecordBatch(schema: Schema(fields, metadata: ["made": "here", "empty": ""]), columns: arrays)
    }

    @Test(arguments: 0...2)
    func `every type comes back, sliced at every offset up to nine`(nulls: Int) throws {
        let whole = try Self.batch(nulls: nulls)
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
            _ = unsafe try ArrowArray(importingC: &array, type: .list(Field("item", .int64)))
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
        let whole = try Self.batch(nulls: 1)
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

    @Test func `a dictionary and a child that were taken outlive what they came from`() throws {
        weak var witness: Buffer?
        var (values, items) = unsafe (CArrow.ArrowArray(), CArrow.ArrowArray())
        do {
            let buffer = Buffer(copying: Array(repeating: 7, count: 80))
            witness = buffer
            let numbers = try ArrowArray(checking: .int64, count: 10, buffers: [buffer])
            let named = try ArrowArray(
                checking: .dictionary(index: .int8, value: .int64, isOrdered: false), count: 2,
                buffers: [Buffer(copying: [9, 0])], children: [numbers])
            let list = try ArrowArray(
                checking: .list(Field("item", named.type)), count: 1,
                buffers: [Buffer(copying: [0, 0, 0, 0, 2, 0, 0, 0])], children: [named])
            var exported = unsafe CArrow.ArrowArray()
            unsafe try list.exportC(to: &exported)
            let child = unsafe try #require(exported.children?[0])
            unsafe items = child.pointee
            unsafe child.pointee.release = nil
            unsafe exported.release(&exported)
            let dictionary = unsafe try #require(items.dictionary)
            unsafe values = dictionary.pointee
            unsafe dictionary.pointee.release = nil
            unsafe items.release(&items)
        }
        #expect(witness != nil)
        #expect(unsafe try ArrowArray(importingC: &values, type: .int64).count == 10)
        #expect(witness == nil)
    }

    @Test func `an import may be released on another thread, exports too`() async throws {
        weak var witness: Buffer?
        let batch = try Self.batch(nulls: 1)
        var array = unsafe CArrow.ArrowArray()
        do {
            let buffer = Buffer(copying: Array(repeating: 7, count: 320))
            witness = buffer
            let column = try ArrowArray(checking: .int64, count: 40, buffers: [buffer])
            let wider = try RecordBatch(
                schema: Schema(batch.schema.fields + [Field("x", .int64)]), columns: batch.columns + [column])
            unsafe try wider.exportC(to: &array)
        }
        let address = unsafe Address(value: array)
        // The last share goes within the task, wherever that runs.
        let sum = await Task.detached {
            var moved = unsafe address.value
            let field = Field("x", .int64)
            guard let child = unsafe moved.children?[Int(moved.n_children) - 1] else { return -1 }
            let column = unsafe try? ArrowArray(importingC: child, type: field.type)
            unsafe moved.release(&moved)
            return column?.count ?? -1
        }.value
        #expect(sum == 40)
        #expect(witness == nil)
    }

    /// Carries a structure to another thread; only one side uses it.
    @unsafe private struct Address: @unchecked Sendable {
        let value: CArrow.ArrowArray
    }

    @Test func `a stream may be released before its end, and after an error`() throws {
        final class Witness: Sendable {}
        weak var held: Witness?
        let schema = Schema([Field("x", .int64)])
        for failsAtOnce in [false, true] {
            var stream = unsafe CArrow.ArrowArrayStream()
            do {
                let witness = Witness()
                held = witness
                unsafe CStreamExport.export(schema: schema, to: &stream) {
                    withExtendedLifetime(witness) {}
                    throw EngineError(.io, "the disk is gone")
                }
            }
            #expect(held != nil)
            if failsAtOnce {
                var array = unsafe CArrow.ArrowArray()
                #expect(unsafe stream.get_next(&stream, &array) != 0)
                #expect(unsafe array.release == nil)
                let message = unsafe stream.get_last_error(&stream).map { unsafe String(cString: $0) }
                #expect(message?.contains("the disk is gone") == true)
                // Another call that works clears the message.
                var described = unsafe CArrow.ArrowSchema()
                #expect(unsafe stream.get_schema(&stream, &described) == 0)
                #expect(unsafe stream.get_last_error(&stream) == nil)
                unsafe described.release(&described)
            }
            unsafe stream.release(&stream)
            #expect(unsafe stream.release == nil)
            #expect(held == nil)
        }
    }

    @Test func `batches of another schema end a stream with an error`() throws {
        var stream = unsafe CArrow.ArrowArrayStream()
        let other = try RecordBatch(
            schema: Schema([Field("y", .int8)]), columns: [SampleArrays.primitive(.int8, 0, 2) { Int8($0) }])
        unsafe CStreamExport.export(schema: Schema([Field("x", .utf8)]), to: &stream) { other }
        let reader = unsafe try CStreamReader(moving: &stream)
        #expect(throws: EngineError.self) { try reader.next() }
    }

    @Test func `damaged structures are refused`() throws {
        let batch = try Self.batch(nulls: 1)
        for (field, column) in zip(batch.schema.fields, batch.columns) where column.type.physicalType != .none {
            for damage in 0..<5 {
                var array = unsafe CArrow.ArrowArray()
                unsafe try column.exportC(to: &array)
                switch damage {
                case 0: unsafe array.length = -1
                case 1: unsafe array.offset = -1
                case 2: unsafe array.n_buffers = 0
                case 3: unsafe array.n_children += 1
                default: unsafe array.length = .max
                }
                // Structs and runs have no buffers of which there could be fewer, and flat arrays no children to
                // miscount.
                let hasNoBuffers = damage == 2 && column.buffers.isEmpty
                if hasNoBuffers { unsafe array.length = -1 }
                #expect(throws: EngineError.self, "\(field.type), damage \(damage)") {
                    _ = unsafe try ArrowArray(importingC: &array, type: column.type)
                }
                #expect(unsafe array.release == nil)
            }
        }
    }

    @Test(arguments: [
        "", "+l", "w:-1", "w:x", "d:39,0", "d:5", "tsq:", "+ud:0,1", "zz", "+w:2", "+x", "+vl", "+m", "+r", "+us:x",
    ])
    func `other formats are refused by name`(format: String) {
        #expect(throws: EngineError.self) { try CFormat.type(format) }
    }

    @Test func `formats name their types`() throws {
        for field in try Self.batch(nulls: 0).schema.fields {
            var schema = unsafe CArrow.ArrowSchema()
            unsafe try field.exportC(to: &schema)
            #expect(unsafe try Field(importingC: &schema) == field)
            unsafe schema.release(&schema)
        }
        for type in [
            DataType.map(
                entries: Field("e", .struct([Field("k", .int8), Field("v", .int8)]), isNullable: false),
                keysSorted: true),
            .dictionary(index: .uint64, value: .list(Field("item", .any)), isOrdered: true),
            .union(fields: [], typeIDs: [], mode: .dense), .struct([]), .fixedSizeList(Field("item", .null), count: 0),
        ] {
            var schema = unsafe CArrow.ArrowSchema()
            unsafe try Field("f", type, isNullable: false).exportC(to: &schema)
            #expect(unsafe try Field(importingC: &schema) == Field("f", type, isNullable: false))
            unsafe schema.release(&schema)
        }
    }
}
