import ArgumentParser
import Foundation
import Harness
import Htap

/// What capture costs writers, and how soon columns follow.
struct HtapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "htap", abstract: "Captured writes beside plain ones; syncs; from commit to answer.")

    @Option(help: "Measured runs of batches.") var runs = 15
    @Option(help: "How long writers and analysts work side by side, in minutes.") var minutes = 0.5
    @Option(help: "capture, sync, elsewhere, peer, mixed, with commas.") var parts = "capture,sync,elsewhere,peer,mixed"
    @Flag(help: "Put the table into docs/benchmarks.md.") var document = false

    func run() async throws {
        let wanted = try parts.split(separator: ",").map { name in
            guard let part = HtapSuite.Part(rawValue: String(name)) else {
                throw ValidationError("no part '\(name)': capture, sync, elsewhere, peer or mixed")
            }
            return part
        }
        let report = try await HtapSuite(runs: runs, minutes: minutes, parts: wanted).run()
        print(report.table.aligned)
        try writeReport(report, to: Folders.cache().appending(path: "htap.json").path)
        guard document else { return }
        try DocumentedTable.replace(
            "htap", with: report.table,
            legend:
                "medians of \(runs) batches, a thousand small syncs; rhei-engine 2.0.0; mixed load for \(minutes) minutes"
        )
    }
}
