import ArgumentParser
import Rhei

/// `rh attach DB`: installs change capture, so that columns follow every commit of any process.
struct AttachCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Install change capture in a SQLite database.",
        discussion: """
            Adds triggers and a log of changed keys to the file and turns it to write-ahead logging. `rh detach` \
            removes them again.
            """)

    @Argument(help: "The SQLite database file.")
    var database: String

    @Argument(help: "The tables to mirror; all of them when none is named.")
    var tables: [String] = []

    func run() async throws {
        do {
            try InputText.requireFile(database)
            let engine = try await HtapEngine(HtapConfig(databasePath: database))
            let names = tables.isEmpty ? try await engine.tableNames() : tables
            for name in names {
                try await engine.registerTable(name)
                ErrorReporter().note("mirrored \(name)")
            }
            await engine.shutdown()
        } catch {
            ErrorReporter().report(error, sql: "")
            throw ExitCode(1)
        }
    }
}

/// `rh detach DB`: removes change capture.
struct DetachCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detach", abstract: "Remove change capture from a SQLite database.")

    @Argument(help: "The SQLite database file.")
    var database: String

    func run() async throws {
        do {
            try InputText.requireFile(database)
            let engine = try await HtapEngine(HtapConfig(databasePath: database))
            try await engine.detach()
            await engine.shutdown()
        } catch {
            ErrorReporter().report(error, sql: "")
            throw ExitCode(1)
        }
    }
}
