import Analytics
import ArgumentParser
import Foundation
import Harness

/// How the times of TPC-H grow with the data.
struct GrowthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth", abstract: "Times of TPC-H at several scale factors, as a table and a chart.")

    @Option(help: "Scale factors, ascending, with commas.") var scale = "0.1,1"
    @Option(help: "Worker threads.") var threads = 2
    @Option(help: "Measured runs of each query.") var runs = 5
    @Flag(help: "Puts the table into docs/benchmarks.md and the chart into docs/growth.svg.") var document = false

    func run() async throws {
        let report = try GrowthSuite(
            scales: scale.split(separator: ",").map(String.init), threadCount: threads, runs: runs
        ).run()
        print(report.legend, report.table.aligned, report.conclusion, separator: "\n")
        try writeReport(report, to: Folders.cache().appending(path: "growth.json").path)
        let chart = try document ? DocumentedTable.page.deletingLastPathComponent() : Folders.cache()
        try report.chart.write(to: chart.appending(path: "growth.svg"), atomically: true, encoding: .utf8)
        if document { try DocumentedTable.replace("growth", with: report.table, legend: report.legend) }
    }
}
