import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore
import Testing

/// Arrays to vectors and back.
@Suite struct TransferTests {
    private static let types: [DataType] = [
        .bool, .int8, .int16, .int32, .int64, .float32, .float64, .utf8View, .binaryView, .utf8, .binary, .date32,
        .timestamp(.microsecond, timeZone: nil), .decimal128(precision: 38, scale: 0), .any,
    ]

    private func values(_ type: VectorType, count: Int, hasNulls: Bool, _ random: inout SeededGenerator) -> [Value] {
        (0..<count).map { _ in hasNulls && random.chance(oneIn: 4) ? .null : random.value(type) }
    }

    /// Makes an array through the exporter, which the tests then read back by other means.
    private func array(_ type: DataType, _ values: [Value]) throws -> ArrowArray {
        let exporter = try ColumnExporter(type: type)
        guard let vectorType = VectorType(type) else { throw EngineError(.invariant, "no vector type") }
        for start in stride(from: 0, to: values.count, by: 1000) {
            let piece = Array(values[start..<min(start + 1000, values.count)])
            let vector = TestVector(vectorType, piece)
            try exporter.append(vector.vector, rows: SelectionVector(all: piece.count))
            withExtendedLifetime(vector) {}
        }
        return try exporter.finish()
    }

    @Test(arguments: types)
    func `what is exported reads back`(_ type: DataType) throws {
        var random = SeededGenerator(seed: 101)
        let vectorType = try #require(VectorType(type))
        for hasNulls in [false, true] {
            let values = values(vectorType, count: 2500, hasNulls: hasNulls, &random)
            let array = try array(type, values)
            #expect(array.count == 2500)
            #expect(array.nullCount == values.count { $0.isNull })
            #expect(array.type == type)
            for row in values.indices {
                #expect(array.isValid(row) == !values[row].isNull)
            }
            if type == .int64 {
                let typed = try PrimitiveArray<Int64>(array)
                for row in values.indices {
                    #expect(typed.value(at: row).map { Value.integer($0) } ?? .null == values[row])
                }
            }
            if type == .utf8View || type == .utf8 {
                let typed = try StringArray(array)
                for row in values.indices where !values[row].isNull {
                    let bytes = typed.withBytes(at: row) { span in
                        (0..<span.byteCount).map { unsafe span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
                    }
                    #expect(Value.text(bytes) == values[row])
                }
            }
        }
    }

    @Test(arguments: types)
    func `slices at odd places become vectors`(_ type: DataType) throws {
        var random = SeededGenerator(seed: 102)
        let vectorType = try #require(VectorType(type))
        for hasNulls in [false, true] {
            let values = values(vectorType, count: 3000, hasNulls: hasNulls, &random)
            let array = try array(type, values)
            let importer = ColumnImporter(type: vectorType)
            defer { withExtendedLifetime((array, importer)) {} }
            for offset in [0, 1, 7, 8, 63, 64, 65, 100, 951] {
                let slice = array.slice(offset: offset, count: 3000 - offset)
                for (first, count) in [(0, 0), (0, 1), (3, 64), (5, 65), (0, 2048), (1, 2047)] {
                    let vector = try importer.vector(of: slice, offset: first, rows: SelectionVector(all: count))
                    #expect(vector.type == vectorType)
                    for row in 0..<count {
                        if vector.value(row) != values[offset + first + row] {
                            Issue.record("\(type) slice \(offset), row \(first + row): \(vector.value(row))")
                            return
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: [DataType.bool, .int8, .int64, .float64, .utf8View, .binaryView, .any])
    func `a column widens to any`(_ type: DataType) throws {
        var random = SeededGenerator(seed: 103)
        let vectorType = try #require(VectorType(type))
        let values = values(vectorType, count: 500, hasNulls: true, &random)
        let importer = ColumnImporter(type: .any)
        let array = try array(type, values)
        defer { withExtendedLifetime((array, importer)) {} }
        let vector = try importer.vector(of: array, offset: 11, rows: SelectionVector(all: 400))
        #expect(vector.type == .any)
        for row in 0..<400 { #expect(vector.value(row) == values[row + 11]) }
    }

    @Test(arguments: [DataType.int8, .int16, .int32, .int64], [false, true])
    func `narrow vectors have the integers of the array`(_ type: DataType, _ hasNulls: Bool) throws {
        var random = SeededGenerator(seed: 105)
        let vectorType = try #require(VectorType(type))
        let values = values(vectorType, count: 300, hasNulls: hasNulls, &random)
        let array = try array(type, values)
        let importer = ColumnImporter(type: .int64)
        try importer.bind(array)
        defer { withExtendedLifetime((array, importer)) {} }
        #expect(importer.widensIntegers == (type != .int64))
        let narrow = try importer.narrowVector(offset: 7, rows: SelectionVector(all: 200))
        #expect(narrow.type == vectorType)
        for row in 0..<200 { #expect(narrow.value(row) == values[row + 7]) }
        let wide = try importer.vector(offset: 7, rows: SelectionVector(all: 200))
        #expect(wide.type == .int64)
        for row in 0..<200 { #expect(wide.value(row) == values[row + 7]) }
    }

    @Test(arguments: [DataType.utf8View, .utf8, .binaryView, .any])
    func `only the rows asked for are made`(_ type: DataType) throws {
        var random = SeededGenerator(seed: 104)
        let vectorType = try #require(VectorType(type))
        let values = values(vectorType, count: 700, hasNulls: true, &random)
        let array = try array(type, values)
        let importer = ColumnImporter(type: vectorType)
        let rows = TestRows([0, 3, 64, 65, 200, 599], rowCount: 600)
        defer { withExtendedLifetime((array, importer, rows)) {} }
        let vector = try importer.vector(of: array, offset: 5, rows: rows.selection)
        for row in rows.selection.rows { #expect(vector.value(row) == values[row + 5]) }
    }

    @Test func `what would lose its value or its meaning does not widen`() throws {
        let pairs: [(DataType, VectorType)] = [
            (.int64, .int32), (.int64, .float64), (.float64, .int64), (.utf8View, .blob), (.binaryView, .text),
            (.any, .int64), (.date32, .int64), (.date32, .any), (.timestamp(.microsecond, timeZone: nil), .any),
            (.decimal128(precision: 38, scale: 0), .any),
        ]
        for (type, target) in pairs {
            // Arrays of nothing but nulls fit any type.
            let array = ArrowArray(
                type, count: 3, nullCount: 0, buffers: try ArrowArray.nulls(type, count: 3).buffers)
            let error = #expect(throws: EngineError.self) {
                try ColumnImporter(type: target).vector(of: array, offset: 0, rows: SelectionVector(all: 3))
            }
            #expect(error?.code == .invariant, "\(type) to \(target)")
        }
    }

    @Test func `a column of nothing but nulls has any type`() throws {
        let array = try ArrowArray.nulls(.null, count: 100)
        for type in [VectorType.int64, .text, .any, .bool] {
            let importer = ColumnImporter(type: type)
            defer { withExtendedLifetime(importer) {} }
            let vector = try importer.vector(of: array, offset: 10, rows: SelectionVector(all: 70))
            for row in 0..<70 { #expect(vector.value(row) == .null) }
        }
    }

    @Test func `selected rows and constants are exported in order`() throws {
        let numbers = TestVector(.int64, (0..<100).map { $0 % 7 == 0 ? .null : .integer(Int64($0)) })
        let word = TestVector(.text, [.string("a text of more than twelve bytes")], isConstant: true)
        let truth = TestVector(.bool, (0..<100).map { .integer(Int64($0 % 2)) })
        let rows = TestRows([0, 3, 7, 50, 99], rowCount: 100)
        let exporter = try BatchExporter(
            schema: Schema([Field("n", .int64), Field("w", .utf8View), Field("t", .int64), Field("b", .bool)]))
        for _ in 0..<2 {
            try exporter.append(
                [numbers.vector, word.vector, truth.vector, truth.vector], rows: rows.selection)
        }
        let batch = try exporter.finish()
        #expect(batch.rowCount == 10)
        for (position, row) in [0, 3, 7, 50, 99, 0, 3, 7, 50, 99].enumerated() {
            #expect(try batch.value(row: position, column: 0) == (row % 7 == 0 ? .null : .integer(Int64(row))))
            #expect(try batch.value(row: position, column: 1) == .text("a text of more than twelve bytes"))
            #expect(try batch.value(row: position, column: 2) == .integer(Int64(row % 2)))
            #expect(try BooleanArray(batch.columns[3]).value(at: position) == (row % 2 == 1))
        }
        withExtendedLifetime((numbers, word, truth)) {}
    }
}
