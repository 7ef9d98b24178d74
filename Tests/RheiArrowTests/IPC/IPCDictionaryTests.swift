import RheiCore
import Testing

@testable import RheiArrow

/// Dictionaries of streams and files: kept, replaced, added to, nested and shared.
@Suite struct IPCDictionaryTests {
    private func texts(_ texts: [String]) throws -> ArrowArray {
        var builder = try BytesBuilder(.utf8)
        for text in texts { try builder.append(text) }
        return builder.finish()
    }

    private func column(_ indices: [UInt8], _ values: ArrowArray) throws -> ArrowArray {
        try ArrowArray(
            checkingNested: .dictionary(index: .int8, value: values.type, isOrdered: true), count: indices.count,
            buffers: [Buffer(copying: indices)], children: [values])
    }

    private func batch(_ columns: ArrowArray...) throws -> RecordBatch {
        try RecordBatch(
            schema: Schema(columns.enumerated().map { Field("c\($0)", $1.type) }), columns: columns)
    }

    private func stream(_ batches: [RecordBatch], deltas: Bool = false) throws -> Buffer {
        let sink = MemorySink()
        let writer = try IPCStreamWriter(
            sink, schema: batches[0].schema, options: IPCWriteOptions(writesDictionaryDeltas: deltas))
        for batch in batches { try writer.write(batch) }
        try writer.finish()
        return sink.finish()
    }

    private func file(_ batches: [RecordBatch]) throws -> Buffer {
        let sink = MemorySink()
        let writer = try IPCFileWriter(sink, schema: batches[0].schema)
        for batch in batches { try writer.write(batch) }
        try writer.finish()
        return sink.finish()
    }

    /// The kinds of the messages of a stream; a dictionary batch with "+" when it adds.
    private func messages(_ stream: Buffer) throws -> [String] {
        let source = MemorySource(stream)
        var result: [String] = []
        while let message = try IPCMessage.read(source) {
            _ = try message.readBody(source)
            let isDelta = try message.type == .dictionaryBatch && message.header.bool(2)
            let id = try message.type == .dictionaryBatch ? "\(message.header.int64(0))" : ""
            result.append("\(message.type)\(id)\(isDelta ? "+" : "")")
        }
        return result
    }

    private func check(_ bytes: Buffer, _ batches: [RecordBatch]) throws {
        let reader = try IPCStreamReader(bytes, options: IPCReadOptions(validation: .full))
        for batch in batches { #expect(try reader.next() == batch) }
        #expect(try reader.next() == nil)
    }

    @Test func `a dictionary goes out once while it stays the same`() throws {
        let values = try texts(["a", "b", "c"])
        let batches = try [
            batch(column([0, 1, 2], values)), batch(column([2, 2], values)),
            batch(column([1], texts(["a", "b", "c"]))),
        ]
        let bytes = try stream(batches)
        #expect(try messages(bytes) == ["schema", "dictionaryBatch0", "recordBatch", "recordBatch", "recordBatch"])
        try check(bytes, batches)
    }

    @Test func `a dictionary that changes is replaced in streams and refused in files`() throws {
        let batches = try [batch(column([0, 1], texts(["a", "b"]))), batch(column([0, 1], texts(["x", "y"])))]
        let bytes = try stream(batches, deltas: true)
        #expect(
            try messages(bytes) == ["schema", "dictionaryBatch0", "recordBatch", "dictionaryBatch0", "recordBatch"])
        try check(bytes, batches)
        let error = #expect(throws: EngineError.self) { try file(batches) }
        #expect(error?.code == .unsupported)
    }

    @Test func `a dictionary that grows goes out as what it adds`() throws {
        let batches = try [
            batch(column([0, 1], texts(["a", "b"]))), batch(column([2, 0], texts(["a", "b", "c"]))),
            batch(column([3, 4], texts(["a", "b", "c", "d", "e"]))),
        ]
        let bytes = try stream(batches, deltas: true)
        #expect(
            try messages(bytes) == [
                "schema", "dictionaryBatch0", "recordBatch", "dictionaryBatch0+", "recordBatch", "dictionaryBatch0+",
                "recordBatch",
            ])
        try check(bytes, batches)
        try check(stream(batches), batches)
        let reader = try IPCFileReader(file(batches))
        for index in [2, 0, 1] { #expect(try reader.batch(at: index) == batches[index]) }
    }

