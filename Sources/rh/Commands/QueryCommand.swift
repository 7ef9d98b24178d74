import ArgumentParser
import Rhei

/// `rh query DB SQL`: answers SQL over any SQLite file and never changes it.
struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Answer SQL over a SQLite file without changing it.",
        discussion: """
            The tables that the query names are read into columns in one read transaction; the file stays as it is, \
            byte for byte. Rows go to standard output, everything else to standard error.
            """)

    @Argument(help: "The SQLite database file.")
    var database: String

    @Argument(help: "One or more SELECT statements; read from standard input when absent.")
    var sql: String?

    @Option(name: [.short, .long], help: "Read the SQL from this file ('-' is standard input).")
    var file: String?

    @Option(help: "How rows are printed: \(OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format: OutputFormat = .table

    @Option(help: "Which engine answers: auto, olap (columns) or oltp (SQLite).")
    var target: TargetOption = .auto

    @Option(help: "What stands for NULL.")
    var nullValue: String?

    @Flag(inversion: .prefixedNo, help: "Print column names.")
    var headers = true

    @Flag(help: "Say on standard error which engine answered and how long it took.")
    var timing = false

    @Flag(help: "Print the plan instead of running the query.")
    var explain = false

    @OptionGroup var resources: ResourceOptions

    func validate() throws {
        if sql != nil, file != nil { throw ValidationError("give the SQL either as an argument or with --file") }
    }

    func run() async throws {
        let reporter = ErrorReporter()
        var text = ""
        do {
            text = try readSQL()
            var config = HtapConfig.command(database)
            config.access = .readOnly
            config.storageMode = .found(besideDatabase: database)
            config.loadsOnDemand = true
            config.readPoolSize = 1
            resources.apply(to: &config)
            let engine = try await HtapEngine(config)
            InterruptSignal.listen(for: engine)
            let output = OutputStream(descriptor: 1)
            let runner = StatementRunner(engine: engine, output: output)
            for statement in SQLScript.statements(of: text) {
                text = statement
                try await run(statement, with: runner)
            }
            output.flush()
            await engine.shutdown()
        } catch {
            reporter.report(error, sql: text)
            throw ExitCode(1)
        }
    }

    private func run(_ statement: String, with runner: StatementRunner) async throws {
        let options = OutputOptions(showsHeaders: headers, nullText: nullValue)
        if explain {
            try await runner.explain(statement, hint: target.hint)
        } else {
            let info = try await runner.run(statement, hint: target.hint, format: format, options: options)
            if timing { ErrorReporter().note(info.summary) }
        }
    }

    private func readSQL() throws -> String {
        if let sql { return sql }
        return try InputText.read(path: file ?? "-")
    }
}
