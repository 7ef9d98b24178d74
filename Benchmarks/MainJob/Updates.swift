import Foundation
public import Harness
import Rhei

/// What a change costs by the size of its table: random single-row updates, each synced into columns at once.
public struct Updates {
    private let rowCounts: [Int]
    private let runs: Int
    private let peerRowCount: Int
    private static let updateCount = 100

    /// - Parameter peerRowCount: the largest table that the Rust engine takes part with; it reads and writes the whole
    ///   table per update.
    public init(rowCounts: [Int], runs: Int, peerRowCount: Int) {
        self.rowCounts = rowCounts
        self.runs = runs
        self.peerRowCount = peerRowCount
    }

    /// Measures every size with columns in memory and in segment files.
    ///
    /// The sizes take turns, run by run: a machine that is slow for a while is so for all of them.
    public func run() async throws -> UpdatesReport {
        let data = try rowCounts.map { try MainJobData(rowCount: $0, part: .narrow) }
        var report = UpdatesReport()
        for mode in ["memory", "segments"] { report.lines += try await measure(data, mode) }
        for data in data where data.rowCount <= peerRowCount { report.lines.append(try peer(data)) }
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

    private func measure(_ data: [MainJobData], _ mode: String) async throws -> [UpdatesReport.Line] {
        var tables: [UpdatedTable] = []
        for data in data { tables.append(try await UpdatedTable(data, mode)) }
        for _ in 0..<runs {
            for index in tables.indices { try await tables[index].run(updateCount: Self.updateCount) }
        }
        for index in tables.indices { try await tables[index].finish() }
        return tables.map(\.line)
    }
}

/// A table of one size in an engine of its own, and what its updates took.
private struct UpdatedTable {
    private(set) var line: UpdatesReport.Line
    private let engine: HtapEngine
    private let folder: String
    private let rowCount: Int64
    private var random = SplitMix(seed: 7)

    /// Loads the table, and makes the first update.
    init(_ data: MainJobData, _ mode: String) async throws {
        let path = try data.copy()
        folder = path + "-rhei"
        rowCount = Int64(data.rowCount)
        try? FileManager.default.removeItem(atPath: folder)
        var config = HtapConfig(databasePath: path)
        if mode == "segments" { config.storageMode = .beside(database: path) }
        let loaded = try await HtapEngine(config)
        try await loaded.registerTable("t")
        if mode == "segments" {
            // From the files, as every later process finds them.
            await loaded.shutdown()
            engine = try await HtapEngine(config)
        } else {
            engine = loaded
        }
        line = UpdatesReport.Line(rowCount: data.rowCount, mode: mode)
        line.firstSeconds = try await time(updateCount: 1)
    }

    mutating func run(updateCount: Int) async throws {
        line.seconds.append(try await time(updateCount: updateCount))
    }

    /// Compares the columns with the rows, and closes the engine.
    mutating func finish() async throws {
        let sum = "SELECT count(*), sum(v) FROM t"
        line.isRight =
            try await engine.query(sum, hint: .forceOlap).rows() == engine.query(sum, hint: .forceOltp).rows()
        await engine.shutdown()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The seconds that updates of random rows take, each synced at once.
    private mutating func time(updateCount: Int) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        for _ in 0..<updateCount {
            let key = Int64.random(in: 1...rowCount, using: &random)
            let value = Int64.random(in: 0..<1_000_000, using: &random)
            try await engine.execute("UPDATE t SET v = ? WHERE id = ?", [.integer(value), .integer(key)])
            try await engine.syncNow()
        }
        return start.duration(to: clock.now) / .seconds(1)
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
    }

    public var lines: [Line] = []

    public var isRight: Bool { lines.allSatisfy(\.isRight) }

    private func line(_ rowCount: Int, _ mode: String) -> Line? {
        lines.first { $0.rowCount == rowCount && $0.mode == mode }
    }

    /// Medians in milliseconds, how they compare with the smallest table's, and the Rust engine's time over ours in
    /// memory.
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
