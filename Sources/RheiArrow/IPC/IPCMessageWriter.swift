import RheiCore

/// Writes encapsulated messages to a sink and knows how many bytes have gone out.
struct IPCMessageWriter {
    private let sink: any ByteSink
    let options: IPCWriteOptions
    private(set) var byteCount = 0
    private let zeros = [UInt8](repeating: 0, count: 64)

    init(_ sink: any ByteSink, options: IPCWriteOptions) throws {
        try options.validate()
        self.sink = sink
        self.options = options
    }

    mutating func write(_ bytes: [UInt8]) throws {
        guard !bytes.isEmpty else { return }
        try unsafe bytes.withUnsafeBytes { try unsafe sink.write($0.bytes) }
        byteCount += bytes.count
    }

    mutating func writeSchema(_ schema: Schema) throws {
        for field in schema.fields {
            guard let type = field.type.unheldType else { continue }
            throw EngineError.unsupported("writing column '\(field.name)' of type \(type)")
        }
        _ = try writeMessage(.schema, try IPCSchemaEncoder.encode(schema), bodyByteCount: 0, [:])
    }

    /// Writes a record batch.
    ///
    /// - Returns: the place of the message as the footer of a file names it.
    mutating func writeBatch(_ columns: [ArrowArray], rowCount: Int, _ metadata: [String: String]) throws -> [Int64] {
        var body = IPCBodyEncoder(options)
        for column in columns { try body.append(column) }
        let header: FlatFields = [
            .int64(Int64(rowCount)), .words(body.nodes, perElement: 2), .words(body.places, perElement: 2),
            options.compression.map { .table([.uint8($0.code), .uint8(0)]) },
            body.variadicCounts.isEmpty ? nil : .words(body.variadicCounts, perElement: 1),
        ]
        let start = byteCount
        let length = try writeMessage(.recordBatch, header, bodyByteCount: body.byteCount, metadata)
        for piece in body.pieces { try writePadded(piece) }
        return [Int64(start), Int64(length), Int64(body.byteCount)]
    }

    /// Writes the mark that ends a stream.
    mutating func writeEnd() throws {
        try write([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
    }

    private mutating func writePadded(_ buffer: Buffer) throws {
        guard buffer.byteCount > 0 else { return }
        try buffer.withBytes { try sink.write($0) }
        byteCount += buffer.byteCount
        let padded = IPCBodyEncoder.padded(buffer.byteCount, options.alignment)
        try write(Array(zeros[..<(padded - buffer.byteCount)]))
    }

    /// Writes the head of a message, padded so that the body begins aligned.
    ///
    /// - Returns: the number of bytes written.
    private mutating func writeMessage(
        _ type: IPCHeaderType, _ header: FlatFields, bodyByteCount: Int, _ metadata: [String: String]
    ) throws -> Int {
        var bytes = FlatWriter.encode([
            .int16(IPCFormat.metadataV5), .uint8(type.rawValue), .table(header), .int64(Int64(bodyByteCount)),
            IPCSchemaEncoder.metadata(metadata),
        ])
        // Files begin with eight bytes of magic, so padding the sum keeps bodies aligned in both formats.
        let misalignment = (byteCount + 8 + bytes.count) % options.alignment
        if misalignment > 0 { bytes += zeros[..<(options.alignment - misalignment)] }
        guard let size = Int32(exactly: bytes.count) else {
            throw EngineError(.overflow, "more than 2 GB of Arrow metadata")
        }
        try write([0xFF, 0xFF, 0xFF, 0xFF] + (0..<4).map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) })
        try write(bytes)
        return bytes.count + 8
    }
}
