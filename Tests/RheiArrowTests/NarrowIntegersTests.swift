import RheiArrow
import RheiCore
import RheiTestSupport
import Testing

@Suite struct NarrowIntegersTests {
    private func array(_ values: [Int64?]) throws -> ArrowArray {
        var builder = try PrimitiveBuilder<Int64>(.int64, capacity: values.count)
        for value in values { if let value { builder.append(value) } else { builder.appendNull() } }
        return builder.finish()
    }

    @Test(arguments: [
        (Int64(Int8.min), Int64(Int8.max), DataType.int8), (Int64(Int8.min) - 1, 0, .int16),
        (0, Int64(Int8.max) + 1, .int16), (Int64(Int16.min), Int64(Int16.max), .int16),
        (Int64(Int16.min) - 1, 0, .int32), (0, Int64(Int16.max) + 1, .int32),
        (Int64(Int32.min), Int64(Int32.max), .int32), (Int64(Int32.min) - 1, 0, .int64),
        (0, Int64(Int32.max) + 1, .int64), (.min, .max, .int64),
    ])
    func `integers keep their values in as few bytes as their bounds need`(
        _ low: Int64, _ high: Int64, _ type: DataType
    ) throws {
        var random = SeededGenerator(seed: UInt64(bitPattern: low ^ high))
        for start in [0, 1, 64, 129] {
            let values = (0..<300).map { index -> Int64? in
                index % 7 == 3 ? nil : [low, high, Int64.random(in: low...high, using: &random)][index % 3]
            }
            let wide = try array(values).slice(offset: start, count: 300 - start)
            let narrow = wide.narrowingIntegers(from: low, through: high)
            #expect(narrow.type == type)
            #expect(narrow.nullCount == wide.nullCount)
            let again = narrow.wideningIntegers()
            #expect(again.type == .int64)
            for row in 0..<wide.count {
                #expect(try narrow.value(at: row) == wide.value(at: row))
                #expect(try again.value(at: row) == wide.value(at: row))
            }
        }
    }

    @Test func `values outside their bounds and other types stay as they are`() throws {
        #expect(try array([1, 300]).narrowingIntegers(from: 0, through: 100).type == .int64)
        #expect(try array([nil, 5]).narrowingIntegers(from: 5, through: 5).type == .int8)
        #expect(try array([]).narrowingIntegers(from: 0, through: 0).count == 0)
        var builder = try PrimitiveBuilder<Int32>(.int32, capacity: 1)
        builder.append(1)
        #expect(builder.finish().narrowingIntegers(from: 1, through: 1).type == .int32)
    }
}
