import RheiArrow
import RheiCore
import RheiTestSupport
import Testing

@Suite struct NarrowDecimalsTests {
    private func array(_ values: [Int64?], precision: Int) throws -> ArrowArray {
        let type = DataType.decimal128(precision: precision, scale: 2)
        let assembler = try ArrayAssembler(type, capacity: values.count)
        for value in values {
            if let value {
                try assembler.append(numbers([value], precision), rows: 0..<1)
            } else {
                assembler.appendNulls(1)
            }
        }
        return assembler.finish()
    }

    private func numbers(_ values: [Int64], _ precision: Int) throws -> ArrowArray {
        var buffer = MutableBuffer(capacity: values.count * 16)
        for value in values {
            let words = [UInt64(bitPattern: value), value < 0 ? .max : 0]
            unsafe words.withUnsafeBytes { unsafe buffer.append($0) }
        }
        return ArrowArray(.decimal128(precision: precision, scale: 2), count: values.count, buffers: [buffer.freeze()])
    }

    @Test(arguments: [0, 1, 64, 129])
    func `decimals of 18 digits keep their values in 64 bits`(_ start: Int) throws {
        var random = SeededGenerator(seed: UInt64(start))
        let limit: Int64 = 999_999_999_999_999_999
        let values = (0..<300).map { index -> Int64? in
            index % 7 == 0 ? nil : [limit, -limit, 0, Int64.random(in: -limit...limit, using: &random)][index % 4]
        }
        let wide = try array(values, precision: 18).slice(offset: start, count: 300 - start)
        let narrow = wide.narrowingDecimals()
        #expect(narrow.type == .decimal64(precision: 18, scale: 2))
        #expect(narrow.nullCount == wide.nullCount)
        for row in 0..<wide.count { #expect(try narrow.value(at: row) == wide.value(at: row)) }
        let again = try ArrowArray.joined([narrow, wide], as: wide.type)
        #expect(ArrayAssembler.commonType([narrow, wide]) == wide.type)
        for row in 0..<again.count { #expect(try again.value(at: row) == wide.value(at: row % wide.count)) }
    }

    @Test func `longer types and values that do not fit stay`() throws {
        #expect(try numbers([1, 2], 19).narrowingDecimals().type == .decimal128(precision: 19, scale: 2))
        var buffer = MutableBuffer(capacity: 16)
        unsafe [UInt64(5), 1].withUnsafeBytes { unsafe buffer.append($0) }
        let long = ArrowArray(.decimal128(precision: 15, scale: 2), count: 1, buffers: [buffer.freeze()])
        #expect(long.narrowingDecimals().type == long.type)
        #expect(try numbers([7], 15).narrowingDecimals().type == .decimal64(precision: 15, scale: 2))
    }
}
