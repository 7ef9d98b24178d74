import RheiArrow
import RheiCore
import RheiTestSupport
import Testing

/// Streams and files with a few bytes changed, cut or moved: an error or a batch that can be read, and never more.
///
/// `arrow-fuzz` does the same for as long as one likes, and counts the memory that it takes.
@Suite struct IPCMutationTests {
    static let seed: UInt64 = 20_261_121

    /// Mutations per kind of input; a debug build does a sample of what a release build does.
    static var mutationCount: Int {
        #if DEBUG
        2_000
        #else
        40_000
        #endif
    }

    @Test func `mutated streams give errors or readable batches`() throws {
        let streams = try Self.batches().map {
            try IPCSamples.stream([$0, $0.slice(offset: 1, count: 5)], alignment: 8)
        }
        try Self.mutate(streams + Self.compressed(), seed: Self.seed)
    }

    @Test func `mutated files give errors or readable batches`() throws {
        let files = try Self.batches().map { try IPCSamples.file([$0, $0.slice(offset: 1, count: 5)], alignment: 8) }
        try Self.mutate(files, seed: Self.seed + 1_000_000_000)
    }

    private static func mutate(_ inputs: [Buffer], seed: UInt64) throws {
        let inputs = inputs.map(contents)
        var readCount = 0
        for index in 0..<mutationCount {
            var random = SeededGenerator(seed: seed + UInt64(index))
            let other = random.pick(inputs)
            let bytes = ArrowMutator.mutated(inputs[index % inputs.count], with: other, &random)
            let options = IPCReadOptions(validation: index % 2 == 0 ? .layout : .full)
            do { readCount += try ArrowMutator.read(Buffer(copying: bytes), options: options) } catch is EngineError {}
        }
        #expect(readCount > 0, "seed \(seed)")
    }

    @Test func `every prefix of a stream is an error or its first batches`() throws {
        let batch = try #require(try Self.batches().last)
        let bytes = Self.contents(try IPCSamples.stream([batch, batch], alignment: 8))
        for length in stride(from: 0, to: bytes.count, by: 3) {
            do {
                let reader = try IPCStreamReader(Buffer(copying: Array(bytes[..<length])))
                while let read = try reader.next() { #expect(IPCSamples.isEqual(read, batch)) }
            } catch is EngineError {}
        }
    }

    @Test func `a decimal whose text would fill the memory is refused`() throws {
        for scale in [257, -257, Int(Int32.max), Int(Int32.min)] {
            let schema = Schema([Field("d", .decimal128(precision: 5, scale: scale))])
            let sink = MemorySink()
            try IPCStreamWriter(sink, schema: schema).finish()
            #expect(throws: EngineError.self) { try IPCStreamReader(sink.finish()) }
        }
    }

    /// A batch with all types and one per pair of columns, so that mutations meet every part of small inputs.
    private static func batches() throws -> [RecordBatch] {
        let whole = try IPCSamples.batch(nulls: 1, count: 11)
        let parts = try stride(from: 0, to: whole.columns.count, by: 2).map { start in
            let range = start..<min(start + 2, whole.columns.count)
            return try RecordBatch(
                schema: Schema(Array(whole.schema.fields[range])), columns: Array(whole.columns[range]))
        }
        return [whole] + parts
    }

    /// Long, repetitive columns, so that buffers are really compressed.
    private static func compressed() throws -> [Buffer] {
        let batch = try IPCSamples.batch(nulls: 1, count: 200)
        let kept = batch.columns.indices.filter { $0 % 3 == 0 }
        let part = try RecordBatch(
            schema: Schema(kept.map { batch.schema.fields[$0] }), columns: kept.map { batch.columns[$0] })
        return try [IPCCompression.lz4Frame, .zstd(level: 1)].map {
            try IPCSamples.stream([part], alignment: 8, compression: $0)
        }
    }

    private static func contents(_ buffer: Buffer) -> [UInt8] {
        buffer.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
    }
}
