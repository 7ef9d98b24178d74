import RheiArrow
import RheiCore
import Testing

@Suite struct BuilderTests {
    @Test func `a primitive builder is used again after finishing`() throws {
        var builder = try PrimitiveBuilder<Int32>(.date32)
        builder.append(contentsOf: [1, 2])
        builder.appendNull()
        builder.append(4)
        #expect(try PrimitiveArray<Int32>(builder.finish()).value(at: 3) == 4)
        builder.append(7)
        let second = builder.finish()
        #expect(second.count == 1 && second.nullCount == 0 && second.validity == nil)
        #expect(throws: EngineError.self) { _ = try PrimitiveBuilder<Int32>(.int64) }
    }

    @Test(arguments: [DataType.utf8View, .utf8, .largeUtf8, .binaryView, .binary, .largeBinary])
    func `text and bytes come back, and the builder is used again`(type: DataType) throws {
        var builder = try BytesBuilder(type)
        for _ in 0..<2 {
            for text in SampleArrays.texts { try builder.append(bytes: text) }
            builder.appendNull()
            let array = builder.finish()
            #expect(array.nullCount == 1 && array.count == SampleArrays.texts.count + 1)
            for (row, text) in SampleArrays.texts.enumerated() {
                let expected: SQLValue = type.isText ? .text(String(decoding: text, as: UTF8.self)) : .blob(text)
                #expect(try array.value(at: row) == expected)
            }
        }
        #expect(builder.finish().count == 0)
    }

    @Test func `long strings fill several blocks and one that is larger than any`() throws {
        var builder = try BytesBuilder(.binaryView)
        let lengths = [1 << 20, 1 << 20, 1 << 20, 5 << 20, 13, 1 << 10]
        for (index, length) in lengths.enumerated() {
            try builder.append(bytes: Array(repeating: UInt8(index), count: length))
        }
        let array = builder.finish()
        for (index, length) in lengths.enumerated() {
            #expect(try BinaryArray(array).value(at: index) == Array(repeating: UInt8(index), count: length))
        }
        let joined = try ArrowArray.concatenated([array, array])
        #expect(joined.slice(offset: 6, count: 6) == array)
    }

    @Test(arguments: 0...20)
    func `views of every short length hold their bytes and zeros`(length: Int) throws {
        let bytes = (0..<length).map { UInt8(0x41 + $0) }
        var builder = try BytesBuilder(.binaryView)
        try builder.append(bytes: bytes)
        let array = builder.finish()
        #expect(try BinaryArray(array).value(at: 0) == bytes)
        var view: [UInt8] = [UInt8(length), 0, 0, 0] + bytes
        guard length <= 12 else { return }
        view += Array(repeating: 0, count: 16 - view.count)
        #expect(array.buffers[0] == Buffer(copying: view))
        #expect(array.buffers.count == 1)
    }
}
