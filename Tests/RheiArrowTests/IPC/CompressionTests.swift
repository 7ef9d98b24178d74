import RheiCore
import RheiTestSupport
import Testing

@testable import RheiArrow

@Suite struct CompressionTests {
    /// Random, repetitive and constant contents, with lengths around the limits of the formats.
    private func samples() -> [[UInt8]] {
        var random = SeededGenerator(seed: 4)
        let lengths = Array(0...40) + [100, 255, 256, 270, 4096, 65_535, 65_536, 70_000, (4 << 20) + 3]
        return lengths.flatMap { length in
            [
                (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) },
                (0..<length).map { UInt8(truncatingIfNeeded: $0 % 7 + $0 / 1000) },
                [UInt8](repeating: 9, count: length),
            ]
        }
    }

    private func decompressor(_ compression: IPCCompression) throws -> IPCDecompressor {
        try IPCDecompressor(FlatTable(root: FlatWriter.encode([.uint8(compression.code)])))
    }

    @Test(arguments: [IPCCompression.lz4Frame, .zstd(level: 1)])
    func `what is compressed comes back`(compression: IPCCompression) throws {
        let decompressor = try decompressor(compression)
        for sample in samples() {
            let compressed = try compression.compress(Buffer(copying: sample), ZstdCodec())
            #expect(compressed.byteCount <= sample.count + 8)
            #expect(
                try decompressor.decompress(compressed, ZstdCodec()) == Buffer(copying: sample), "\(sample.count) bytes"
            )
        }
    }

    @Test func `our frames are frames to our decoder, incompressible ones too`() throws {
        for sample in samples() {
            var frame = MutableBuffer()
            unsafe sample.withUnsafeBytes { unsafe LZ4FrameEncoder.append($0, to: &frame) }
            let buffer = frame.freeze()
            var result = MutableBuffer()
            let source = unsafe UnsafeRawBufferPointer(start: buffer.pointer, count: buffer.byteCount)
            unsafe try LZ4FrameDecoder.append(source, byteCount: sample.count, to: &result)
            let expanded = result.freeze()
            #expect(expanded == Buffer(copying: sample), "\(sample.count) bytes")
            withExtendedLifetime(buffer) {}
        }
    }

    @Test(arguments: [IPCCompression.lz4Frame, .zstd(level: 1)])
    func `a wrong length is an error and asks for no memory`(compression: IPCCompression) throws {
        let sample = [UInt8](repeating: 9, count: 5000)
        let good = try compression.compress(Buffer(copying: sample), ZstdCodec()).bytes()
        for announced in [0, 1, 4999, 5001, 1 << 40, .max, -2] {
            var bytes = good
            for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: announced >> (index * 8)) }
            let decompressor = try decompressor(compression)
            #expect(throws: EngineError.self, "\(announced)") {
                try decompressor.decompress(Buffer(copying: bytes), ZstdCodec())
            }
        }
        for length in 8..<good.count {
            let decompressor = try decompressor(compression)
            #expect(throws: EngineError.self) {
                try decompressor.decompress(Buffer(copying: Array(good[..<length])), ZstdCodec())
            }
        }
    }

    @Test func `checksums are those of the reference`() {
        func hash(_ text: String) -> UInt32 { unsafe Array(text.utf8).withUnsafeBytes { unsafe xxHash32($0) } }
        #expect(hash("") == 0x02CC_5D05)
        #expect(hash("a") == 0x550D_7456)
        #expect(hash("abc") == 0x32D1_53FF)
        #expect(hash("Nobody inspects the spammish repetition") == 0xE229_3B2F)
    }
}
