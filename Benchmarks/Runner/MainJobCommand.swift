import ArgumentParser
import Foundation
import Harness
import MainJob

/// A SQLite file into columns, and the questions that columns are for, against SQLite.
struct MainJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "main-job", abstract: "Load and queries against SQLite.")

    @Option(help: "Rows of the large tables.") var rows = 1_000_000
    @Option(help: "Measured runs of each query.") var runs = 7

    func run() async throws {
        var job = try MainJob(rowCount: rows, runs: runs)
        let report = try await job.run()
        print(report.table.aligned)
        try report.write(to: Folders.cache().appending(path: "main-job.json").path)
    }
}
