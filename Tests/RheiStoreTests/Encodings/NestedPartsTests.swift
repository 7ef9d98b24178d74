import RheiArrow
import RheiCore
@testable import RheiStore
import RheiTestSupport
import Testing

/// Lists and structs in segment files.
@Suite struct NestedPartsTests {
    private func written(_ column: ArrowArray) throws -> SegmentFile {
        let files = MemoryFileSystem()
        let segment = Segment(
            columns: [column], keys: nil, rowCount: column.count, firstRowNumber: 0, cache: ColumnCache())
        _ = try SegmentFileWriter.write(
            segment, number: 1, to: "f", on: files, compression: BlockCompression(level: 1))
        return try SegmentFile("f", number: 1, on: files)
    }

    @Test(arguments: SampleColumns.types + [.any])
    func `structs and lists of every type come back from files`(_ type: DataType) throws {
        var samples = SampleColumns(seed: 5)
        for count in [1, 7, 2500] {
            let column = try samples.nested(type, count: count)
            let file = try written(column)
            #expect(file.footer.chunks[0].encoding == .nested)
            let read = try file.column(0)
            #expect(read.type == column.type && read == column, "\(count) rows")
            try file.check()
        }
    }

    @Test func `slices of nested columns come back`() throws {
        var samples = SampleColumns(seed: 6)
        let column = try samples.nested(.utf8View, count: 200)
        for offset in [64, 128] {
            let slice = column.slice(offset: offset, count: 50)
            #expect(try written(slice).column(0) == slice)
        }
    }

    @Test func `parts that do not fit are damage`() throws {
        var samples = SampleColumns(seed: 7)
        let column = try samples.nested(.int64, count: 40)
        let parts = try #require(try NestedParts(splitting: column)).arrays
        #expect(throws: EngineError.self) { try NestedParts.joined([], as: column.type, rowCount: 40) }
        #expect(throws: EngineError.self) { try NestedParts.joined([parts[0]], as: column.type, rowCount: 40) }
        #expect(throws: EngineError.self) { try NestedParts.joined(parts, as: column.type, rowCount: 39) }
        let list = try #require(try NestedParts(splitting: parts[2])).arrays
        for items in [list[2].slice(offset: 0, count: list[2].count - 1), list[1]] {
            #expect(throws: EngineError.self) {
                try NestedParts.joined([list[0], list[1], items], as: parts[2].type, rowCount: 40)
            }
        }
    }
}
