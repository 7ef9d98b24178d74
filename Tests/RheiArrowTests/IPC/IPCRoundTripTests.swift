import RheiArrow
import RheiCore
import Testing

@Suite struct IPCRoundTripTests {
    @Test(arguments: [8, 64], 0...2)
    func `a stream gives back what was written, sliced at every offset up to nine`(alignment: Int, nulls: Int) throws {
        let whole = try IPCSamples.batch(nulls: nulls, count: 40)
        let batches = [whole, whole.slice(offset: 0, count: 0)] + (1...9).map { whole.slice(offset: $0, count: 29) }
        let bytes = try IPCSamples.stream(batches, alignment: alignment)
        let reader = try IPCStreamReader(bytes)
        #expect(reader.schema == whole.schema)
        for (index, batch) in batches.enumerated() {
            let again = try #require(try reader.next())
            #expect(IPCSamples.isEqual(again, batch), "batch \(index)")
            #expect(reader.batchMetadata == ["index": "\(index)"])
        }
        #expect(try reader.next() == nil)
    }

    @Test(arguments: [8, 64], 0...2)
    func `a file gives back its batches in any order`(alignment: Int, nulls: Int) throws {
        let whole = try IPCSamples.batch(nulls: nulls, count: 40)
        let batches = [whole, whole.slice(offset: 3, count: 21), whole.slice(offset: 40, count: 0)]
        let reader = try IPCFileReader(try IPCSamples.file(batches, alignment: alignment))
        #expect(reader.schema == whole.schema)
        #expect(reader.metadata == ["footer": "yes"])
        #expect(reader.batchCount == 3)
        for index in [2, 0, 1] {
            let (again, metadata) = try reader.batchAndMetadata(at: index)
            #expect(IPCSamples.isEqual(again, batches[index]), "batch \(index)")
            #expect(metadata == ["index": "\(index)"])
        }
    }

    @Test(arguments: [IPCCompression.lz4Frame, .zstd(level: 3)], 0...2)
    func `compressed streams and files give back what was written`(compression: IPCCompression, nulls: Int) throws {
        let whole = try IPCSamples.batch(nulls: nulls, count: 2000)
        let batches = [whole, whole.slice(offset: 0, count: 0), whole.slice(offset: 7, count: 900)]
        let stream = try IPCSamples.stream(batches, compression: compression)
        #expect(try stream.byteCount < IPCSamples.stream(batches).byteCount)
        let reader = try IPCStreamReader(stream)
        let file = try IPCFileReader(IPCSamples.file(batches, compression: compression))
        for (index, batch) in batches.enumerated() {
            let again = try #require(try reader.next())
            #expect(IPCSamples.isEqual(again, batch), "batch \(index)")
            #expect(try IPCSamples.isEqual(file.batch(at: index), batch), "batch \(index)")
        }
    }

    @Test(arguments: [nil, .lz4Frame, .zstd(level: 3)] as [IPCCompression?], 0...2)
    func `columns of a file are read alone and in any order`(compression: IPCCompression?, nulls: Int) throws {
        let batch = try IPCSamples.batch(nulls: nulls, count: 200)
        let file = try IPCFileReader(IPCSamples.file([batch], compression: compression))
        let last = batch.columns.count - 1
        #expect(try file.rowCount(ofBatch: 0) == 200)
        for column in batch.columns.indices {
            for wanted in [[column], [last - column, column], [column, 0, last]] {
                let found = try file.columns(wanted, ofBatch: 0)
                let schema = Schema(wanted.map { batch.schema.fields[$0] })
                let expected = try RecordBatch(schema: schema, columns: wanted.map { batch.columns[$0] })
                let again = try RecordBatch(schema: schema, columns: found)
                #expect(IPCSamples.isEqual(again, expected), "columns \(wanted)")
            }
        }
        #expect(try file.columns([], ofBatch: 0).isEmpty)
    }

    @Test func `a batch that would grow beyond the limit is refused`() throws {
        let column = try ArrowArray(
            checking: .int64, count: 100_000, buffers: [Buffer(copying: Array(repeating: 0, count: 800_000))])
        let batch = try RecordBatch(schema: Schema([Field("x", .int64)]), columns: [column])
        for compression in [IPCCompression.lz4Frame, .zstd(level: 1)] {
            let bytes = try IPCSamples.stream([batch], compression: compression)
            #expect(bytes.byteCount < 10_000)
            #expect(try IPCStreamReader(bytes).next()?.rowCount == 100_000)
            let options = IPCReadOptions(decompressedByteLimit: 700_000)
            let error = #expect(throws: EngineError.self) { try IPCStreamReader(bytes, options: options).next() }
            #expect(error?.code == .outOfMemory)
        }
    }

    @Test func `a batch without columns keeps its row count`() throws {
        let batch = try RecordBatch(schema: Schema([]), columns: [], rowCount: 17)
        #expect(try IPCStreamReader(IPCSamples.stream([batch])).next()?.rowCount == 17)
    }

    @Test func `a small slice of long texts does not carry the others along`() throws {
        var builder = try BytesBuilder(.utf8View)
        for row in 0..<1000 { try builder.append("a text that is long enough to lie outside of its view: \(row)") }
        let column = builder.finish().slice(offset: 500, count: 2)
        let batch = try RecordBatch(schema: Schema([Field("t", .utf8View)]), columns: [column])
        let bytes = try IPCSamples.stream([batch])
        #expect(bytes.byteCount < 2000)
        #expect(try IPCStreamReader(bytes).next()?.columns == [column])
    }

    @Test func `columns of nulls and of one storage class fit a column of any`() throws {
        let schema = Schema([Field("x", .any)])
        let sink = MemorySink()
        let writer = try IPCStreamWriter(sink, schema: schema)
        var integers = try PrimitiveBuilder<Int64>()
        integers.append(7)
        let column = integers.finish()
        try writer.write(try RecordBatch(schema: Schema([Field("x", .int64)]), columns: [column]))
        try writer.finish()
        let batch = try #require(try IPCStreamReader(sink.finish()).next())
        #expect(batch.columns == [try column.widenedToAny()])
        #expect(throws: EngineError.self) { try writer.write(batch) }
    }

    @Test func `the full depth refuses text that is not UTF-8`() throws {
        let good = try IPCSamples.batch(nulls: 1, count: 40, validText: true)
        let full = IPCReadOptions(validation: .full)
        #expect(try IPCStreamReader(IPCSamples.stream([good]), options: full).next() != nil)
        for type in [DataType.utf8View, .utf8, .largeUtf8] {
            for bad: [UInt8] in [
                [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x61, 0xE2, 0x82],
            ] {
                var builder = try BytesBuilder(type)
                try builder.append(bytes: bad)
                let batch = try RecordBatch(schema: Schema([Field("t", type)]), columns: [builder.finish()])
                let bytes = try IPCSamples.stream([batch])
                #expect(try IPCStreamReader(bytes).next() != nil)
                #expect(throws: EngineError.self) { try IPCStreamReader(bytes, options: full).next() }
            }
        }
    }
}
