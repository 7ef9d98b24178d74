import Analytics
import ArgumentParser
import Foundation
import Harness
import MainJob

/// Tables in segment files: their size, the rate of loading, queries hot and cold, and how soon an engine answers.
struct StorageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage", abstract: "Tables in segment files, against tables in memory and DuckDB's file.")

    @Option(help: "Scale factor of TPC-H.") var scale = "1"
    @Option(help: "Threads of each contender.") var threads = 2
    @Option(help: "Measured runs.") var runs = 3
    @Option(help: "Numbers of the queries, with commas; all when left out.") var queries = ""
    @Option(help: "Any of sizes, queries, opening, with commas.") var parts = "sizes,queries,opening"
    @Flag(help: "Puts the tables into docs/benchmarks.md.") var document = false

    private func includes(_ part: String) -> Bool { parts.split(separator: ",").contains(Substring(part)) }

    func run() async throws {
        let tpch = try StorageRun(AnalyticSuite(name: "tpch", scale: scale), threadCount: threads, runs: runs)
        if includes("sizes") { try sizes(tpch) }
        if includes("queries") {
            if !includes("sizes") { _ = try tpch.load() }
            let report = try tpch.queries(only: Set(queries.split(separator: ",").compactMap { Int($0) }))
            try publish(report.table, legend: report.legend, "storage-queries")
            try writeReport(report, to: Folders.cache().appending(path: "storage-queries.json").path)
            if !report.failures.isEmpty { throw ExitCode.failure }
        }
        if includes("opening") {
            let report = try await Opening(rowCount: 10_000_000, runs: max(runs, 5)).run()
            try publish(report.table, legend: "medians of \(runs)", "storage-opening")
            try writeReport(report, to: Folders.cache().appending(path: "storage-opening.json").path)
        }
    }

    private func sizes(_ tpch: StorageRun) throws {
        var loads = [try tpch.load()]
        for (name, size) in [("web", "1000000"), ("flights", "2013")] {
            let run = try StorageRun(AnalyticSuite(name: name, scale: size), threadCount: threads, runs: runs)
            loads.append(try run.load())
        }
        let versions = Set(loads.flatMap(\.versions.values)).sorted().joined(separator: ", ")
        try publish(loads.table, legend: "\(threads) threads, medians of \(runs): \(versions)", "storage-sizes")
        try writeReport(loads, to: Folders.cache().appending(path: "storage-sizes.json").path)
    }

    private func publish(_ table: TextTable, legend: String, _ name: String) throws {
        print(legend, table.aligned, separator: "\n")
        if document { try DocumentedTable.replace(name, with: table, legend: legend) }
    }
}
