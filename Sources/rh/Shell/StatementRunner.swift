import Rhei

/// Runs statements in a session and prints what they return.
final class StatementRunner {
    private let engine: HtapEngine
    private let session: HtapSession
    private let output: OutputStream

    init(engine: HtapEngine, output: OutputStream) {
        self.engine = engine
        session = engine.session()
        self.output = output
    }

    /// Runs one statement and prints its rows, if it returns any columns.
    func run(
        _ sql: String, hint: QueryHint, format: OutputFormat, options: OutputOptions
    ) async throws -> QueryInfo {
        let (schema, rows, info) = try await answer(sql, hint)
        guard !schema.fields.isEmpty else { return info }
        // As in the sqlite3 shell, a result without rows prints nothing, save where that would not be a document.
        guard rows.rowCount > 0 || format.printsEmptyResults else { return info }
        let writer = format.makeWriter(options, to: output)
        writer.begin(schema)
        try rows.forEach { try writer.measure($0) }
        try rows.forEach { try writer.write($0) }
        try writer.end()
        return info
    }

    /// Runs a statement to its end.
    private func answer(_ sql: String, _ hint: QueryHint) async throws -> (Schema, HeldRows, QueryInfo) {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let stream = try await session.stream(sql, hint: hint)
            let rows = try await hold(stream)
            var info = stream.info
            if info.runDuration == .zero {
                info.runDuration = clock.now - start - info.syncDuration - info.planDuration
            }
            return (stream.schema, rows, info)
        } catch let error as EngineError where Self.mayBeAnsweredOtherwise(error) {
            // Half-way through its rows a stream cannot turn to SQLite; a query can.
            let result = try await session.query(sql, hint: hint)
            let rows = HeldRows(bound: .max, directory: nil)
            for batch in result.batches { try rows.append(batch) }
            return (result.schema, rows, result.info)
        }
    }

    private func hold(_ stream: RecordBatchStream) async throws -> HeldRows {
        let config = engine.config
        let rows = HeldRows(
            bound: (config.memoryLimit ?? (1 << 30)) / 16, directory: config.temporaryDirectory)
        for try await batch in stream { try rows.append(batch) }
        return rows
    }

    /// Whether the columnar engine stopped where SQLite, or another attempt, may go on.
    private static func mayBeAnsweredOtherwise(_ error: EngineError) -> Bool {
        error.code == .leavesStaticType || error.code == .leavesInteger || error.code == .overflow
            || error.code == .unsupported || error.code == .corrupt
    }

    /// Prints the plan of one statement.
    func explain(_ sql: String, hint: QueryHint) async throws {
        output.write(try await engine.explain(sql, hint: hint))
        output.write("\n")
    }
}
