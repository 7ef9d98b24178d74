import Foundation
public import Harness
import Rhei

/// The suite `latency`: what small queries cost from end to end, and what planning takes.
///
/// Over the database of `main-job` with few rows, from an idle engine, one query at a time. SQLite runs the same texts,
/// prepared anew each time as ours are.
public struct Latency {
    private let data: MainJobData
    private let runs: Int

    public init(runs: Int) throws {
        data = try MainJobData(rowCount: 10_000)
        self.runs = runs
    }

    /// Measures everything.
    public func run() async throws -> LatencyReport {
        let path = try data.copy()
        let engine = try await HtapEngine(HtapConfig(databasePath: path))
        for table in ["t", "wide", "d"] { try await engine.registerTable(table) }
        let sqlite = try SQLiteFile(path: path)
        let long = try String(
            contentsOf: Folders.queries.appending(path: "latency/fifteen-lines.sql"), encoding: .utf8)
        var report = LatencyReport()
        for (name, hint) in [("SELECT 1, by the router", QueryHint.auto), ("SELECT 1, in columns", .forceOlap)] {
            report.lines.append(
                try await measure(name, sqlite: { try sqlite.drain("SELECT 1") }) { _ in
                    _ = try await engine.query("SELECT 1", hint: hint)
                })
        }
        report.lines.append(
            try await measure("one row by key, by the router", sqlite: { try sqlite.drain(Self.lookUp) }) { _ in
                _ = try await engine.query(Self.lookUp)
            })
        var plans: [Double] = []
        report.lines.append(
            try await measure("fifteen lines, new each time", sqlite: nil) { run in
                // A comment makes the text a new one.
                let result = try await engine.query(long + " -- \(run)", hint: .forceOlap)
                plans.append(result.info.planDuration / .seconds(1))
            })
        // More than a second each there.
        for _ in 0..<3 {
            report.lines[report.lines.count - 1].sqliteSeconds.append(
                try await Measurement.time { try sqlite.drain(long) }.0)
        }
        report.lines.append(LatencyReport.Line(name: "  of that, planning", seconds: plans))
        var (starts, syncs): ([Double], [Double]) = ([], [])
        report.lines.append(
            try await measure("fifteen lines, known", sqlite: nil) { _ in
                let (seconds, result) = try await Measurement.time {
                    try await engine.query(long, hint: .forceOlap)
                }
                starts.append(seconds - result.info.runDuration / .seconds(1))
                syncs.append(result.info.syncDuration / .seconds(1))
            })
        report.lines.append(LatencyReport.Line(name: "  of that, until it starts", seconds: starts))
        report.lines.append(LatencyReport.Line(name: "  of that, asking for new commits", seconds: syncs))
        await engine.shutdown()
        return report
    }

    private static let lookUp = "SELECT s, r FROM wide WHERE id = 4711"

    private func measure(
        _ name: String, sqlite: (() throws -> Void)?, _ body: (Int) async throws -> Void
    ) async throws -> LatencyReport.Line {
        for run in 0..<10 { try await body(-run) }
        var line = LatencyReport.Line(name: name, seconds: [])
        for run in 1...runs {
            line.seconds.append(try await Measurement.time { try await body(run) }.0)
            if let sqlite { line.sqliteSeconds.append(try await Measurement.time(sqlite).0) }
        }
        return line
    }
}

/// What `latency` found.
public struct LatencyReport: Codable, Sendable {
    public struct Line: Codable, Sendable {
        public var name: String
        public var seconds: [Double]
        public var sqliteSeconds: [Double] = []

        init(name: String, seconds: [Double]) {
            self.name = name
            self.seconds = seconds
        }
    }

    public var lines: [Line] = []

    /// Medians and 99th percentiles in microseconds.
    public var table: TextTable {
        var table = TextTable(heading: ["", "rhei µs", "p99", "sqlite µs"])
        for line in lines {
            let sqlite = Measurement(seconds: line.sqliteSeconds).median
            table.add([
                line.name, (Measurement(seconds: line.seconds).median * 1e6).decimals(1),
                (line.seconds.sorted()[line.seconds.count * 99 / 100] * 1e6).decimals(1),
                sqlite.isNaN ? "" : (sqlite * 1e6).decimals(1),
            ])
        }
        return table
    }
}
