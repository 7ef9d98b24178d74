import CZstd
import RheiCore

/// Zstandard by the system's library. One codec serves one thread and keeps the library's working memory between calls.
@safe package final class ZstdCodec {
    private var compressor: OpaquePointer?
    private var decompressor: OpaquePointer?

    package init() {}

    deinit {
        _ = unsafe ZSTD_freeCCtx(compressor)
        _ = unsafe ZSTD_freeDCtx(decompressor)
    }

    /// Appends one frame.
    @unsafe package func append(_ source: UnsafeRawBufferPointer, level: Int, to result: inout MutableBuffer) throws {
        if unsafe compressor == nil { unsafe compressor = ZSTD_createCCtx() }
        guard let context = unsafe compressor else { throw EngineError(.outOfMemory, "no memory for ZSTD") }
        let bound = ZSTD_compressBound(source.count)
        let start = result.byteCount
        let target = unsafe result.extend(by: bound)
        let written = unsafe ZSTD_compressCCtx(
            context, target, bound, source.baseAddress, source.count, CInt(clamping: level))
        guard ZSTD_isError(written) == 0 else { throw Self.failure(written) }
        result.byteCount = start + written
    }

    /// Returns the contents of one frame, of which there are said to be `byteCount` bytes.
    ///
    /// A frame is decompressed at once into its result, since piece by piece the library allocates a window of the size
    /// that the frame asks for. Room for eight times the frame is tried first and twice as much after each failure, so
    /// memory follows what really comes out.
    @unsafe package func decompressed(_ source: UnsafeRawBufferPointer, byteCount: Int) throws -> Buffer {
        if unsafe decompressor == nil { unsafe decompressor = ZSTD_createDCtx() }
        guard let context = unsafe decompressor else { throw EngineError(.outOfMemory, "no memory for ZSTD") }
        var room = min(byteCount, max(source.count * 8, 1 << 12))
        while true {
            var result = MutableBuffer(capacity: room)
            let written = unsafe ZSTD_decompressDCtx(
                context, result.pointer, room, source.baseAddress, source.count)
            if ZSTD_isError(written) == 0 {
                result.byteCount = written
                return result.freeze()
            }
            guard room < byteCount, ZSTD_getErrorCode(written) == ZSTD_error_dstSize_tooSmall else {
                throw Self.failure(written)
            }
            room = min(byteCount, room * 2)
        }
    }

    private static func failure(_ status: Int) -> EngineError {
        let name = unsafe ZSTD_getErrorName(status).map { unsafe String(cString: $0) } ?? "error"
        return IPCDecompressor.corrupt("ZSTD says '\(name)'")
    }
}
