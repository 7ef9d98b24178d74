import ArrowExchange
import Foundation
import Harness
import MainJob

/// `benchmark SUITE [ROWS [RUNS]]`: runs a suite, prints its table, and writes `.cache/bench/SUITE.json`.
@main struct Benchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        guard let suite = arguments.first, suite == "main-job" || suite == "arrow" else {
            FileHandle.standardError.write(
                Data("usage: benchmark main-job [ROWS [RUNS]] or benchmark arrow [BYTES [RUNS]]\n".utf8))
            exit(64)
        }
        if suite == "arrow" {
            let exchange = try ArrowExchange(
                byteCount: numbers.first ?? 1_000_000_000, runs: numbers.dropFirst().first ?? 3)
            let report = try exchange.run()
            print(report.table)
            let path = try Folders.cache().appending(path: "arrow.json").path
            try report.write(to: path)
            print("written to \(path)")
            return
        }
        var job = try MainJob(rowCount: numbers.first ?? 1_000_000, runs: numbers.dropFirst().first ?? 7)
        let report = try await job.run()
        print(report.table)
        let path = try Folders.cache().appending(path: "\(suite).json").path
        try report.write(to: path)
        print("written to \(path)")
    }
}
