import ArgumentParser
import Foundation
import ArrowExchange
import Harness

/// Arrow streams written and read, against pyarrow.
struct ArrowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "arrow", abstract: "Arrow IPC against pyarrow.")

    @Option(help: "Size of the data in bytes, about.") var bytes = 1_000_000_000
    @Option(help: "Processes of each contender and job.") var runs = 3

    func run() async throws {
        let report = try ArrowExchange(byteCount: bytes, runs: runs).run()
        print(report.table.aligned)
        try writeReport(report, to: Folders.cache().appending(path: "arrow.json").path)
    }
}
