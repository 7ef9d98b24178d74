import RheiTestSupport
import RheiArrow
import RheiCore
import Testing

/// Streams and files with a few bytes changed, cut or moved: an error or a batch that can be read, and never more.
@Suite struct IPCMutationTests {
    static let seed: UInt64 = 20_261_121

    /// Mutations per kind of input; a debug build does a sample of what a release build does.
    static var mutationCount: Int {
        #if DEBUG
        2_000
        #else
        4_000
        #endif
    }

    @Test func `mutated streams give errors or readable batches`() throws {
        var random = SeededGenerator(seed: Self.seed)
        let inputs =
            try Self.batches().map {
                try IPCSamples.stream([$0, $0.slice(offset: 1, count: 5)], alignment: 8)
            } + Self.compressed()
        var readCount = 0
        for index in 0..<Self.mutationCount {
            let bytes = Self.mutated(Self.contents(inputs[index % inputs.count]), &random)
            do {
                let reader = try IPCStreamReader(Buffer(copying: bytes), options: IPCReadOptions(validation: .full))
                while let batch = try reader.next() {
                    Self.touch(batch)
                    readCount += 1
                }
            } catch is EngineError {}
        }
        #expect(readCount > 0, "seed \(Self.seed)")
    }

    @Test func `mutated files give errors or readable batches`() throws {
        var random = SeededGenerator(seed: Self.seed + 1)
        let inputs = try Self.batches().map { try IPCSamples.file([$0, $0.slice(offset: 1, count: 5)], alignment: 8) }
        var readCount = 0
        for index in 0..<Self.mutationCount {
            let bytes = Self.mutated(Self.contents(inputs[index % inputs.count]), &random)
            do {
                let reader = try IPCFileReader(Buffer(copying: bytes))
                for index in 0..<reader.batchCount {
                    Self.touch(try reader.batch(at: index))
                    readCount += 1
                }
            } catch is EngineError {}
        }
        #expect(readCount > 0, "seed \(Self.seed)")
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

    private static func mutated(_ source: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = source
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0..<max(bytes.count, 1), using: &random)
            guard place + 8 <= bytes.count else { continue }
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2:
                let aligned = place & ~3
                let words: [UInt32] = [0, 1, 0xFFFF_FFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF, 8]
                let word = words[Int.random(in: 0..<words.count, using: &random)]
                for index in 0..<4 { bytes[aligned + index] = UInt8(truncatingIfNeeded: word >> UInt32(index * 8)) }
            case 3: for index in 0..<8 { bytes[place & ~7 + index] = index == 7 ? 0x7F : 0xFF }
            case 4: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random) / 8)
            case 5: bytes.removeSubrange(place..<place + 8)
            default:
                let from = Int.random(in: 0...(bytes.count - 8), using: &random)
                bytes.replaceSubrange(place..<place + 8, with: Array(bytes[from..<from + 8]))
            }
        }
        return bytes
    }

    /// Reads every row that takes memory.
    private static func touch(_ batch: RecordBatch) {
        for column in batch.columns where column.type != .null {
            if column.type.physicalType == .nested { _ = column == column.slice(offset: 0, count: column.count) }
            for row in 0..<min(column.count, 1000) { _ = try? column.value(at: row) }
            if column.count > 0 { _ = try? ArrowArray.concatenated([column, column]).count }
        }
    }
}
