import RheiCore

/// How the buffers of a message are compressed.
public enum IPCCompression: Hashable, Sendable {
    case lz4Frame
    /// Level 1 is fastest; 3 is the library's own default.
    case zstd(level: Int)

    /// The value of `CompressionType` in Arrow's `Message.fbs`.
    var code: UInt8 { self == .lz4Frame ? 0 : 1 }

    /// Returns a buffer as the body of a message holds it: its length and its compressed bytes, or -1 and the bytes as they
    /// are when compression does not make them fewer. Empty buffers stay empty.
    func compress(_ buffer: Buffer) throws -> Buffer {
        guard buffer.byteCount > 0 else { return buffer }
        defer { withExtendedLifetime(buffer) {} }
        let source = unsafe UnsafeRawBufferPointer(start: buffer.pointer, count: buffer.byteCount)
        var result = MutableBuffer(capacity: 8 + buffer.byteCount)
        unsafe result.extend(by: 8).storeBytes(of: Int64(buffer.byteCount), as: Int64.self)
        switch self {
        case .lz4Frame: unsafe LZ4FrameEncoder.append(source, to: &result)
        case .zstd(let level): unsafe try ZstdCodec.append(source, level: level, to: &result)
        }
        if result.byteCount >= buffer.byteCount + 8 {
            result.byteCount = 0
            unsafe result.extend(by: 8).storeBytes(of: -1, as: Int64.self)
            unsafe result.append(source)
        }
        return result.freeze()
    }
}

/// Undoes the compression of a message's buffers.
///
/// Memory grows with what is really decompressed, not with the length that a buffer announces.
struct IPCDecompressor {
    private let code: UInt8
    /// Bytes that may still come out.
    private var remainingByteCount: Int

    /// - Parameter compression: a `BodyCompression` table ("Message.fbs").
    /// - Throws: `unsupported` for a codec other than LZ4_FRAME and ZSTD.
    init(_ compression: FlatTable, limit: Int) throws {
        code = try compression.uint8(0)
        guard code <= 1 else { throw EngineError.unsupported("Arrow compression codec number \(code)") }
        guard try compression.uint8(1) == 0 else { throw EngineError.unsupported("Arrow compression of whole bodies") }
        remainingByteCount = limit
    }

    mutating func decompress(_ buffer: Buffer) throws -> Buffer {
        if buffer.byteCount == 0 { return buffer }
        guard buffer.byteCount >= 8 else { throw Self.corrupt("\(buffer.byteCount) bytes") }
        defer { withExtendedLifetime(buffer) {} }
        let announced = unsafe Int(buffer.pointer.loadUnaligned(as: Int64.self))
        if announced == -1 { return buffer.slice(offset: 8, byteCount: buffer.byteCount - 8) }
        guard announced >= 0 else { throw Self.corrupt("a length of \(announced)") }
        guard announced <= remainingByteCount else {
            throw EngineError(.outOfMemory, "an Arrow batch that grows beyond the limit when decompressed")
        }
        remainingByteCount -= announced
        let source = unsafe UnsafeRawBufferPointer(start: buffer.pointer + 8, count: buffer.byteCount - 8)
        var result = MutableBuffer(capacity: min(announced, source.count * 8))
        if code == 0 {
            unsafe try LZ4FrameDecoder.append(source, byteCount: announced, to: &result)
        } else {
            unsafe try ZstdCodec.appendDecompressed(source, byteCount: announced, to: &result)
        }
        guard result.byteCount == announced else {
            throw Self.corrupt("\(result.byteCount) bytes instead of \(announced)")
        }
        return result.freeze()
    }

    static func corrupt(_ what: String) -> EngineError {
        EngineError(.corrupt, "a damaged compressed Arrow buffer: \(what)")
    }
}
