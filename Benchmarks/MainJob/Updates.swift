import Foundation
public import Harness
import Rhei

/// What a change costs by the size of its table: random single-row updates, each synced into columns at once.
public struct Updates {
    private let rowCounts: [Int]
    private let runs: Int
    private let peerRowCount: Int
    private static let updateCount = 100

    /// - Parameter peerRowCount: the largest table that the Rust engine takes part with; it reads and writes the whole table per update.
    public init(rowCounts: [Int], runs: Int, peerRowCount: Int) {
        self.rowCounts = rowCounts
        self.runs = runs
        self.peerRowCount = peerRowCount
    }

    /// Measures every size with columns in memory and in segment files.
    public func run() async throws -> UpdatesReport {
        var report = UpdatesReport()
        for rowCount in rowCounts {
            let data = try MainJobData(rowCount: rowCount, part: .narrow)
            for mode in ["memory", "segments"] {
                let line = try await measure(data, mode)
                report.lines.append(line)
                print(line.summary)
            }
            if rowCount <= peerRowCount {
                let line = try peer(data)
                report.lines.append(line)
                print(line.summary)
            }
        }
        return report
    }

    /// What `Peers/rhei_updates.py` prints.
    private struct PeerTimes: Codable {
        var seconds: [Double]
        var isRight: Bool
    }

    private func peer(_ data: MainJobData) throws -> UpdatesReport.Line {
        let script = Folders.peers.appending(path: "rhei_updates.py").path
        let output = try ChildProcess.output(
            of: Folders.peers.appending(path: "python"),
            ["rust", script, try data.copy(), "\(Self.updateCount)", "\(min(runs, 3))"])
        let times = try JSONDecoder().decode(PeerTimes.self, from: output)
        var line = UpdatesReport.Line(rowCount: data.rowCount, mode: "rhei-engine")
        (line.seconds, line.isRight) = (times.seconds, times.isRight)
        return line
    }

    private func measure(_ data: MainJobData, _ mode: String) async throws -> UpdatesReport.Line {
        let path = try data.copy()
        let folder = path + "-rhei"
        try? FileManager.default.removeItem(atPath: folder)
        var config = HtapConfig(databasePath: path)
        if mode == "segments" { config.storageMode = .beside(database: path) }
        var engine = try await HtapEngine(config)
        try await engine.registerTable("t")
        var line = UpdatesReport.Line(rowCount: data.rowCount, mode: mode)
        if mode == "segments" {
            // From the files, as every later process finds them.
            await engine.shutdown()
            engine = try await HtapEngine(config)
        }
        var random = SplitMix(seed: 7)
        line.firstSeconds = try await Measurement.time { try await update(engine, data, &random) }.0
        for _ in 0..<runs {
            let (seconds, _) = try await Measurement.time {
                for _ in 0..<Self.updateCount { try await update(engine, data, &random) }
            }
            line.seconds.append(seconds)
        }
        let sum = "SELECT count(*), sum(v) FROM t"
        line.isRight =
            try await engine.query(sum, hint: .forceOlap).rows() == engine.query(sum, hint: .forceOltp).rows()
        await engine.shutdown()
        try? FileManager.default.removeItem(atPath: folder)
        return line
    }

    private func update(_ engine: HtapEngine, _ data: MainJobData, _ random: inout SplitMix) async throws {
        let key = Int64.random(in: 1...Int64(data.rowCount), using: &random)
        let value = Int64.random(in: 0..<1_000_000, using: &random)
        try await engine.execute("UPDATE t SET v = ? WHERE id = ?", [.integer(value), .integer(key)])
        try await engine.syncNow()
    }
}

/// What `Updates` found.
public struct UpdatesReport: Codable, Sendable {
    public struct Line: Codable, Sendable {
        public var rowCount: Int
        /// Where columns are: `memory` or `segments`.
        public var mode: String
        /// Of a hundred updates with their syncs.
        public var seconds: [Double] = []
        /// Of the first update, which makes what a table that came from files lacks.
        public var firstSeconds = 0.0
        /// Whether the columns then equal the rows.
        public var isRight = false

        init(rowCount: Int, mode: String) {
            self.rowCount = rowCount
            self.mode = mode
        }

        var median: Double { Measurement(seconds: seconds).median }

        var summary: String {
            "\(rowCount) rows, \(mode): \((median * 1000).decimals(2)) ms, the first \((firstSeconds * 1000).decimals(2)) ms"
                + (isRight ? "" : " WRONG")
        }
    }

    public var lines: [Line] = []

    public var isRight: Bool { lines.allSatisfy(\.isRight) }

    private func line(_ rowCount: Int, _ mode: String) -> Line? {
        lines.first { $0.rowCount == rowCount && $0.mode == mode }
    }

    /// Medians in milliseconds, how they compare with the smallest table's, and the Rust engine's time over ours in memory.
    public var table: TextTable {
        var table = TextTable(heading: [
            "", "memory ms", "to smallest", "segments ms", "to smallest", "first ms", "rhei-engine ms", "times",
        ])
        let rowCounts = Set(lines.map(\.rowCount)).sorted()
        for rowCount in rowCounts {
            var cells = ["\(rowCount) rows"]
            for mode in ["memory", "segments"] {
                let median = line(rowCount, mode)?.median ?? .nan
                cells += [
                    (median * 1000).decimals(2), (median / (line(rowCounts[0], mode)?.median ?? .nan)).decimals(2),
                ]
            }
            cells.append(((line(rowCount, "segments")?.firstSeconds ?? .nan) * 1000).decimals(1))
            if let theirs = line(rowCount, "rhei-engine")?.median, let ours = line(rowCount, "memory")?.median {
                cells += [(theirs * 1000).decimals(1), (theirs / ours).decimals(0)]
            } else {
                cells += ["", ""]
            }
            table.add(cells)
        }
        return table
    }
}
