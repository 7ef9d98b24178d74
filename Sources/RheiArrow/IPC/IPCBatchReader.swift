import RheiCore

/// Turns the messages of one schema into record batches; shared by the readers of streams and files.
struct IPCBatchReader: Sendable {
    let schema: Schema
    private let fields: [IPCField]
    private let options: IPCReadOptions
    private var dictionaries: IPCDictionaries

    /// - Parameter table: a `Schema` table.
    /// - Throws: `unsupported` for fields that cannot be read.
    init(_ table: FlatTable, options: IPCReadOptions) throws {
        let decoded = try IPCSchemaDecoder.decode(table)
        fields = decoded.fields
        schema = Schema(fields.map(\.field), metadata: decoded.metadata)
        dictionaries = try IPCDictionaries(fields)
        self.options = options
    }

    /// Takes a dictionary batch; the batches after it refer to it.
    mutating func addDictionary(_ message: IPCMessage, body: Buffer) throws {
        guard message.type == .dictionaryBatch, let batch = try message.header.table(1) else {
            throw FlatData.corrupt("a dictionary batch without values")
        }
        let id = try message.header.int64(0)
        let field = try dictionaries.field(id)
        try dictionaries.join([field])
        let values = try columns([field], batch, message, body).columns[0]
        try dictionaries.add(values, id, isDelta: message.header.bool(2))
    }

    /// Joins the parts of dictionaries; comes between dictionary batches and the record batches that refer to them.
    mutating func joinDictionaries() throws { try dictionaries.join(fields) }

    /// Returns the batch of a record batch message.
    func batch(_ message: IPCMessage, body: Buffer) throws -> RecordBatch {
        let (columns, rowCount) = try columns(fields, message.header, message, body)
        return try RecordBatch(schema: schema, columns: columns, rowCount: rowCount)
    }

    /// Returns some columns of a record batch message, in the order asked for; the others are not decompressed.
    func columns(_ wanted: [Int], _ message: IPCMessage, body: Buffer) throws -> [ArrowArray] {
        let skipped = Set(fields.indices).subtracting(wanted)
        var decoder = try IPCBodyDecoder(
            message.header, body: body, version: message.version, options: options, dictionaries: dictionaries,
            fields: fields, skipped: skipped)
        var found: [Int: ArrowArray] = [:]
        for (index, field) in fields.enumerated() {
            if skipped.contains(index) { try decoder.skip(field) } else { found[index] = try column(field, &decoder) }
        }
        return wanted.compactMap { found[$0] }
    }

    private func column(_ field: IPCField, _ decoder: inout IPCBodyDecoder) throws -> ArrowArray {
        let column = try decoder.array(field)
        guard column.count == decoder.rowCount else {
            throw EngineError(
                .corrupt, "column '\(field.field.name)' has \(column.count) rows in a batch of \(decoder.rowCount)")
        }
        if options.validation == .full { try column.checkText() }
        return column
    }

    private func columns(
        _ fields: [IPCField], _ batch: FlatTable, _ message: IPCMessage, _ body: Buffer
    ) throws -> (columns: [ArrowArray], rowCount: Int) {
        var decoder = try IPCBodyDecoder(
            batch, body: body, version: message.version, options: options, dictionaries: dictionaries)
        let columns = try fields.map { try column($0, &decoder) }
        return (columns, decoder.rowCount)
    }
}
