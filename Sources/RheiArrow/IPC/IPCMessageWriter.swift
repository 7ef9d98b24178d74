import RheiCore

/// Writes encapsulated messages to a sink and knows how many bytes have gone out.
struct IPCMessageWriter {
    private let sink: any ByteSink
    let options: IPCWriteOptions
    private(set) var byteCount = 0
    /// The places of the dictionary batches written so far, as the footer of a file names them.
    private(set) var dictionaryBlocks: [[Int64]] = []
    private var dictionaries: IPCDictionaryWriter
    private let zeros = Buffer(copying: [UInt8](repeating: 0, count: 64))

    /// - Parameter replacesDictionaries: whether a dictionary may be written anew: in streams, not in files.
    init(_ sink: any ByteSink, options: IPCWriteOptions, replacesDictionaries: Bool) throws {
        try options.validate()
        self.sink = sink
        self.options = options
        dictionaries = IPCDictionaryWriter(
            writesDeltas: options.writesDictionaryDeltas || !replacesDictionaries,
            replacesDictionaries: replacesDictionaries)
    }

    mutating func write(_ bytes: [UInt8]) throws {
        guard !bytes.isEmpty else { return }
        try unsafe bytes.withUnsafeBytes { try unsafe sink.write($0.bytes) }
        byteCount += bytes.count
    }

    mutating func writeSchema(_ schema: Schema) throws {
        try write(try message(.schema, try IPCSchemaEncoder.encode(schema), bodyByteCount: 0, [:]))
    }

    /// Writes a record batch, after the dictionaries that it needs and that are not there yet.
    ///
    /// - Returns: the place of the message as the footer of a file names it.
    mutating func writeBatch(_ columns: [ArrowArray], rowCount: Int, _ metadata: [String: String]) throws -> [Int64] {
        for dictionary in try dictionaries.take(columns) {
            let place = try write(.dictionaryBatch, [dictionary.values], rowCount: dictionary.values.count, [:]) {
                [.int64(dictionary.id), .table($0), .bool(dictionary.isDelta)]
            }
            dictionaryBlocks.append(place)
        }
        return try write(.recordBatch, columns, rowCount: rowCount, metadata) { $0 }
    }

    /// Writes a message with a body; `header` makes its header of the table of the batch.
    private mutating func write(
        _ type: IPCHeaderType, _ columns: [ArrowArray], rowCount: Int, _ metadata: [String: String],
        header: (FlatFields) -> FlatFields
    ) throws -> [Int64] {
        var body = IPCBodyEncoder(options)
        for column in columns { try body.append(column) }
        try body.finish()
        let batch: FlatFields = [
            .int64(Int64(rowCount)), .words(body.nodes, perElement: 2), .words(body.places, perElement: 2),
            options.compression.map { .table([.uint8($0.code), .uint8(0)]) },
            body.variadicCounts.isEmpty ? nil : .words(body.variadicCounts, perElement: 1),
        ]
        let start = byteCount
        let head = try message(type, header(batch), bodyByteCount: body.byteCount, metadata)
        try write([Buffer(copying: head)] + padded(body.pieces))
        let length = head.count
        return [Int64(start), Int64(length), Int64(body.byteCount)]
    }

    /// Writes the mark that ends a stream.
    mutating func writeEnd() throws {
        try write([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
    }

    private mutating func write(_ buffers: [Buffer]) throws {
        try sink.write(buffers)
        byteCount += buffers.reduce(0) { $0 + $1.byteCount }
    }

    /// Puts zeros behind each buffer, up to the alignment.
    private func padded(_ buffers: [Buffer]) -> [Buffer] {
        buffers.flatMap { buffer in
            let length = IPCBodyEncoder.padded(buffer.byteCount, options.alignment) - buffer.byteCount
            return length == 0 ? [buffer] : [buffer, zeros.slice(offset: 0, byteCount: length)]
        }
    }

    /// Returns the head of a message, padded so that the body begins aligned.
    private func message(
        _ type: IPCHeaderType, _ header: FlatFields, bodyByteCount: Int, _ metadata: [String: String]
    ) throws -> [UInt8] {
        var bytes = FlatWriter.encode([
            .int16(IPCFormat.metadataV5), .uint8(type.rawValue), .table(header), .int64(Int64(bodyByteCount)),
            IPCSchemaEncoder.metadata(metadata),
        ])
        // Files begin with eight bytes of magic, so padding the sum keeps bodies aligned in both formats.
        let misalignment = (byteCount + 8 + bytes.count) % options.alignment
        if misalignment > 0 { bytes += [UInt8](repeating: 0, count: options.alignment - misalignment) }
        guard let size = Int32(exactly: bytes.count) else {
            throw EngineError(.overflow, "more than 2 GB of Arrow metadata")
        }
        return [0xFF, 0xFF, 0xFF, 0xFF] + (0..<4).map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) } + bytes
    }
}
