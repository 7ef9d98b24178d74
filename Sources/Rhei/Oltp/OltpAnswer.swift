import RheiSQLite

extension OltpRunner {
    /// Columns and rows that SQLite returned, and how many rows a write changed.
    struct Answer: Sendable {
        var schema: Schema
        var batches: [RecordBatch]
        var changeCount: Int
    }
}

extension OltpRunner.Answer {
    /// Runs one statement to its end. Values keep their storage class: a column of several classes has the type `any`.
    init(running sql: String, _ parameters: [SQLValue], on connection: Connection) throws {
        self = try connection.withStatement(sql) { statement in
            try statement.bind(parameters)
            let names = statement.columnNames
            let chunk = try StatementReader(statement).readChunk(rowLimit: .max)
            return try Self(
                names: names, columns: chunk?.columns, rowCount: chunk?.rowCount ?? 0,
                changeCount: statement.changesRows ? Int(clamping: connection.changes) : 0)
        }
    }

    /// Takes over the single values of a write's RETURNING clause.
    init(_ result: WriteResult) throws {
        let builders = result.columnNames.map { _ in ColumnBuilder(defaultType: .null) }
        for row in result.rows {
            for (builder, value) in zip(builders, row) { builder.append(value) }
        }
        try self.init(
            names: result.columnNames, columns: builders.map { $0.finish() }, rowCount: result.rows.count,
            changeCount: Int(clamping: result.changes))
    }

    private init(names: [String], columns: [ArrowArray]?, rowCount: Int, changeCount: Int) throws {
        let arrays = try columns ?? names.map { _ in try ArrowArray.nulls(.null, count: 0) }
        schema = Schema(zip(names, arrays).map { Field($0, $1.type) })
        batches = rowCount == 0 ? [] : [try RecordBatch(schema: schema, columns: arrays, rowCount: rowCount)]
        self.changeCount = changeCount
    }
}

extension ColumnBuilder {
    /// Appends a single value.
    func append(_ value: SQLValue) {
        switch value {
        case .null: appendNull()
        case .integer(let integer): append(integer: integer)
        case .real(let real): append(real: real)
        case .text(var text): text.withUTF8 { bytes in unsafe append(text: UnsafeRawBufferPointer(bytes)) }
        case .blob(let blob): unsafe blob.withUnsafeBytes { bytes in unsafe append(blob: bytes) }
        }
    }
}
