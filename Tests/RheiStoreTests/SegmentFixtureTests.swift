import Foundation
import RheiArrow
import RheiCore
import RheiTestSupport
@testable import RheiStore
import Testing

/// Segment files written by this and by earlier versions are read for ever: each has an Arrow file of the same rows
/// beside it.
///
/// With RHEI_WRITE_FIXTURES set, the files of this version that are missing are written first.
@Suite struct SegmentFixtureTests {
    private static func folder(_ version: UInt32) -> String {
        RepositoryFolder.url.appending(path: "Fixtures/segments/v\(version)").path
    }

    /// A name, and the columns of a segment.
    private static func samples() throws -> [(name: String, columns: [ArrowArray])] {
        var result: [(name: String, columns: [ArrowArray])] = []
        for seed in 1...4 as ClosedRange<UInt64> {
            var samples = SampleColumns(seed: seed)
            let count = [10, 2048, 2100, 300][Int(seed) - 1]
            var columns = try SampleColumns.types.map { try samples.column($0, count: count) }
            columns.append(samples.mixed(count: count))
            result.append(("every-type-\(seed)", columns))
        }
        result.append(("every-encoding", try everyEncoding()))
        result.append(("planes", try columnsInPlanes()))
        result.append(("nested", try nestedColumns()))
        return result
    }

    private static func everyEncoding() throws -> [ArrowArray] {
        var random = SeededGenerator(seed: 11)
        let rows = 0..<3000
        func integers(_ value: (Int) -> Int64) throws -> ArrowArray {
            let builder = try ArrayBuilder.make(.int64)
            try builder.append(integers: rows.map(value))
            return try builder.finish()
        }
        func texts(_ value: (Int) -> String?) throws -> ArrowArray {
            let builder = try ArrayBuilder.make(.utf8View)
            try builder.append(texts: rows.map(value))
            return try builder.finish()
        }
        let reals = try ArrayBuilder.make(.float64)
        try reals.append(reals: rows.map { $0 == 5 ? .pi : Double(random.below(100_000)) / 100 })
        let few = (0..<9).map { _ in Int64(bitPattern: random.next()) }
        let wide = try ArrayBuilder.make(.decimal128(precision: 38, scale: 0))
        for row in rows { try wide.append(decimal: Decimal256(Int128(row) << 70)) }
        return [
            try integers { _ in 42 }, try integers { $0 == 77 ? .max : Int64($0 % 100) },
            try integers { Int64($0) * 5 },
            try integers { Int64($0 / 400) * 1_000_003 }, try integers { _ in random.pick(few) },
            try reals.finish(), try wide.finish(), try texts { _ in "constant text of some length" },
            try texts { ["RAIL", "AIR", nil, "by a truck of the company"][$0 % 4] },
            try texts { _ in String(random.next(), radix: 36) },
            try texts { _ in "http://example.com/\(random.below(1 << 30))/index.html" }, try texts { _ in nil },
            SampleColumns(seed: 1).mixedCopy(count: rows.count),
        ]
    }

    /// Columns that ZSTD finds more in by planes of bytes: skewed numbers, a walk, few words by frequency, short texts.
    private static func columnsInPlanes() throws -> [ArrowArray] {
        var random = SeededGenerator(seed: 12)
        func skewed(_ bound: Int) -> Int { min(random.below(bound), min(random.below(bound), random.below(bound))) }
        func integers(_ values: [Int64]) throws -> ArrowArray {
            let builder = try ArrayBuilder.make(.int64)
            try builder.append(integers: values)
            return try builder.finish()
        }
        let rows = 0..<6000
        var place: Int64 = 0
        let walk = rows.map { _ in
            place += random.below(100) == 0 ? Int64(random.below(9000)) - 4500 : Int64(skewed(9)) - 4
            return place
        }
        let words = (0..<600).map { _ in Int64(bitPattern: random.next()) }
        let reals = try ArrayBuilder.make(.float64)
        try reals.append(reals: rows.map { _ in Double(skewed(3000)) / 100 })
        let texts = try ArrayBuilder.make(.utf8View)
        let few = (0..<400).map { _ in String(random.next(), radix: 36) }
        try texts.append(texts: rows.map { _ in few[skewed(400)] })
        return [
            try integers(rows.map { _ in Int64(skewed(1200)) - 100 }), try integers(walk),
            try integers(rows.map { _ in words[skewed(600)] }), try reals.finish(), try texts.finish(),
        ]
    }

    /// Lists and structs of every type and of each other, with nulls and empty lists.
    private static func nestedColumns() throws -> [ArrowArray] {
        var samples = SampleColumns(seed: 13)
        return try (SampleColumns.types + [.any]).map { try samples.nested($0, count: 3000) }
    }

    private static func path(_ name: String, _ suffix: String, _ version: UInt32) -> String {
        "\(folder(version))/\(name).\(suffix)"
    }

    @Test(arguments: 1...SegmentFile.formatVersion) func `files of a version are read`(_ version: UInt32) throws {
        let wantsFiles = ProcessInfo.processInfo.environment["RHEI_WRITE_FIXTURES"] != nil
        if wantsFiles, version == SegmentFile.formatVersion { try Self.writeMissing() }
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder(version))
            .filter { $0.hasSuffix(".rhs") }.map { String($0.dropLast(4)) }.sorted()
        #expect(names.count >= 5)
        var encodings: Set<Encoding> = []
        for name in names {
            let file = try SegmentFile(Self.path(name, "rhs", version), number: 1, on: DiskFileSystem())
            try file.check()
            let expected = try IPCFileReader(path: Self.path(name, "arrow", version)).batch(at: 0)
            #expect(file.footer.columnCount == expected.columns.count && file.footer.rowCount == expected.rowCount)
            for (index, column) in expected.columns.enumerated() {
                let read = try file.column(index)
                #expect(read.type == column.type && read == column, "column \(index) of \(name)")
                encodings.insert(file.footer.chunks[index].encoding)
            }
            if let keys = try file.keys() { #expect(keys.count == expected.rowCount) }
        }
        #expect(encodings == Set(Encoding.allCases.filter { version >= 3 || $0 != .nested }))
    }

    private static func writeMissing() throws {
        let version = SegmentFile.formatVersion
        try FileManager.default.createDirectory(atPath: folder(version), withIntermediateDirectories: true)
        for (name, columns) in try samples() where !FileManager.default.fileExists(atPath: path(name, "rhs", version)) {
            let count = columns[0].count
            let keys = RowKeys(integers: (0..<count).map { Int64($0) * 2 }).array
            let segment = Segment(
                columns: columns, keys: name == "every-type-1" ? keys : nil, rowCount: count, firstRowNumber: 0,
                cache: ColumnCache())
            _ = try SegmentFileWriter.write(
                segment, number: 1, to: path(name, "rhs", version), on: DiskFileSystem(),
                compression: BlockCompression(level: name == "every-encoding" ? nil : 1))
            let fields = columns.enumerated().map { Field("c\($0)", $1.type) }
            let sink = MemorySink()
            let writer = try IPCFileWriter(
                sink, schema: Schema(fields), options: IPCWriteOptions(compression: .zstd(level: 9)))
            try writer.write(try RecordBatch(schema: Schema(fields), columns: columns))
            try writer.finish()
            let bytes = sink.finish().withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Data($0) } }
            try bytes.write(to: URL(filePath: path(name, "arrow", version)))
        }
    }
}

extension SampleColumns {
    /// A column of mixed storage classes.
    fileprivate func mixedCopy(count: Int) -> ArrowArray {
        var copy = self
        return copy.mixed(count: count)
    }
}
