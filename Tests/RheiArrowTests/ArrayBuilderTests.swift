import RheiCore
import RheiTestSupport
import Testing

@testable import RheiArrow

@Suite struct ArrayBuilderTests {
    @Test(arguments: 0...2, 1...8)
    func `concatenated slices of every type equal the whole`(nulls: Int, cut: Int) throws {
        for whole in try NestedArrayTests.everyType(nulls: nulls, count: 50) {
            let array = whole.slice(offset: 2, count: 47)
            let parts = [
                array.slice(offset: 0, count: cut), array.slice(offset: cut, count: 0),
                array.slice(offset: cut, count: 21), array.slice(offset: cut + 21, count: 26 - cut),
            ]
            let joined = try ArrowArray.concatenated(parts)
            #expect(try RowText.rows(joined) == RowText.rows(array), "\(array.type)")
            #expect(joined == array, "\(array.type)")
        }
    }

    @Test(arguments: 0...2)
    func `builders of every type take rows and nulls in any order and start anew`(nulls: Int) throws {
        var random = SeededGenerator(seed: 21)
        for array in try NestedArrayTests.everyType(nulls: nulls, count: 40) {
            let builder = try ArrayBuilder.make(array.type)
            let all = try RowText.rows(array)
            for _ in 0..<2 {
                var expected: [String] = []
                for _ in 0..<12 {
                    let start = random.below(40)
                    let rows = start..<min(40, start + random.below(9))
                    try builder.append(array, rows: rows)
                    try builder.appendNulls(random.below(3))
                    expected += all[rows] + Array(repeating: ".", count: builder.count - expected.count - rows.count)
                    builder.reserve(5)
                }
                #expect(builder.count == expected.count)
                let result = try builder.finish()
                #expect(try RowText.rows(result) == expected, "seed 21, \(array.type)")
                #expect(builder.count == 0)
            }
            #expect(try builder.finish() == .nulls(array.type, count: 0), "\(array.type)")
        }
    }

    @Test func `keys are equal exactly where rows are`() throws {
        for array in try NestedArrayTests.everyType(nulls: 1, count: 30) {
            let all = try RowText.rows(array)
            let keys = (0..<30).map { row in
                var key: [UInt8] = []
                array.appendKey(of: row, to: &key)
                return key
            }
            for row in 0..<30 {
                for other in 0..<30 {
                    let isEqual = array.equalRows(row, array, other, count: 1)
                    #expect((keys[row] == keys[other]) == isEqual, "\(array.type), rows \(row) and \(other)")
                    // A null of one field of a union is not a null of another.
                    if case .union = array.type, all[row] == "." { continue }
                    #expect((all[row] == all[other]) == isEqual, "\(array.type), rows \(row) and \(other)")
                }
            }
        }
    }

