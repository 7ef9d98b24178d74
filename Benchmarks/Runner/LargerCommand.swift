import Analytics
import ArgumentParser
import Foundation
import Harness

/// A table several times as large as the memory limit.
struct LargerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "larger",
        abstract: "Growth of the process over a table that is larger than the memory limit.")

    @Option(help: "Rows, of about 60 bytes in columns.") var rows = 5_000_000
    @Option(help: "The memory limit in megabytes.") var memory = 64
    @Option(help: "Worker threads.") var threads = 2
    @Flag(help: "Puts the table into docs/benchmarks.md.") var document = false

    func run() async throws {
        let report = try LargerSuite(rowCount: rows, limit: memory, threadCount: threads).run()
        print(report.legend, report.table.aligned, separator: "\n")
        try writeReport(report, to: Folders.cache().appending(path: "larger.json").path)
        if document { try DocumentedTable.replace("larger", with: report.table, legend: report.legend) }
        guard report.isClean else { throw ExitCode.failure }
    }
}
