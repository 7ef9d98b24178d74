import ArgumentParser
import Foundation
import Harness
import Htap

/// What capture costs writers, and how soon columns follow.
struct HtapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "htap", abstract: "Captured writes beside plain ones; syncs; from commit to answer.")

    @Option(help: "Measured runs of batches.") var runs = 7
    @Flag(help: "Put the table into docs/benchmarks.md.") var document = false

    func run() async throws {
        let report = try await HtapSuite(runs: runs).run()
        print(report.table.aligned)
        try writeReport(report, to: Folders.cache().appending(path: "htap.json").path)
        guard document else { return }
        try DocumentedTable.replace(
            "htap", with: report.table, legend: "medians of \(runs) batches, a thousand small syncs")
    }
}
