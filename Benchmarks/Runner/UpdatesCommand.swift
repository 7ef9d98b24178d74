import ArgumentParser
import Foundation
import Harness
import MainJob

/// Single-row updates of tables of many sizes.
struct UpdatesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "updates", abstract: "A hundred random single-row updates, by the size of the table.")

    @Option(help: "Rows of the tables, with commas.") var rows = "10000,100000,1000000,10000000"
    @Option(help: "Measured runs.") var runs = 5
    @Option(help: "Largest table that rhei-engine of PyPI takes part with, in rows; 0 for none.") var peerRows = 100_000
    @Flag(help: "Puts the table into docs/benchmarks.md.") var document = false

    func run() async throws {
        let report = try await Updates(
            rowCounts: rows.split(separator: ",").compactMap { Int($0) }, runs: runs, peerRowCount: peerRows
        ).run()
        let legend =
            "a hundred updates, medians of \(runs); rhei-engine 2.0.0, its columns in memory, of \(min(runs, 3))"
        print(legend, report.table.aligned, separator: "\n")
        try writeReport(report, to: Folders.cache().appending(path: "updates.json").path)
        if document { try DocumentedTable.replace("updates", with: report.table, legend: legend) }
        if !report.isRight { throw ExitCode.failure }
    }
}
