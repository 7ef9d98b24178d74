import Foundation
import RheiArrow
import RheiCore
import RheiTestSupport
import Testing

/// The C Data and C Stream Interfaces with pyarrow on the other side, which loads us as a shared library.
@Suite(.enabled(if: ArrowPeerLibrary.isLoadable)) struct PyArrowCDataTests {
    private static let script = "Fixtures/arrow/c_data.py"
    private let library = ArrowPeerLibrary.path

    @Test func `pyarrow's arrays come back with the same rows, and all memory is released`() throws {
        let output = try PythonEnvironment.run(Self.script, ["exchange", library])
        let count = try #require(Int(output.dropFirst("exchanged ".count).dropLast()), "\(output.prefix(4000))")
        #expect(count > 5000)
    }

    @Test(arguments: [(0, 40), (0, 0), (1, 29), (3, 30), (5, 31), (7, 29), (9, 1)])
    func `pyarrow reads the batches that we lend`(offset: Int, count: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("ours.stream")
        for nulls in 0...2 {
            let whole = try Self.shown(IPCSamples.batch(nulls: nulls, count: 40, validText: true))
            let bytes = try IPCSamples.stream([whole])
            try bytes.withBytes { try unsafe $0.withUnsafeBytes { unsafe Data($0) }.write(to: URL(filePath: path)) }
            let batch = whole.slice(offset: offset, count: count)
            let expected = try ArrowText.schema(batch.schema) + ArrowText.batch(batch)
            let output = try PythonEnvironment.run(Self.script, ["lend", library, path, "\(offset)", "\(count)"])
            #expect(output == expected, "nulls \(nulls)")
        }
    }

    @Test func `we read the batches that pyarrow lends`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("theirs.stream")
        let expected = try PythonEnvironment.run(Self.script, ["take", library, path])
        let reader = try IPCStreamReader(Buffer.mapping(path: path), options: IPCReadOptions(validation: .full))
        var output = ArrowText.schema(reader.schema)
        while let batch = try reader.next() { output += try ArrowText.batch(batch) }
        #expect(output == expected)
    }

    /// Returns the columns whose types pyarrow can show.
    private static func shown(_ batch: RecordBatch) throws -> RecordBatch {
        let hidden: [DataType] = [.interval(.yearMonth), .interval(.dayTime)]
        let kept = batch.columns.indices.filter { !hidden.contains(batch.columns[$0].type) }
        return try RecordBatch(
            schema: Schema(kept.map { batch.schema.fields[$0] }, metadata: batch.schema.metadata),
            columns: kept.map { batch.columns[$0] })
    }
}
