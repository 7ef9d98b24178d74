import CZstd
import RheiCore

/// Zstandard by the system's library.
enum ZstdCodec {
    /// Appends one frame.
    @unsafe static func append(_ source: UnsafeRawBufferPointer, level: Int, to result: inout MutableBuffer) throws {
        let bound = ZSTD_compressBound(source.count)
        let start = result.byteCount
        let target = unsafe result.extend(by: bound)
        let written = unsafe ZSTD_compress(target, bound, source.baseAddress, source.count, CInt(clamping: level))
        guard ZSTD_isError(written) == 0 else { throw failure(written) }
        result.byteCount = start + written
    }

    /// Appends the contents of one frame, at most `byteCount` bytes.
    @unsafe static func appendDecompressed(
        _ source: UnsafeRawBufferPointer, byteCount: Int, to result: inout MutableBuffer
    ) throws {
        guard let context = unsafe ZSTD_createDCtx() else { throw EngineError(.outOfMemory, "no memory for ZSTD") }
        defer { _ = unsafe ZSTD_freeDCtx(context) }
        // Frames may ask for windows of any size; 128 MB is what the library allows unless told otherwise.
        var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
        while true {
            let room = min(byteCount - result.byteCount, max(1 << 17, result.byteCount))
            result.reserve(result.byteCount + room)
            var output = unsafe ZSTD_outBuffer(dst: result.pointer + result.byteCount, size: room, pos: 0)
            let before = unsafe input.pos
            let status = unsafe ZSTD_decompressStream(context, &output, &input)
            guard ZSTD_isError(status) == 0 else { throw failure(status) }
            result.byteCount += unsafe output.pos
            if status == 0 { return }
            if unsafe output.pos == 0 && input.pos == before {
                throw IPCDecompressor.corrupt("it breaks off or is too long")
            }
        }
    }

    private static func failure(_ status: Int) -> EngineError {
        let name = unsafe ZSTD_getErrorName(status).map { unsafe String(cString: $0) } ?? "error"
        return IPCDecompressor.corrupt("ZSTD says '\(name)'")
    }
}
