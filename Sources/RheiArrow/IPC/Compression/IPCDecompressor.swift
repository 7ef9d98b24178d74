import RheiCore

/// Undoes the compression of a message's buffers.
///
/// Memory grows with what is really decompressed, not with the length that a buffer announces.
struct IPCDecompressor: Sendable {
    private let code: UInt8

    /// - Parameter compression: a `BodyCompression` table ("Message.fbs").
    /// - Throws: `unsupported` for a codec other than LZ4_FRAME and ZSTD.
    init(_ compression: FlatTable) throws {
        code = try compression.uint8(0)
        guard code <= 1 else { throw EngineError.unsupported("Arrow compression codec number \(code)") }
        guard try compression.uint8(1) == 0 else { throw EngineError.unsupported("Arrow compression of whole bodies") }
    }

    /// Decompresses all buffers of a message.
    ///
    /// - Parameter limit: bytes that may come out of all together.
    func decompress(_ buffers: [Buffer], limit: Int, threadCount: Int) throws -> [Buffer] {
        var remaining = limit
        for buffer in buffers where buffer.byteCount > 0 {
            let announced = max(0, try Self.announcedByteCount(buffer))
            guard announced <= remaining else {
                throw EngineError(.outOfMemory, "an Arrow batch that grows beyond the limit when decompressed")
            }
            remaining -= announced
        }
        return try ParallelBuffers.map(buffers, threadCount: threadCount) { try decompress($0, $1) }
    }

    /// Returns the number that a buffer begins with, which is -1 or not negative.
    private static func announcedByteCount(_ buffer: Buffer) throws -> Int {
        guard buffer.byteCount >= 8 else { throw corrupt("\(buffer.byteCount) bytes") }
        defer { withExtendedLifetime(buffer) {} }
        let announced = unsafe Int(buffer.pointer.loadUnaligned(as: Int64.self))
        guard announced >= -1 else { throw corrupt("a length of \(announced)") }
        return announced
    }

    func decompress(_ buffer: Buffer, _ zstd: ZstdCodec) throws -> Buffer {
        if buffer.byteCount == 0 { return buffer }
        let announced = try Self.announcedByteCount(buffer)
        if announced == -1 { return buffer.slice(offset: 8, byteCount: buffer.byteCount - 8) }
        defer { withExtendedLifetime(buffer) {} }
        let source = unsafe UnsafeRawBufferPointer(start: buffer.pointer + 8, count: buffer.byteCount - 8)
        let result: Buffer
        if code == 0 {
            var bytes = MutableBuffer(capacity: min(announced, source.count * 8))
            unsafe try LZ4FrameDecoder.append(source, byteCount: announced, to: &bytes)
            result = bytes.freeze()
        } else {
            result = unsafe try zstd.decompressed(source, byteCount: announced)
        }
        guard result.byteCount == announced else {
            throw Self.corrupt("\(result.byteCount) bytes instead of \(announced)")
        }
        return result
    }

    static func corrupt(_ what: String) -> EngineError {
        EngineError(.corrupt, "a damaged compressed Arrow buffer: \(what)")
    }
}
