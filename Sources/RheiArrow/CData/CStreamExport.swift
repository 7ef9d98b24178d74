#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
public import CArrow
import RheiCore

/// Lends batches through the C Stream Interface.
public enum CStreamExport {
    /// Fills an `ArrowArrayStream`, which the caller releases through its `release` member.
    ///
    /// - Parameters:
    ///   - next: gives the next batch, nil at the end; called by one thread at a time, which may change.
    ///   - target: memory for the structure; its old contents are not looked at.
    @unsafe public static func export(
        schema: Schema, to target: UnsafeMutablePointer<CArrow.ArrowArrayStream>,
        next: @escaping @Sendable () throws -> RecordBatch?
    ) {
        var stream = unsafe CArrow.ArrowArrayStream()
        unsafe stream.get_schema = getSchema
        unsafe stream.get_next = getNext
        unsafe stream.get_last_error = getLastError
        unsafe stream.release = releaseStream
        unsafe stream.private_data = Unmanaged.passRetained(CStreamState(schema, next)).toOpaque()
        unsafe target.initialize(to: stream)
    }
}

/// What an exported stream needs; its consumer calls from one thread at a time.
@safe private final class CStreamState {
    let schema: Schema
    let next: @Sendable () throws -> RecordBatch?
    /// The message of the last failure, owned; nil after a success.
    private(set) var message: UnsafeMutablePointer<CChar>?

    init(_ schema: Schema, _ next: @escaping @Sendable () throws -> RecordBatch?) {
        self.schema = schema
        self.next = next
        unsafe message = nil
    }

    deinit { unsafe free(message) }

    /// Runs `body` and returns zero or an error number, keeping the message.
    func status(_ body: () throws -> Void) -> CInt {
        unsafe free(message)
        unsafe message = nil
        do {
            try body()
            return 0
        } catch {
            unsafe message = strdup("\(error)")
            return (error as? EngineError)?.code == .unsupported ? ENOSYS : EIO
        }
    }
}

@unsafe private func state(_ stream: UnsafeMutablePointer<CArrow.ArrowArrayStream>?) -> CStreamState? {
    guard let data = unsafe stream?.pointee.private_data else { return nil }
    return unsafe Unmanaged<CStreamState>.fromOpaque(data).takeUnretainedValue()
}

@unsafe private func getSchema(
    _ stream: UnsafeMutablePointer<CArrow.ArrowArrayStream>?, _ target: UnsafeMutablePointer<CArrow.ArrowSchema>?
) -> CInt {
    guard let state = unsafe state(stream), let target = unsafe target else { return EINVAL }
    return state.status { unsafe try state.schema.exportC(to: target) }
}

@unsafe private func getNext(
    _ stream: UnsafeMutablePointer<CArrow.ArrowArrayStream>?, _ target: UnsafeMutablePointer<CArrow.ArrowArray>?
) -> CInt {
    guard let state = unsafe state(stream), let target = unsafe target else { return EINVAL }
    return state.status {
        if let batch = try state.next() {
            let fitted = try RecordBatch(
                schema: state.schema, columns: batch.columns(fitting: state.schema), rowCount: batch.rowCount)
            unsafe try fitted.exportC(to: target)
        } else {
            // A released array marks the end.
            unsafe target.initialize(to: CArrow.ArrowArray())
        }
    }
}

@unsafe private func getLastError(_ stream: UnsafeMutablePointer<CArrow.ArrowArrayStream>?) -> UnsafePointer<CChar>? {
    unsafe UnsafePointer(state(stream)?.message)
}

@unsafe private func releaseStream(_ stream: UnsafeMutablePointer<CArrow.ArrowArrayStream>?) {
    guard let stream = unsafe stream, let data = unsafe stream.pointee.private_data else { return }
    unsafe stream.pointee.release = nil
    unsafe stream.pointee.private_data = nil
    unsafe Unmanaged<CStreamState>.fromOpaque(data).release()
}
