import Analytics
import ArgumentParser
import Foundation
import Harness

/// The answers of an analytic suite in every configuration, against DuckDB's.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Answers of tpch, tpcds or web in every configuration, compared with DuckDB's.",
        discussion: "Configurations: " + ConfigurationCheck.configurationNames.joined(separator: "; "))

    @Argument(help: "tpch, tpcds or web.") var suite: String
    @Option(help: "Scale factor, 0.01 when left out; of web, rows, 100000 when left out.") var scale: String?
    @Option(help: "Numbers of the queries, with commas; all when left out.") var queries = ""
    @Option(help: "Names of configurations, with semicolons; all when left out.") var configurations = ""

    func validate() throws {
        guard ["tpch", "tpcds", "web"].contains(suite) else {
            throw ValidationError("no suite '\(suite)': tpch, tpcds or web")
        }
    }

    func run() async throws {
        let data = try AnalyticSuite(name: suite, scale: scale ?? (suite == "web" ? "100000" : "0.01"))
        let names = configurations.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        let report = try ConfigurationCheck(
            data, queries: Set(queries.split(separator: ",").compactMap { Int($0) }), configurations: Set(names)
        ).run()
        print(report.table.aligned, report.conclusion, separator: "\n")
        try writeReport(report, to: Folders.cache().appending(path: "verify-\(suite)-\(data.scale).json").path)
        guard report.isClean else { throw ExitCode.failure }
    }
}
