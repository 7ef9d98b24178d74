import Foundation
import Harness

/// Heavy queries over TPC-H within memory limits: how far the process grows, looked at from outside.
///
/// Growth is the highest resident memory while a query runs, less that after loading. Results are read batch by batch
/// and dropped.
public struct SpillSuite {
    private let suite: AnalyticSuite
    private let limits: [Int]
    private let threadCount: Int
    private let temporaryDirectory: URL
    private let queries: [QueryFile]

    /// - Parameters:
    ///   - limits: in megabytes.
    ///   - numbers: of the queries; all when empty.
    public init(scale: String, limits: [Int], threadCount: Int, numbers: Set<Int>) throws {
        suite = try AnalyticSuite(name: "tpch", scale: scale)
        self.limits = limits
        self.threadCount = threadCount
        temporaryDirectory = try Folders.temporary()
        queries = try QueryFile.all(in: "spill").filter {
            numbers.isEmpty || numbers.contains(Int($0.name.prefix(2)) ?? 0)
        }
    }

    public func run() throws -> SpillReport {
        var report = SpillReport(scale: suite.scale, threadCount: threadCount, limits: limits)
        for query in queries { report.lines.append(SpillReport.Line(name: query.name)) }
        for limit in limits {
            for (index, cell) in try run(limit).enumerated() { report.lines[index].cells.append(cell) }
        }
        return report
    }

    private func run(_ limit: Int) throws -> [SpillReport.Cell] {
        var settings = JobSettings(folder: suite.folder.path, threadCount: threadCount)
        settings.memoryLimit = limit << 20
        settings.temporaryDirectory = temporaryDirectory.path
        let job = try Contender(name: "rhei", settings)
        defer { job.stop() }
        _ = try job.ask("forget")
        let loaded = try ProcessStatus(job.processID).residentByteCount
        return try queries.map { query in
            try ProcessStatus.forgetPeak(of: job.processID)
            let reply = try job.ask("drain \(query.path)")
            let growth = try ProcessStatus(job.processID).peakByteCount - loaded
            let cell = SpillReport.Cell(limit: limit, growth: growth, seconds: reply.seconds, error: reply.error)
            Console.show("\(limit) MB  \(query.name)  \(cell.text)")
            return cell
        }
    }
}
