import ArgumentParser
import Glibc
import Rhei

/// `rh shell DB`: reads statements and dot commands from standard input.
struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell",
        abstract: "Run SQL and dot commands from standard input.",
        discussion: """
            Statements end in ';'. Tables that a session creates are mirrored automatically; tables that nobody \
            mirrors are read into columns when a query needs them. '.help' lists the dot commands.
            """)

    @Argument(help: "The SQLite database file; created when missing.")
    var database: String

    @Option(help: "Which engine answers: auto, olap (columns) or oltp (SQLite).")
    var target: TargetOption = .auto

    @OptionGroup var resources: ResourceOptions

    func run() async throws {
        var failed = false
        do {
            var config = HtapConfig.command(database)
            config.loadsOnDemand = true
            config.storageMode = .found(besideDatabase: database)
            config.autoRegistration = .createdTables
            config.usesWriteAheadLog = !InputText.hasContent(database)
            config.readPoolSize = 1
            resources.apply(to: &config)
            let engine = try await HtapEngine(config)
            InterruptSignal.listen(for: engine)
            let shell = Shell(engine: engine, target: target)
            failed = try await !shell.run()
            await engine.shutdown()
        } catch {
            ErrorReporter().report(error, sql: "")
            throw ExitCode(1)
        }
        if failed { throw ExitCode(1) }
    }
}
