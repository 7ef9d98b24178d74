import RheiArrow
import RheiCore
@testable import RheiStore
import RheiTestSupport
import Testing

/// Numbers that segments keep in fewer bytes than their type has.
@Suite struct NarrowNumbersTests {
    private static let types: [DataType] = [
        .int64, .decimal64(precision: 18, scale: 2), .timestamp(.second, timeZone: nil), .time64(.microsecond),
        .int32, .date32,
    ]

    private func column(_ type: DataType, _ values: [Int64?]) throws -> ArrowArray {
        let builder = try ArrayBuilder.make(type)
        for value in values {
            switch (value, type) {
            case (nil, _): try builder.appendNull()
            case (let number?, .decimal64): try builder.append(decimal: Decimal256(Int128(number)))
            case (let number?, _): try builder.append(integer: number)
            }
        }
        return try builder.finish()
    }

    @Test(arguments: types) func `columns are kept in the fewest bytes and read as what they are`(_ type: DataType)
        throws
    {
        for (bound, width) in [(100, 1), (-128, 1), (128, 2), (-32_768, 2), (40_000, 4), (2_000_000_000, 4)]
            as [(Int64, Int)]
        {
            let values: [Int64?] = [bound, nil, 0, 1, bound, 7]
            let wide = try column(type, values + values)
            for array in [wide, wide.slice(offset: 1, count: 9)] {
                let segment = Segment(
                    columns: [array], keys: nil, rowCount: array.count, firstRowNumber: 0, cache: ColumnCache())
                let kept = try segment.keptColumn(0)
                #expect(kept.type.byteWidth == (type.byteWidth == 8 ? width : 4), "\(type) of \(bound)")
                let read = try segment.column(0)
                #expect(read.type == type && read == array)
                let files = MemoryFileSystem()
                _ = try SegmentFileWriter.write(
                    segment, number: 1, to: "f", on: files, compression: BlockCompression())
                let file = try SegmentFile("f", number: 1, on: files)
                let again = Segment(file, keyColumn: nil, firstRowNumber: 0, cache: ColumnCache())
                #expect(try again.keptColumn(0).type == kept.type)
                #expect(try again.column(0) == array && again.column(0).type == type)
            }
        }
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
            let wide = try column(.int64, values).slice(offset: start, count: 300 - start)
            let narrow = wide.narrowed(from: low, through: high)
            #expect(narrow.type == type)
            #expect(narrow.nullCount == wide.nullCount)
            let again = narrow.widened(to: .int64)
            #expect(again.type == .int64)
            for row in 0..<wide.count {
                #expect(try narrow.value(at: row) == wide.value(at: row))
                #expect(try again.value(at: row) == wide.value(at: row))
            }
        }
    }

    @Test func `numbers beyond their bounds stay as they are`() throws {
        #expect(try column(.int64, [1, 300]).narrowed(from: 0, through: 100).type == .int64)
        #expect(try column(.int64, [nil, 5]).narrowed(from: 5, through: 5).type == .int8)
        #expect(try column(.int32, [1]).narrowed(from: 1, through: 1).type == .int32)
        let array = try column(.date32, [1, 300])
        #expect(array.narrowed(from: 0, through: 100).type == .date32)
        #expect(try column(.int64, [.max, 1]).narrowed(from: 1, through: .max).type == .int64)
        #expect(try column(.int64, []).narrowed(from: 0, through: 0).count == 0)
    }
}
