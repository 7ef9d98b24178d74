import Foundation
import Harness

/// Runs the queries of TPC-H at several scale factors, to see how their times grow with the data.
public struct GrowthSuite {
    private let scales: [String]
    private let threadCount: Int
    private let runs: Int

    /// - Parameter scales: ascending.
    public init(scales: [String], threadCount: Int, runs: Int) {
        self.scales = scales
        self.threadCount = threadCount
        self.runs = runs
    }

    public func run() throws -> GrowthReport {
        var report = GrowthReport(
            scales: scales.compactMap { Double($0) }, threadCount: threadCount, runs: runs)
        for scale in scales {
            let suite = try AnalyticSuite(name: "tpch", scale: scale)
            let measured = try AnalyticRun(suite, peers: [], threadCount: threadCount, runs: runs).run()
            for query in measured.queries {
                // The least time: others were at work as well in the rest.
                report.seconds[query.name, default: []].append(query.seconds["rhei"]?.min())
            }
        }
        return report
    }
}
