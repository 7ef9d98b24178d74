import Foundation
import RheiArrow
import RheiCore
import RheiTestSupport
import Testing

/// Exchange with pyarrow, in both directions: every type, with no, some and only nulls, empty and sliced.
@Suite struct PyArrowTests {
    private static let peer = "Fixtures/arrow/peer.py"

    /// Types that pyarrow can hold but not show.
    private static let hidden: [DataType] = [.interval(.yearMonth), .interval(.dayTime)]

    private func batches() throws -> [RecordBatch] {
        let wholes = try (0...2).map { nulls in
            let batch = try IPCSamples.batch(nulls: nulls, count: 40, validText: true)
            let kept = batch.columns.indices.filter { !Self.hidden.contains(batch.columns[$0].type) }
            return try RecordBatch(
                schema: Schema(kept.map { batch.schema.fields[$0] }, metadata: batch.schema.metadata),
                columns: kept.map { batch.columns[$0] })
        }
        return wholes + [wholes[0].slice(offset: 0, count: 0)]
            + wholes.flatMap { whole in (1...9).map { whole.slice(offset: $0, count: 29) } }
    }

    private func write(_ contents: Buffer, to path: String) throws {
        let bytes = contents.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Data($0) } }
        try bytes.write(to: URL(filePath: path))
    }

    static let written: [IPCWriteOptions] = [
        IPCWriteOptions(alignment: 8), IPCWriteOptions(), IPCWriteOptions(compression: .lz4Frame),
        IPCWriteOptions(compression: .zstd(level: 1)),
    ]

    @Test(arguments: written)
    func `pyarrow reads our streams and files`(options: IPCWriteOptions) throws {
        let (alignment, compression) = (options.alignment, options.compression)
        let batches = try batches()
        let folder = try TemporaryFolder()
        let expected = try ArrowText.schema(batches[0].schema) + batches.map(ArrowText.batch).joined()
        try write(
            IPCSamples.stream(batches, alignment: alignment, compression: compression), to: folder.path("out.stream"))
        #expect(try PythonEnvironment.run(Self.peer, ["read", folder.path("out.stream"), "stream"]) == expected)
        try write(IPCSamples.file(batches, alignment: alignment, compression: compression), to: folder.path("out.file"))
        #expect(try PythonEnvironment.run(Self.peer, ["read", folder.path("out.file"), "file"]) == expected)
    }

    @Test(arguments: ["none", "lz4", "zstd"])
    func `we read pyarrow's streams and files`(compression: String) throws {
        let folder = try TemporaryFolder()
        let (streamPath, filePath) = (folder.path("in.stream"), folder.path("in.file"))
        let expected = try PythonEnvironment.run(Self.peer, ["write", streamPath, filePath, compression])
        let options = IPCReadOptions(validation: .full)

        let stream = try IPCStreamReader(Buffer.mapping(path: streamPath), options: options)
        var streamed = ArrowText.schema(stream.schema)
        while let batch = try stream.next() { streamed += try ArrowText.batch(batch) }
        #expect(streamed == expected)

        let file = try IPCFileReader(path: filePath, options: options)
        var filed = ArrowText.schema(file.schema)
        for index in 0..<file.batchCount { filed += try ArrowText.batch(file.batch(at: index)) }
        #expect(filed == expected)
    }
}
