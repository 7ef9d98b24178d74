public import CArrow
import RheiCore

/// Reads record batches from another program's `ArrowArrayStream`. Not thread-safe.
@safe public final class CStreamReader {
    public let schema: Schema
    private var stream: CArrow.ArrowArrayStream

    /// Takes over a stream, which is released with this object or when this throws, and reads its schema.
    ///
    /// - Parameter source: is moved from: its `release` member is nil afterwards.
    /// - Throws: `corrupt` for a released stream, `io` with the producer's message, what `Schema.init(importingC:)`
    ///   throws.
    @unsafe public init(moving source: UnsafeMutablePointer<CArrow.ArrowArrayStream>) throws {
        guard unsafe source.pointee.release != nil else { throw EngineError(.corrupt, "a released ArrowArrayStream") }
        var stream = unsafe source.pointee
        unsafe source.pointee.release = nil
        do {
            var described = unsafe CArrow.ArrowSchema()
            let status = unsafe stream.get_schema(&stream, &described)
            guard status == 0 else { throw unsafe failure(&stream, status) }
            defer { if let release = unsafe described.release { unsafe release(&described) } }
            schema = unsafe try Schema(importingC: &described)
            unsafe self.stream = stream
        } catch {
            unsafe stream.release(&stream)
            throw error
        }
    }

    deinit {
        if let release = unsafe stream.release { unsafe release(&stream) }
    }

    /// Returns the next batch, nil at the end.
    ///
    /// - Throws: `io` with the producer's message, what `RecordBatch.init(importingC:schema:)` throws.
    public func next() throws -> RecordBatch? {
        var array = unsafe CArrow.ArrowArray()
        let status = unsafe stream.get_next(&stream, &array)
        guard status == 0 else { throw unsafe failure(&stream, status) }
        guard unsafe array.release != nil else { return nil }
        return unsafe try RecordBatch(importingC: &array, schema: schema)
    }
}

/// Returns the error that a stream reports.
@unsafe private func failure(_ stream: UnsafeMutablePointer<CArrow.ArrowArrayStream>, _ status: CInt) -> EngineError {
    let message = unsafe stream.pointee.get_last_error(stream).map { unsafe String(cString: $0) } ?? "error \(status)"
    return EngineError(.io, "an Arrow stream of another program failed: \(message)")
}
