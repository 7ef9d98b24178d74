import ArgumentParser
import Rhei

/// `rh attach DB`: installs change capture, so that columns follow every commit of any process.
struct AttachCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Install change capture in a SQLite database.",
        discussion: """
            Adds triggers and a log of changed keys to the file and turns it to write-ahead logging. Columns are kept \
            in the folder 'DATABASE-rhei' beside it. `rh detach` removes all of it again.
            """)

    @Argument(help: "The SQLite database file.")
    var database: String

    @Argument(help: "The tables to mirror; all of them when none is named.")
    var tables: [String] = []

    @Flag(help: "Keep no columns on disk: every command that needs them reads the tables again.")
    var inMemory = false

    @Flag(help: "Keep all versions of the rows from now on, for AS OF and history().")
    var history = false

    func run() async throws {
        do {
            try InputText.requireFile(database)
            var config = HtapConfig.command(database)
            config.storageMode = .beside(database: database)
            if inMemory {
                // Also where the folder is gone already: the database may still hold the log for it.
                let engine = try await HtapEngine(config)
                try await engine.removeSegments()
                await engine.shutdown()
                config.storageMode = .inMemory
            }
            let engine = try await HtapEngine(config)
            let names = tables.isEmpty ? try await engine.tableNames() : tables
            for name in names {
                try await engine.registerTable(name, mode: history ? .temporal : .mirror)
                ErrorReporter().note("mirrored \(name)\(history ? ", with its history" : "")")
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
        commandName: "detach", abstract: "Remove change capture and the folder of columns from a SQLite database.")

    @Argument(help: "The SQLite database file.")
    var database: String

    func run() async throws {
        try await AttachedDatabase.use(database, usesWriteAheadLog: true) { engine in
            try await engine.detach()
        }
    }
}
