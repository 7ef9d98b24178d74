import Foundation
import RheiArrow

/// Writes a file of one batch in Arrow's file format.
func writeArrowFile(_ columns: [(String, ArrowArray)], to path: String) throws {
    let schema = Schema(columns.map { Field($0.0, $0.1.type) })
    let sink = MemorySink()
    let writer = try IPCFileWriter(sink, schema: schema)
    try writer.write(try RecordBatch(schema: schema, columns: columns.map(\.1)))
    try writer.finish()
    try sink.finish().withBytes { bytes in
        try unsafe bytes.withUnsafeBytes { try unsafe Data($0).write(to: URL(filePath: path)) }
    }
}
