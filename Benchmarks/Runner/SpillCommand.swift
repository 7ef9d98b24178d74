import Analytics
import ArgumentParser
import Foundation
import Harness

/// How far a process grows over heavy queries within memory limits.
struct SpillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spill", abstract: "Growth of the process over heavy queries within memory limits.")

    @Option(help: "Scale factor of TPC-H.") var scale = "1"
    @Option(help: "Memory limits in megabytes, with commas.") var limits = "64,256,1024"
    @Option(help: "Worker threads.") var threads = 2
    @Option(help: "Numbers of the queries, with commas; all when left out.") var queries = ""
    @Flag(help: "Puts the table into docs/benchmarks.md.") var document = false

    func run() async throws {
        let report = try SpillSuite(
            scale: scale, limits: limits.split(separator: ",").compactMap { Int($0) }, threadCount: threads,
            numbers: Set(queries.split(separator: ",").compactMap { Int($0) })
        ).run()
        print(report.legend, report.table.aligned, report.conclusion, separator: "\n")
        try writeReport(report, to: Folders.cache().appending(path: "spill.json").path)
        if document { try DocumentedTable.replace("spill", with: report.table, legend: report.legend) }
        guard report.isClean else { throw ExitCode.failure }
    }
}
