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

    @Test func `numbers beyond their bounds stay as they are`() throws {
        let array = try column(.date32, [1, 300])
        #expect(array.narrowed(from: 0, through: 100).type == .date32)
        #expect(try column(.int64, [.max, 1]).narrowed(from: 1, through: .max).type == .int64)
        #expect(try column(.int64, []).narrowed(from: 0, through: 0).count == 0)
    }
}
