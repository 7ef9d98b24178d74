import Analytics
import ArgumentParser
import Foundation
import Harness

/// TPC-H, TPC-DS and web analytics over Arrow files, against other columnar engines.
struct AnalyticCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analytics", abstract: "TPC-H, TPC-DS and web analytics against DuckDB and others.")

    @Argument(help: "tpch, tpcds or web.") var suite: String
    @Option(help: "Scale factor, 1 when left out; of web, rows, 5000000 when left out.") var scale: String?
    @Option(help: "Threads of each contender.") var threads = 2
    @Option(help: "Measured runs of each query; with 0, answers are compared only.") var runs = 5
    @Option(help: "Any of rhei-1 (one thread), duckdb, datafusion, polars, chdb, with commas.") var peers = "duckdb"
    @Option(help: "Numbers of the queries, with commas; all when left out.") var queries = ""
    @Option(help: "Memory limit of Rhei and DuckDB in megabytes; their own when left out.") var memory: Int?
    @Flag(help: "Repeats runs beside which the machine's processors did the work of one.") var steady = false
    @Flag(help: "Keeps the tables in files; peers then are duckdb alone.") var files = false
    @Flag(help: "Puts the table into docs/benchmarks.md.") var document = false

    func validate() throws {
        guard ["tpch", "tpcds", "web"].contains(suite) else {
            throw ValidationError("no suite '\(suite)': tpch, tpcds or web")
        }
    }

    func run() async throws {
        let data = try AnalyticSuite(name: suite, scale: scale ?? (suite == "web" ? "5000000" : "1"))
        let run = try AnalyticRun(
            data, peers: peers.split(separator: ",").map(String.init), threadCount: threads, runs: runs,
            memoryLimit: memory, keepsFiles: files, isSteady: steady)
        let report = try run.run(only: Set(queries.split(separator: ",").compactMap { Int($0) }))
        var name = "\(suite)-\(data.scale)-\(threads)" + (memory.map { "-\($0)" } ?? "") + (files ? "-files" : "")
        if report.comparesThreads { name += "-against-one" }
        print(report.legend, report.table.aligned, separator: "\n")
        try writeReport(report, to: Folders.cache().appending(path: "\(name).json").path)
        if document { try DocumentedTable.replace(name, with: report.table, legend: report.legend) }
        guard report.failures.isEmpty else { throw ExitCode.failure }
    }
}
