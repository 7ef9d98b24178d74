#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
public import CArrow
import RheiArrow
import RheiCore
import Synchronization

/// The functions that Fixtures/arrow/c_data.py calls in the shared library that this target is built as. Each returns
/// zero, or writes why it failed to `message` (of 1 024 bytes) and returns 1.

/// Takes over an array, rebuilds it in one of several ways, and lends the result.
///
/// - Parameter way: 0 gives it back as it is, 1 takes every row, 2 joins its halves, 3 filters with a mask that keeps
///   all.
@c(rhei_exchange) public func exchange(
    _ schema: UnsafePointer<CArrow.ArrowSchema>, _ array: UnsafeMutablePointer<CArrow.ArrowArray>, _ way: Int32,
    _ schemaOut: UnsafeMutablePointer<CArrow.ArrowSchema>, _ arrayOut: UnsafeMutablePointer<CArrow.ArrowArray>,
    _ message: UnsafeMutablePointer<CChar>
) -> Int32 {
    unsafe status(message) {
        let field = unsafe try Field(importingC: schema)
        let source = unsafe try RheiArrow.ArrowArray(importingC: array, type: field.type)
        try source.validate(.full)
        let result = try rebuilt(source, way)
        try result.validate(.full)
        guard result == source else { throw EngineError(.invariant, "rows of \(field.type) changed in way \(way)") }
        unsafe try field.exportC(to: schemaOut)
        unsafe try result.exportC(to: arrayOut)
    }
}

private func rebuilt(_ array: RheiArrow.ArrowArray, _ way: Int32) throws -> RheiArrow.ArrowArray {
    let count = array.count
    switch way {
    case 1: return try array.take((0..<count).map { $0 })
    case 2:
        let half = count / 2
        return try .concatenated([
            array.slice(offset: 0, count: half), array.slice(offset: half, count: count - half),
            array.slice(offset: 0, count: 0),
        ])
    case 3:
        // A row that goes keeps the filter from giving its source back.
        let longer = try RheiArrow.ArrowArray.concatenated([array, .nulls(array.type, count: 1)])
        return try longer.filter(Bitmap([Bool](repeating: true, count: count) + [false]))
    default: return array
    }
}

/// Bytes that arrays of this library hold.
@c(rhei_live_byte_count) public func liveByteCount() -> Int { BufferPool.shared.liveByteCount }

/// Lends the batches of an IPC stream in a file, of each the rows from `offset` on, at most `count`.
@c(rhei_lend) public func lend(
    _ path: UnsafePointer<CChar>, _ offset: Int, _ count: Int,
    _ stream: UnsafeMutablePointer<CArrow.ArrowArrayStream>, _ message: UnsafeMutablePointer<CChar>
) -> Int32 {
    unsafe status(message) {
        let reader = try IPCStreamReader(Buffer.mapping(path: unsafe String(cString: path)))
        var batches: [RecordBatch] = []
        while let batch = try reader.next() {
            let start = min(offset, batch.rowCount)
            batches.append(batch.slice(offset: start, count: min(count, batch.rowCount - start)))
        }
        let rest = Mutex(batches[...])
        unsafe CStreamExport.export(schema: reader.schema, to: stream) { rest.withLock { $0.popFirst() } }
    }
}

/// Takes over a stream and writes its batches to a file as an IPC stream.
@c(rhei_take) public func take(
    _ stream: UnsafeMutablePointer<CArrow.ArrowArrayStream>, _ path: UnsafePointer<CChar>,
    _ message: UnsafeMutablePointer<CChar>
) -> Int32 {
    unsafe status(message) {
        let reader = unsafe try CStreamReader(moving: stream)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw EngineError(.io, "cannot create the file: error \(errno)") }
        defer { close(descriptor) }
        let writer = try IPCStreamWriter(FileDescriptorSink(descriptor: descriptor), schema: reader.schema)
        while let batch = try reader.next() {
            try batch.validate(.full)
            try writer.write(batch)
        }
        try writer.finish()
    }
}

@unsafe private func status(_ message: UnsafeMutablePointer<CChar>, _ body: () throws -> Void) -> Int32 {
    do {
        try body()
        return 0
    } catch {
        _ = unsafe strncpy(message, "\(error)", 1023)
        return 1
    }
}
