import Foundation
public import Harness
import Rhei

/// How soon an engine over a large database answers: from opening it on its segment files to the whole answer.
public struct Opening {
    private let data: MainJobData
    private let runs: Int

    /// Makes the data when they are missing.
    public init(rowCount: Int, runs: Int) throws {
        data = try MainJobData(rowCount: rowCount, part: .narrow)
        self.runs = runs
    }

    private static let questions = [
        ("one row by key", "SELECT g, v FROM t WHERE id = 7654321"),
        ("count(*)", "SELECT count(*) FROM t"),
        ("sum of a tenth", "SELECT sum(v) FROM t WHERE id > 9000000"),
        ("sum of all", "SELECT sum(v) FROM t"),
    ]

    /// Measures everything.
    public func run() async throws -> OpeningReport {
        let path = try data.copy()
        let folder = URL(filePath: path + "-rhei")
        try? FileManager.default.removeItem(at: folder)
        var config = HtapConfig(databasePath: path)
        config.storageMode = .beside(database: path)
        let engine = try await HtapEngine(config)
        try await engine.registerTable("t")
        await engine.shutdown()
        config.access = .readOnly
        var report = OpeningReport()
        for (name, sql) in Self.questions {
            var line = OpeningReport.Line(name: name)
            for _ in 0..<runs {
                line.hotSeconds.append(try await answer(sql, config))
                try PageCache.drop(filesIn: folder)
                line.coldSeconds.append(try await answer(sql, config))
            }
            report.lines.append(line)
        }
        return report
    }

    private func answer(_ sql: String, _ config: HtapConfig) async throws -> Double {
        let (seconds, engine) = try await Measurement.time {
            let engine = try await HtapEngine(config)
            _ = try await engine.query(sql, hint: .forceOlap)
            return engine
        }
        await engine.shutdown()
        return seconds
    }
}

/// What `Opening` found.
public struct OpeningReport: Codable, Sendable {
    public struct Line: Codable, Sendable {
        public var name: String
        /// With the files in the system's memory.
        public var hotSeconds: [Double] = []
        /// With none of them there.
        public var coldSeconds: [Double] = []

        init(name: String) { self.name = name }
    }

    public var lines: [Line] = []

    /// Medians in milliseconds.
    public var table: TextTable {
        var table = TextTable(heading: ["", "ms", "cold ms"])
        for line in lines {
            table.add([
                line.name, (Measurement(seconds: line.hotSeconds).median * 1000).decimals(1),
                (Measurement(seconds: line.coldSeconds).median * 1000).decimals(1),
            ])
        }
        return table
    }
}
