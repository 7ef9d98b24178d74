import ArgumentParser
import Foundation
import Harness
import MainJob

/// What small queries cost, with planning and without.
struct LatencyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "latency", abstract: "Small queries and planning.")

    @Option(help: "Measured runs of each query.") var runs = 1_000
    @Flag(help: "Puts the table into docs/benchmarks.md.") var document = false

    func run() async throws {
        let report = try await Latency(runs: runs).run()
        print(report.table.aligned)
        try writeReport(report, to: Folders.cache().appending(path: "latency.json").path)
        if document {
            try DocumentedTable.replace("latency", with: report.table, legend: "Medians of \(runs) runs.")
        }
    }
}
