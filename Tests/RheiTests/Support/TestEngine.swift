import Rhei
import RheiTestSupport

/// Runs `body` with an engine over a new database, and shuts it down afterwards.
func withEngine<Result>(
    _ configure: (inout HtapConfig) -> Void = { _ in }, _ body: (HtapEngine) async throws -> Result
) async throws -> Result {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    var config = HtapConfig(databasePath: folder.path("test.db"))
    configure(&config)
    let engine = try await HtapEngine(config)
    do {
        let result = try await body(engine)
        await engine.shutdown()
        return result
    } catch {
        await engine.shutdown()
        throw error
    }
}

extension HtapEngine {
    /// Runs statements of a script that holds no semicolon inside a statement.
    func run(_ script: String) async throws {
        for statement in script.split(separator: ";") where !statement.allSatisfy(\.isWhitespace) {
            try await execute(String(statement))
        }
    }

    /// The rows of a query as text that tells storage classes and bits apart, sorted.
    func comparableRows(_ sql: String, hint: QueryHint) async throws -> [String] {
        try await query(sql, hint: hint).rows().map { $0.map(comparableText).joined(separator: "|") }.sorted()
    }
}

/// Text in which two values are equal exactly when they have the same storage class and the same bits.
func comparableText(_ value: SQLValue) -> String {
    switch value {
    case .null: "null"
    case .integer(let integer): "i\(integer)"
    case .real(let real): "r\(real.bitPattern)"
    case .text(let text): "t\(text.debugDescription)"
    case .blob(let bytes): "b\(bytes)"
    }
}
