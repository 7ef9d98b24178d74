import Analytics
import ArgumentParser
import Foundation
import Harness

/// How soon queries end that are cancelled at random moments, and what they leave behind.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Queries cancelled at random moments.")

    @Option(help: "Scale factor of TPC-H.") var scale = "1"
    @Option(help: "Cancellations.") var count = 1_000
    @Option(help: "Decides over the moments; random when left out.") var seed: UInt64?
    @Option(help: "Worker threads.") var threads = 2
    @Option(help: "Memory limit in megabytes; the engine's own when left out.") var memory: Int?
    @Option(help: "Names of the queries, with commas; all when left out.") var queries = ""
    @Flag(help: "Puts the table into docs/benchmarks.md.") var document = false

    func run() async throws {
        let seed = seed ?? UInt64.random(in: 0..<1_000_000)
        Console.show("seed \(seed)")
        var suite = try CancelSuite(
            scale: scale, count: count, seed: seed, threadCount: threads, memoryLimit: memory,
            names: Set(queries.split(separator: ",").map(String.init)))
        let report = try suite.run()
        print(report.table.aligned, report.conclusion, separator: "\n")
        try writeReport(report, to: Folders.cache().appending(path: "cancel.json").path)
        if document { try DocumentedTable.replace("cancel", with: report.table, legend: report.conclusion) }
        guard report.isClean else { throw ExitCode.failure }
    }
}
