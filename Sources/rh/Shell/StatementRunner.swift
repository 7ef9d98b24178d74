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
        let result = try await session.query(sql, hint: hint)
        guard !result.schema.fields.isEmpty else { return result.info }
        // As in the sqlite3 shell, a result without rows prints nothing, save where that would not be a document.
        guard result.rowCount > 0 || format.printsEmptyResults else { return result.info }
        let writer = format.makeWriter(options, to: output)
        writer.begin(result.schema)
        for batch in result.batches { try writer.write(batch) }
        try writer.end()
        return result.info
    }

    /// Prints the plan of one statement.
    func explain(_ sql: String, hint: QueryHint) async throws {
        output.write(try await engine.explain(sql, hint: hint))
        output.write("\n")
    }
}
