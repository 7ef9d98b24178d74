import RheiArrow
import RheiCore

/// An Arrow file or stream, mapped into memory: batches are looked at when they are asked for.
struct ArrowFile: Sendable {
    let path: String
    let schema: Schema
    /// Rows of each batch.
    let rowCounts: [Int]
    private let contents: Contents

    private enum Contents: Sendable {
        case file(IPCFileReader)
        case stream([RecordBatch])
    }

    /// Opens the file and reads what says how many rows it has.
    ///
    /// - Throws: `io` when it cannot be opened, `corrupt` or `unsupported` with the path when it cannot be read.
    init(path: String) throws {
        self.path = path
        do {
            let bytes = try Buffer.mapping(path: path)
            if Self.beginsLikeFile(bytes) {
                let reader = try IPCFileReader(bytes)
                contents = .file(reader)
                schema = reader.schema
                rowCounts = try (0..<reader.batchCount).map { try reader.rowCount(ofBatch: $0) }
            } else {
                let stream = try IPCStreamReader(bytes)
                var batches: [RecordBatch] = []
                while let batch = try stream.next() { batches.append(batch) }
                contents = .stream(batches)
                schema = stream.schema
                rowCounts = batches.map(\.rowCount)
            }
        } catch {
            throw Self.naming(path, error)
        }
    }

    private static func beginsLikeFile(_ bytes: Buffer) -> Bool {
        bytes.byteCount >= 6 && bytes.slice(offset: 0, byteCount: 6) == Buffer(copying: Array("ARROW1".utf8))
    }

    /// Returns columns of a batch, in the order asked for.
    func columns(_ columns: [Int], ofBatch batch: Int) throws -> [ArrowArray] {
        switch contents {
        case .stream(let batches): return columns.map { batches[batch].columns[$0] }
        case .file(let reader):
            do { return try reader.columns(columns, ofBatch: batch) } catch { throw Self.naming(path, error) }
        }
    }

    /// Says in the error which file it is about.
    private static func naming(_ path: String, _ error: any Error) -> any Error {
        guard var known = error as? EngineError, !known.message.contains(path) else { return error }
        known.message = "'\(path)': \(known.message)"
        return known
    }
}
