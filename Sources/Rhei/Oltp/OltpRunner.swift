import RheiSQL
import RheiSQLite

/// Answers statements by SQLite: queries on the read pool, everything else on the writer.
struct OltpRunner: Sendable {
    let readers: ReadPool
    /// Nil when the engine may only read.
    let writer: Writer?

    /// Columns and rows of an answer.
    struct Answer: Sendable {
        var schema: Schema
        var batches: [RecordBatch]
        var changeCount: Int
    }

    /// Runs one statement and collects what it returns.
    ///
    /// - Throws: `readOnly` for a write without a writer; what SQLite reports.
    func run(_ sql: String, _ parameters: [SQLValue], statement: Statement?) async throws -> Answer {
        if let statement, Self.onlyReads(statement) { return try await read(sql, parameters) }
        guard let writer else {
            if statement == nil || statement.map(Self.mayReadOnReader) == true { return try await read(sql, parameters) }
            throw EngineError(.readOnly, "the database is open for reading only")
        }
        if let statement, case .transaction = statement {
            throw EngineError(
                .unsupported, "unsupported: \(Self.firstWord(sql)) outside of a transaction scope",
                hint: "use transaction { … } or executeBatch, which cannot leak an open transaction")
        }
        let result = try await writer.execute(sql, parameters)
        return try Self.answer(result)
    }

    private func read(_ sql: String, _ parameters: [SQLValue]) async throws -> Answer {
        try await readers.read { connection in
            try connection.withStatement(sql) { statement in
                try statement.bind(parameters)
                let names = statement.columnNames
                let chunk = try StatementReader(statement).readChunk(rowLimit: .max)
                return try Self.answer(names: names, columns: chunk?.columns, rowCount: chunk?.rowCount ?? 0)
            }
        }
    }

    private static func answer(names: [String], columns: [ArrowArray]?, rowCount: Int) throws -> Answer {
        let arrays = try columns ?? names.map { _ in try ArrowArray.nulls(.null, count: 0) }
        let schema = Schema(zip(names, arrays).map { Field($0, $1.type) })
        let batches = rowCount == 0 ? [] : [try RecordBatch(schema: schema, columns: arrays, rowCount: rowCount)]
        return Answer(schema: schema, batches: batches, changeCount: 0)
    }

    private static func answer(_ result: WriteResult) throws -> Answer {
        var answer: Answer
        if result.columnNames.isEmpty {
            answer = Answer(schema: Schema([]), batches: [], changeCount: 0)
        } else {
            let builders = result.columnNames.map { _ in ColumnBuilder(defaultType: .null) }
            for row in result.rows {
                for (builder, value) in zip(builders, row) { builder.append(value) }
            }
            answer = try Self.answer(
                names: result.columnNames, columns: builders.map { $0.finish() }, rowCount: result.rows.count)
        }
        answer.changeCount = Int(clamping: result.changes)
        return answer
    }

    /// Whether a read connection may run the statement.
    private static func onlyReads(_ statement: Statement) -> Bool {
        switch statement {
        case .select: true
        case .explain: true
        default: false
        }
    }

    private static func mayReadOnReader(_ statement: Statement) -> Bool {
        if case .pragma = statement { return true }
        return false
    }

    private static func firstWord(_ sql: String) -> String {
        sql.split(whereSeparator: { $0.isWhitespace || $0 == ";" }).first.map { $0.uppercased() } ?? ""
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
