import RheiArrow
import RheiCore
import Synchronization

/// ZSTD for blocks.
package struct BlockCompression: Sendable, Hashable {
    /// 1 is fastest; nil leaves all blocks as they are.
    package var level: Int?

    package init(level: Int? = 1) { self.level = level }

    /// Codecs that no thread uses at present.
    private static let idle = Mutex<[CodecBox]>([])

    /// A codec on its way between threads. Unchecked because the pool gives it to one at a time.
    private final class CodecBox: @unchecked Sendable {
        let codec = ZstdCodec()
    }

    private static func withCodec<Result>(_ body: (ZstdCodec) throws -> Result) rethrows -> Result {
        let box = idle.withLock { $0.popLast() } ?? CodecBox()
        defer { idle.withLock { if $0.count < 16 { $0.append(box) } } }
        return try body(box.codec)
    }

    /// Returns one ZSTD frame; nil when it is not smaller by `leastSaving` percent.
    func compressed(_ raw: [UInt8], leastSaving: Int) throws -> Buffer? {
        guard let level, raw.count >= 64 else { return nil }
        var result = MutableBuffer()
        try Self.withCodec { codec in
            try unsafe raw.withUnsafeBytes { unsafe try codec.append($0, level: level, to: &result) }
        }
        guard result.byteCount * 100 <= raw.count * (100 - leastSaving) else { return nil }
        return result.freeze()
    }

    /// Bytes of `raw`, compressed if that helps: what samples are compared by.
    func cost(_ raw: [UInt8], leastSaving: Int) throws -> Int {
        try compressed(raw, leastSaving: leastSaving)?.byteCount ?? raw.count
    }

    /// Undoes `compressed`.
    ///
    /// - Throws: `corrupt` for bytes that are no frame of `byteCount` bytes.
    static func expanded(_ stored: Buffer, byteCount: Int) throws -> Buffer {
        defer { withExtendedLifetime(stored) {} }
        let source = unsafe UnsafeRawBufferPointer(start: stored.pointer, count: stored.byteCount)
        let result = try withCodec { unsafe try $0.decompressed(source, byteCount: byteCount) }
        guard result.byteCount == byteCount else {
            throw EngineError(.corrupt, "\(result.byteCount) bytes come out instead of \(byteCount)")
        }
        return result
    }
}
