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

    /// A batch and slices of it, which have its dictionaries.
    private func batches(nulls: Int) throws -> [RecordBatch] {
        let batch = try IPCSamples.batch(nulls: nulls, count: 40, validText: true)
        let kept = batch.columns.indices.filter { !Self.hidden.contains(batch.columns[$0].type) }
        let whole = try RecordBatch(
            schema: Schema(kept.map { batch.schema.fields[$0] }, metadata: batch.schema.metadata),
            columns: kept.map { batch.columns[$0] })
        return [whole, whole.slice(offset: 0, count: 0)] + (1...9).map { whole.slice(offset: $0, count: 29) }
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
        let groups = try (0...2).map { try batches(nulls: $0) }
        let folder = try TemporaryFolder()
        func expected(_ batches: [RecordBatch]) throws -> String {
            try ArrowText.schema(batches[0].schema) + batches.map(ArrowText.batch).joined()
        }
        let all = Array(groups.joined())
        try write(IPCSamples.stream(all, alignment: alignment, compression: compression), to: folder.path("stream"))
        #expect(try PythonEnvironment.run(Self.peer, ["read", folder.path("stream"), "stream"]) == expected(all))
        for (nulls, group) in groups.enumerated() {
            let path = folder.path("file\(nulls)")
            try write(IPCSamples.file(group, alignment: alignment, compression: compression), to: path)
            #expect(try PythonEnvironment.run(Self.peer, ["read", path, "file"]) == expected(group), "nulls \(nulls)")
        }
    }

    @Test(arguments: ["plain", "deltas"])
    func `we read the dictionaries that pyarrow replaces and adds to`(kind: String) throws {
        let folder = try TemporaryFolder()
        let (streamPath, filePath) = (folder.path("in.stream"), folder.path("in.file"))
        let expected = try PythonEnvironment.run(Self.peer, ["dictionaries", streamPath, filePath, kind])
        let (streamed, filed) = try read(streamPath, filePath)
        #expect(streamed == expected)
        if kind == "deltas" { #expect(filed == expected) }
    }

    @Test(arguments: ["none", "lz4", "zstd"])
    func `we read pyarrow's streams and files`(compression: String) throws {
        let folder = try TemporaryFolder()
        let (streamPath, filePath) = (folder.path("in.stream"), folder.path("in.file"))
        let expected = try PythonEnvironment.run(Self.peer, ["write", streamPath, filePath, compression])
        let (streamed, filed) = try read(streamPath, filePath)
        #expect(streamed == expected)
        #expect(filed == expected)
    }

    /// Returns what a stream and a file hold, as text.
    private func read(_ streamPath: String, _ filePath: String) throws -> (stream: String, file: String) {
        let options = IPCReadOptions(validation: .full)
        let stream = try IPCStreamReader(Buffer.mapping(path: streamPath), options: options)
        var streamed = ArrowText.schema(stream.schema)
        while let batch = try stream.next() { streamed += try ArrowText.batch(batch) }

        guard FileManager.default.fileExists(atPath: filePath) else { return (streamed, "") }
        let file = try IPCFileReader(path: filePath, options: options)
        var filed = ArrowText.schema(file.schema)
        for index in 0..<file.batchCount { filed += try ArrowText.batch(file.batch(at: index)) }
        return (streamed, filed)
    }
}
