import RheiCore

/// How the buffers of a message are compressed.
public enum IPCCompression: Hashable, Sendable {
    case lz4Frame
    /// Level 1 is fastest; 3 is the library's own default.
    case zstd(level: Int)

    /// The value of `CompressionType` in Arrow's `Message.fbs`.
    var code: UInt8 { self == .lz4Frame ? 0 : 1 }

    /// Returns a buffer as the body of a message holds it: its length and its compressed bytes, or -1 and the bytes as
    /// they are when compression does not make them fewer. Empty buffers stay empty.
    func compress(_ buffer: Buffer, _ zstd: ZstdCodec) throws -> Buffer {
        guard buffer.byteCount > 0 else { return buffer }
        defer { withExtendedLifetime(buffer) {} }
        let source = unsafe UnsafeRawBufferPointer(start: buffer.pointer, count: buffer.byteCount)
        var result = MutableBuffer(capacity: 8 + buffer.byteCount)
        unsafe result.extend(by: 8).storeBytes(of: Int64(buffer.byteCount), as: Int64.self)
        switch self {
        case .lz4Frame: unsafe LZ4FrameEncoder.append(source, to: &result)
        case .zstd(let level): unsafe try zstd.append(source, level: level, to: &result)
        }
        if result.byteCount >= buffer.byteCount + 8 {
            result.byteCount = 0
            unsafe result.extend(by: 8).storeBytes(of: -1, as: Int64.self)
            unsafe result.append(source)
        }
        return result.freeze()
    }
}