    @Test func `lists, structs and maps are built from the inside`() throws {
        let record = DataType.struct([Field("a", .int16), Field("b", .utf8View)])
        let lists = try #require(ArrayBuilder.make(.list(Field("item", record))) as? ListBuilder)
        let records = try #require(lists.items as? StructBuilder)
        try records.fields[0].append(integer: 1)
        try records.fields[1].append("one")
        try records.endRow()
        try records.appendNull()
        try lists.endRow()
        try lists.appendNull()
        try lists.endRow()
        #expect(try RowText.rows(lists.finish()) == ["[{x0100,x6f6e65},.]", ".", "[]"])

        let entries = DataType.struct([Field("key", .utf8, isNullable: false), Field("value", .bool)])
        let maps = try #require(
            ArrayBuilder.make(.map(entries: Field("entries", entries, isNullable: false), keysSorted: false))
                as? ListBuilder)
        try maps.entries?.fields[0].append("k")
        try maps.entries?.fields[1].append(true)
        try maps.entries?.endRow()
        try maps.endRow()
        #expect(try RowText.rows(maps.finish()) == ["[{x6b,true}]"])
    }

    @Test func `unions are built from their fields`() throws {
        for mode in [UnionMode.sparse, .dense] {
            let type = DataType.union(fields: [Field("i", .int8), Field("t", .utf8)], typeIDs: [7, -3], mode: mode)
            let builder = try #require(ArrayBuilder.make(type) as? UnionBuilder)
            try builder.fields[1].append("x")
            #expect(throws: EngineError.self) { try builder.endRow(field: 0) }
            try builder.endRow(field: 1)
            try builder.fields[0].append(integer: -1)
            try builder.endRow(field: 0)
            try builder.appendNull()
            #expect(throws: EngineError.self) { try builder.endRow(field: 2) }
            #expect(try RowText.rows(builder.finish()) == ["-3=x78", "7=xff", "."])
        }
    }

    @Test func `dictionaries keep each value once, runs join`() throws {
        let texts = ["b", "a", nil, nil, "b", "b", "a"]
        let named = try ArrayBuilder.make(.dictionary(index: .int8, value: .utf8, isOrdered: false))
        try named.append(texts: texts)
        let dictionary = try DictionaryArray(named.finish())
        #expect((0..<7).map { dictionary.index(at: $0) } == [0, 1, nil, nil, 0, 0, 1])
        #expect(try StringArray(dictionary.values).value(at: 1) == "a")

        let ends = Field("run_ends", .int16, isNullable: false)
        let encoded = try ArrayBuilder.make(.runEndEncoded(runEnds: ends, values: Field("values", .utf8)))
        try encoded.append(texts: texts)
        let runs = try RunEndEncodedArray(encoded.finish())
        #expect(runs.runs.map(\.rows) == [0..<1, 1..<2, 2..<4, 4..<6, 6..<7])
        #expect(try RowText.rows(runs.decoded()) == RowText.rows(dictionary.decoded()))

        let pairs = try #require(
            ArrayBuilder.make(.dictionary(index: .uint8, value: .list(Field("item", .int8)), isOrdered: false))
                as? DictionaryBuilder)
        for numbers: [Int64] in [[1, 2], [], [1, 2]] {
            try (pairs.value as? ListBuilder)?.items.append(integers: numbers)
            try (pairs.value as? ListBuilder)?.endRow()
            try pairs.endRow()
        }
        let lists = try DictionaryArray(pairs.finish())
        #expect(lists.values.count == 2)
        #expect(try RowText.rows(lists.array) == ["[x01,x02]", "[]", "[x01,x02]"])
    }

    @Test func `joined dictionaries hold each value once, ordered ones must agree`() throws {
        func dictionary(_ texts: [String?], isOrdered: Bool) throws -> ArrowArray {
            let builder = try ArrayBuilder.make(.dictionary(index: .int8, value: .utf8, isOrdered: isOrdered))
            try builder.append(texts: texts)
            return try builder.finish()
        }
        let joined = try ArrowArray.concatenated([
            dictionary(["x", "y"], isOrdered: false), dictionary(["y", nil, "z"], isOrdered: false),
        ])
        #expect(try RowText.rows(joined) == ["x78", "x79", "x79", ".", "x7a"])
        #expect(joined.children[0].count == 3)
        let ordered = try dictionary(["x", "y", "z"], isOrdered: true)
        let parts = [ordered.slice(offset: 2, count: 1), ordered.slice(offset: 0, count: 1)]
        #expect(try DictionaryArray(ArrowArray.concatenated(parts)).index(at: 0) == 2)
        #expect(throws: EngineError.self) {
            try ArrowArray.concatenated([ordered, dictionary(["y", "x"], isOrdered: true)])
        }
    }

    @Test func `indices and run ends that no longer suffice are refused`() throws {
        let named = try ArrayBuilder.make(.dictionary(index: .int8, value: .int64, isOrdered: false))
        for value in 0..<128 { try named.append(integer: Int64(value)) }
        #expect(throws: EngineError.self) { try named.append(integer: 128) }
        try named.append(integer: 127)
        #expect(named.count == 129)

        let ends = Field("run_ends", .int16, isNullable: false)
        let type = DataType.runEndEncoded(runEnds: ends, values: Field("values", .null))
        let runs = try ArrayBuilder.make(type)
        try runs.appendNulls(32_767)
        #expect(throws: EngineError.self) { try runs.appendNull() }
        #expect(try RunEndEncodedArray(runs.finish()).runs.count == 1)
        #expect(throws: EngineError.self) { try ArrowArray.nulls(type, count: 32_768) }
        #expect(throws: EngineError.self) {
            try ArrowArray.nulls(type, count: 32_767).take([Int?](repeating: 0, count: 32_768))
        }
        #expect(throws: EngineError.self) {
            try ArrayBuilder.make(.runEndEncoded(runEnds: Field("e", .int8), values: Field("v", .null)))
        }
        #expect(throws: EngineError.self) {
            try ArrayBuilder.make(.dictionary(index: .utf8, value: .utf8, isOrdered: false))
        }
    }

    @Test func `single values take the layout of the type`() throws {
        func one(_ type: DataType, _ append: (ArrayBuilder) throws -> Void) throws -> String {
            let builder = try ArrayBuilder.make(type)
            try append(builder)
            return try RowText.row(builder.finish(), 0)
        }
        for type in [DataType.int8, .uint8] { #expect(try one(type) { try $0.append(integer: 5) } == "x05") }
        for type in [DataType.int16, .uint16] { #expect(try one(type) { try $0.append(integer: 5) } == "x0500") }
        for type in [DataType.int32, .uint32, .date32, .time32(.second), .interval(.yearMonth)] {
            #expect(try one(type) { try $0.append(integer: 5) } == "x05000000")
        }
        for type in [DataType.int64, .uint64, .date64, .duration(.second), .decimal64(precision: 18, scale: 2)] {
            #expect(try one(type) { try $0.append(integer: 5) } == "x0500000000000000")
        }
        #expect(
            try one(.decimal128(precision: 38, scale: 1)) { try $0.append(integer: -1) } == "x"
                + String(repeating: "f", count: 32))
        #expect(
            try one(.decimal256(precision: 76, scale: 1)) { try $0.append(decimal: Decimal256(-1)) } == "x"
                + String(repeating: "f", count: 64))
        #expect(try one(.float16) { try $0.append(real: 1.5) } == "x003e")
        #expect(try one(.float32) { try $0.append(real: 1.5) } == "x0000c03f")
        #expect(try one(.float64) { try $0.append(real: 1.5) } == "x000000000000f83f")
        #expect(try one(.bool) { try $0.append(true) } == "true")
        for type in [DataType.utf8, .largeUtf8, .utf8View, .binary, .largeBinary, .binaryView] {
            #expect(try one(type) { try $0.append("ab") } == "x6162")
        }
        #expect(try one(.fixedSizeBinary(byteWidth: 2)) { try $0.append(bytes: [1, 2]) } == "x0102")
        #expect(try one(.any) { try $0.append("ab") } == "text:x6162")
        #expect(try one(.any) { try $0.append(bytes: [1]) } == "blob:x01")
        #expect(try one(.any) { try $0.append(integer: 2) } == "integer:x0200000000000000")
        #expect(try one(.any) { try $0.append(real: 1.5) } == "real:x000000000000f83f")
    }

    @Test func `values that do not fit are refused and leave the rows as they were`() throws {
        func refuses(_ type: DataType, _ append: (ArrayBuilder) throws -> Void) throws {
            let builder = try ArrayBuilder.make(type)
            #expect(throws: EngineError.self, "\(type)") { try append(builder) }
            #expect(builder.count == 0)
        }
        try refuses(.int8) { try $0.append(integer: 128) }
        try refuses(.uint64) { try $0.append(integer: -1) }
        try refuses(.int64) { try $0.append(real: 1) }
        try refuses(.int64) { try $0.append("1") }
        try refuses(.utf8) { try $0.append(integer: 1) }
        try refuses(.bool) { try $0.append(integer: 1) }
        try refuses(.null) { try $0.append(true) }
        try refuses(.decimal128(precision: 38, scale: 0)) { try $0.append(decimal: Decimal256(words: (0, 0, 1, 0))) }
        try refuses(.fixedSizeBinary(byteWidth: 2)) { try $0.append(bytes: [1]) }
        try refuses(.struct([])) { try $0.append(integer: 1) }
        try refuses(.list(Field("item", .int8))) {
            try $0.append(SampleArrays.primitive(.int8, 0, 1) { Int8($0) })
        }
    }

    @Test func `rows that are not ended are refused`() throws {
        let lists = try #require(ArrayBuilder.make(.fixedSizeList(Field("item", .int8), count: 2)) as? ListBuilder)
        try lists.items.append(integer: 1)
        #expect(throws: EngineError.self) { try lists.endRow() }
        #expect(throws: EngineError.self) { try lists.appendNull() }
        #expect(throws: EngineError.self) { try lists.finish() }
        try lists.items.append(integer: 2)
        try lists.endRow()
        #expect(try RowText.rows(lists.finish()) == ["[x01,x02]"])
        let records = try #require(ArrayBuilder.make(.struct([Field("a", .int8)])) as? StructBuilder)
        #expect(throws: EngineError.self) { try records.endRow() }
        try records.fields[0].append(integer: 1)
        #expect(throws: EngineError.self) { try records.finish() }
    }
}
