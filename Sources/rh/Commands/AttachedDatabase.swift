import ArgumentParser
import Rhei

/// What commands do alike with a database that may have columns beside it.
enum AttachedDatabase {
    /// Opens the engine on its columns, runs `body` and closes it.
    ///
    /// - Parameter usesWriteAheadLog: whether the database is turned to write-ahead logging.
    /// - Throws: `ExitCode(1)` after the error was reported.
    static func use(
        _ path: String, usesWriteAheadLog: Bool = false, _ body: (HtapEngine) async throws -> Void
    ) async throws {
        do {
            try InputText.requireFile(path)
            var config = HtapConfig.command(path)
            config.storageMode = .found(besideDatabase: path)
            config.usesWriteAheadLog = usesWriteAheadLog
            let engine = try await HtapEngine(config)
            try await body(engine)
            await engine.shutdown()
        } catch {
            ErrorReporter().report(error, sql: "")
            throw ExitCode(1)
        }
    }
}
