import RheiCore

/// Turns the messages of one schema into record batches; shared by the readers of streams and files.
struct IPCBatchReader: Sendable {
    let schema: Schema
    private let fields: [IPCField]
    private let options: IPCReadOptions

    /// - Parameter table: a `Schema` table.
    /// - Throws: `unsupported` for fields that cannot be read.
    init(_ table: FlatTable, options: IPCReadOptions) throws {
        let decoded = try IPCSchemaDecoder.decode(table)
        fields = decoded.fields
        schema = Schema(fields.map(\.field), metadata: decoded.metadata)
        self.options = options
        for field in fields {
            guard let type = field.field.type.unheldType else { continue }
            throw EngineError.unsupported("reading column '\(field.field.name)' of type \(type)")
        }
    }

    func batch(_ message: IPCMessage, body: Buffer) throws -> RecordBatch {
        var decoder = try IPCBodyDecoder(
            message.header, body: body, version: message.version,
            decompressedByteLimit: options.decompressedByteLimit)
        var columns: [ArrowArray] = []
        for field in fields {
            let column = try decoder.array(field)
            guard column.count == decoder.rowCount else {
                throw EngineError(
                    .corrupt, "column '\(field.field.name)' has \(column.count) rows in a batch of \(decoder.rowCount)")
            }
            if options.validation == .full { try column.checkText() }
            columns.append(column)
        }
        return try RecordBatch(schema: schema, columns: columns, rowCount: decoder.rowCount)
    }
}
