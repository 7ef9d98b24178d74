import RheiTestSupport
import RheiArrow
import RheiCore
import Testing

@Suite struct ColumnBuilderTests {
    /// Appends one value of any class.
    private func append(_ value: SQLValue, to builder: ColumnBuilder) {
        switch value {
        case .null: builder.appendNull()
        case .integer(let number): builder.append(integer: number)
        case .real(let number): builder.append(real: number)
        case .text(var text): text.withUTF8 { unsafe builder.append(text: UnsafeRawBufferPointer($0)) }
        case .blob(let bytes): unsafe bytes.withUnsafeBytes { unsafe builder.append(blob: $0) }
        }
    }

    private func values(_ array: ArrowArray) throws -> [SQLValue] {
        try (0..<array.count).map { try array.value(at: $0) }
    }

    @Test(
        arguments: [
            ([.integer(1), .null, .integer(.min)], DataType.int64),
            ([.null, .null, .real(-0.0), .real(.infinity)], .float64),
            ([.text(""), .text("twelve bytes"), .null, .text("thirteen byte")], .utf8View),
            ([.null, .blob([]), .blob([0, 1, 0])], .binaryView),
            ([.integer(1), .text("x")], .any),
            ([.null, .integer(1), .null, .real(1)], .any),
            ([.text("longer than twelve bytes"), .null, .blob([1]), .integer(5), .null], .any),
        ] as [([SQLValue], DataType)])
    func `keeps the narrowest type that holds all values`(_ input: [SQLValue], _ type: DataType) throws {
        let builder = ColumnBuilder(defaultType: .int64)
        for value in input { append(value, to: builder) }
        let array = builder.finish()
        #expect(array.type == type)
        #expect(array.nullCount == input.count { $0 == .null })
        #expect(try values(array) == input)
        #expect(builder.count == 0)
    }

    @Test func `nulls alone have the default type`() throws {
        let builder = ColumnBuilder(defaultType: .utf8View)
        builder.appendRepeatedNulls(3)
        let array = builder.finish()
        #expect(array.type == .utf8View)
        #expect(array.count == 3 && array.nullCount == 3)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `random sequences come back as they went in`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let classes = Int.random(in: 1...31, using: &random)
        let count = Int.random(in: 0...3000, using: &random)
        let builder = ColumnBuilder(capacity: Int.random(in: 0...200, using: &random))
        var input: [SQLValue] = []
        while input.count < count {
            let storageClass = Int.random(in: 0...4, using: &random)
            guard classes & (1 << storageClass) != 0 else { continue }
            let length = Int.random(in: 0...30, using: &random)
            switch storageClass {
            case 0: input.append(.null)
            case 1: input.append(.integer(.random(in: .min ... .max, using: &random)))
            case 2: input.append(.real(.random(in: -1e9...1e9, using: &random)))
            case 3: input.append(.text(String(repeating: "é\0", count: length)))
            default: input.append(.blob((0..<length).map { _ in .random(in: 0...255, using: &random) }))
            }
            append(input[input.count - 1], to: builder)
        }
        #expect(try values(builder.finish()) == input)
    }
}