    @Test func `dictionaries within dictionaries go out first and again when they change`() throws {
        func nested(_ names: [String]) throws -> ArrowArray {
            let inner = try column([0, 1, 1], texts(names))
            let record = try ArrowArray(
                checkingNested: .struct([Field("d", inner.type)]), count: 3, buffers: [], children: [inner])
            return try column([2, 0, 1, 2], record)
        }
        let batches = try [batch(nested(["a", "b"])), batch(nested(["a", "b"])), batch(nested(["a", "z"]))]
        let bytes = try stream(batches)
        #expect(
            try messages(bytes) == [
                "schema", "dictionaryBatch1", "dictionaryBatch0", "recordBatch", "recordBatch", "dictionaryBatch1",
                "dictionaryBatch0", "recordBatch",
            ])
        try check(bytes, batches)
    }

    @Test func `an addition to nothing, an unknown dictionary and a missing one are errors`() throws {
        let values = try texts(["a", "b"])
        let whole = try stream([batch(column([0, 1], values))])
        /// Returns the stream with its dictionary batch replaced by another one; none when nil.
        func changed(id: Int64, isDelta: Bool, isLeftOut: Bool = false) throws -> Buffer {
            let sink = MemorySink()
            let source = MemorySource(whole)
            while let message = try IPCMessage.read(source) {
                let body = try message.readBody(source)
                if message.type == .dictionaryBatch, isLeftOut { continue }
                var header: FlatFields = try Self.header(message)
                if message.type == .dictionaryBatch { (header[0], header[2]) = (.int64(id), .bool(isDelta)) }
                let bytes = FlatWriter.encode([
                    .int16(4), .uint8(message.type.rawValue), .table(header), .int64(Int64(body.byteCount)),
                ])
                for part in [
                    [0xFF, 0xFF, 0xFF, 0xFF], (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) }, bytes,
                ] {
                    unsafe part.withUnsafeBytes { unsafe sink.write($0.bytes) }
                }
                body.withBytes { sink.write($0) }
            }
            return sink.finish()
        }
        try check(changed(id: 0, isDelta: false), [batch(column([0, 1], values))])
        for bytes in try [
            changed(id: 0, isDelta: true), changed(id: 7, isDelta: false),
            changed(id: 0, isDelta: false, isLeftOut: true),
        ] {
            let error = #expect(throws: EngineError.self) { try IPCStreamReader(bytes).next() }
            #expect(error?.code == .corrupt)
        }
    }

    /// Copies the header of a message of the stream above.
    private static func header(_ message: IPCMessage) throws -> FlatFields {
        func words(_ table: FlatTable, _ index: Int) throws -> FlatValue {
            guard let vector = try table.vector(index, elementByteCount: 16) else { return .words([], perElement: 2) }
            return .words(
                try (0..<vector.count).flatMap { try [vector.int64($0), vector.int64($0, at: 8)] }, perElement: 2)
        }
        func batch(_ table: FlatTable) throws -> FlatFields {
            try [.int64(table.int64(0)), words(table, 1), words(table, 2)]
        }
        switch message.type {
        case .schema:
            let type = DataType.dictionary(index: .int8, value: .utf8, isOrdered: true)
            return try IPCSchemaEncoder.encode(Schema([Field("c0", type)]))
        case .recordBatch: return try batch(message.header)
        case .dictionaryBatch:
            return try [.int64(0), message.header.table(1).map { .table(try batch($0)) }, .bool(false)]
        }
    }

    @Test func `an index outside of its dictionary is an error`() throws {
        let good = try batch(column([0, 1], texts(["a", "b"])))
        var bytes = try stream([good]).bytes()
        // The indices 0, 1 are the last two bytes of content, 64 bytes before the end mark.
        let place = bytes.count - 8 - 64
        #expect(Array(bytes[place..<place + 2]) == [0, 1])
        bytes[place + 1] = 2
        #expect(throws: EngineError.self) { try IPCStreamReader(Buffer(copying: bytes)).next() }
    }
}
