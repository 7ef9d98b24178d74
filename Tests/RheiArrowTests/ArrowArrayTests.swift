import RheiArrow
import RheiCore
import Testing

@Suite struct ArrowArrayTests {
    private func values(_ array: ArrowArray) throws -> [SQLValue] {
        try (0..<array.count).map { try array.value(at: $0) }
    }

    @Test(arguments: 0...2, [0, 1, 2, 9, 70])
    func `slices of every type hold the rows they should`(nulls: Int, count: Int) throws {
        for array in try SampleArrays.all(nulls: nulls, count: count) {
            let all = try values(array)
            #expect(array.nullCount == all.count { $0 == .null })
            for offset in 0...min(8, count) {
                for length in Set([0, 1, count - offset, (count - offset) / 2]) where offset + length <= count {
                    let slice = array.slice(offset: offset, count: length)
                    #expect(try values(slice) == Array(all[offset..<offset + length]), "\(array.type)")
                    #expect(slice.nullCount == all[offset..<offset + length].count { $0 == .null })
                    #expect(slice.validityBitmap.map(bits) == validity(slice))
                }
            }
        }
    }

    private func bits(_ bitmap: Bitmap) -> [Bool] { (0..<bitmap.count).map { bitmap[$0] } }

    private func validity(_ array: ArrowArray) -> [Bool]? {
        array.nullCount == 0 ? nil : (0..<array.count).map(array.isValid)
    }

    @Test(arguments: 0...2, 1...8)
    func `concatenated slices of every type equal the whole`(nulls: Int, cut: Int) throws {
        for array in try SampleArrays.all(nulls: nulls, count: 75) {
            let parts = [
                array.slice(offset: 0, count: cut), array.slice(offset: cut, count: 0),
                array.slice(offset: cut, count: 33), array.slice(offset: cut + 33, count: 42 - cut),
            ]
            let joined = try ArrowArray.concatenated(parts)
            #expect(joined == array, "\(array.type)")
            #expect(try values(joined) == values(array), "\(array.type)")
        }
    }

    @Test(arguments: 0...2, 0...7)
    func `widening keeps every SQLite value, bit for bit`(nulls: Int, offset: Int) throws {
        let types: [DataType] = [
            .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .float32, .float64, .utf8View, .utf8, .largeUtf8,
            .binaryView, .binary, .largeBinary,
        ]
        for array in try SampleArrays.all(nulls: nulls, count: 40) where types.contains(array.type) {
            let slice = array.slice(offset: offset, count: 31)
            let wide = try slice.widenedToAny()
            #expect(wide.type == .any && wide.nullCount == slice.nullCount)
            #expect(try values(wide) == values(slice), "\(array.type)")
            let tags = try AnyArray(wide)
            for row in 0..<31 { #expect((tags.storageClass(at: row) == .null) == !slice.isValid(row)) }
        }
    }

    @Test func `bytes that are no UTF-8 survive widening and joining`() throws {
        let array = try SampleArrays.bytes(.utf8View, 0, SampleArrays.texts.count)
        let builder = try ArrowArray.concatenated([
            array.widenedToAny(), array.slice(offset: 1, count: 5).widenedToAny(),
        ])
        for (row, text) in SampleArrays.texts.enumerated() {
            try StringArray(array).withBytes(at: row) { span in
                #expect(span.byteCount == text.count)
                for index in text.indices {
                    #expect(unsafe span.unsafeLoad(fromByteOffset: index, as: UInt8.self) == text[index])
                }
            }
            #expect(try AnyArray(builder).storageClass(at: row) == .text)
        }
        #expect(try builder.slice(offset: 11, count: 5) == array.slice(offset: 1, count: 5).widenedToAny())
    }

    @Test func `dates do not widen unless all are null`() throws {
        let dates = try SampleArrays.primitive(.date32, 0, 2) { Int32($0) }
        #expect(throws: EngineError.self) { try dates.widenedToAny() }
        let nulls = try ArrowArray.nulls(.date32, count: 2)
        #expect(try nulls.widenedToAny() == .nulls(.any, count: 2))
    }

    @Test func `arrays of different types do not concatenate`() throws {
        let arrays = try [ArrowArray.nulls(.int64, count: 1), .nulls(.int32, count: 1)]
        #expect(throws: EngineError.self) { try ArrowArray.concatenated(arrays) }
        #expect(throws: EngineError.self) { try ArrowArray.concatenated([]) }
    }

    @Test(arguments: 0...1)
    func `equality sees every value, null and type and nothing else`(nulls: Int) throws {
        let arrays = try SampleArrays.all(nulls: nulls, count: 12).dropFirst()
        for (index, array) in arrays.enumerated() {
            for (other, candidate) in arrays.enumerated() { #expect((array == candidate) == (index == other)) }
            let shifted = try ArrowArray.concatenated([array.slice(offset: 0, count: 5), array])
            #expect(shifted.slice(offset: 5, count: 12) == array)
            #expect(array.slice(offset: 0, count: 5) != array.slice(offset: 5, count: 5), "\(array.type)")
            #expect(array != array.slice(offset: 0, count: 11))
        }
    }

    @Test func `views refuse arrays of another layout`() throws {
        let integers = try SampleArrays.primitive(.int64, 0, 3) { Int64($0) }
        #expect(throws: EngineError.self) { try PrimitiveArray<Int32>(integers) }
        #expect(throws: EngineError.self) { try PrimitiveArray<Double>(integers) }
        #expect(throws: EngineError.self) { try StringArray(integers) }
        #expect(throws: EngineError.self) { try BinaryArray(integers) }
        #expect(throws: EngineError.self) { try BooleanArray(integers) }
        #expect(throws: EngineError.self) { try AnyArray(integers) }
        #expect(try PrimitiveArray<Int64>(integers).value(at: 2) == 2)
        #expect(throws: EngineError.self) { try StringArray(SampleArrays.bytes(.binaryView, 0, 1)) }
    }

    @Test(arguments: [
        (0, "1970-01-01"), (-1, "1969-12-31"), (59, "1970-03-01"), (11_016, "2000-02-29"), (19_782, "2024-02-29"),
        (-719_528, "0000-01-01"), (-719_529, "-0001-12-31"), (2_932_896, "9999-12-31"),
    ])
    func `dates read as ISO text`(day: Int32, text: String) throws {
        #expect(try SampleArrays.primitive(.date32, 0, 1) { _ in day }.value(at: 0) == .text(text))
    }

    @Test func `times, timestamps and decimals read as text`() throws {
        func text(_ type: DataType, _ value: Int64) throws -> SQLValue {
            try SampleArrays.primitive(type, 0, 1) { _ in value }.value(at: 0)
        }
        #expect(try text(.time64(.microsecond), 3_723_000_004) == .text("01:02:03.000004"))
        #expect(try text(.timestamp(.second, timeZone: nil), -1) == .text("1969-12-31 23:59:59"))
        #expect(
            try text(.timestamp(.nanosecond, timeZone: "UTC"), 1_500_000_000) == .text("1970-01-01 00:00:01.500000000"))
        #expect(try text(.decimal64(precision: 10, scale: 2), -5) == .text("-0.05"))
        #expect(try text(.decimal64(precision: 10, scale: -2), 5) == .text("500"))
        let huge = try SampleArrays.primitive(.decimal128(precision: 38, scale: 10), 0, 1) { _ in Int128.min }
        #expect(try huge.value(at: 0) == .text("-17014118346046923173168730371.5884105728"))
    }
}
