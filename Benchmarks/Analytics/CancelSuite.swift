import Foundation
import Harness

/// Cancels queries at random moments, and looks for what they leave behind.
///
/// The queries are those of TPC-H, of the spill suite, and others that run for long. Each is run to its end once, up to
/// a few seconds, and then cancelled at moments spread over that time.
public struct CancelSuite {
    private let suite: AnalyticSuite
    private let count: Int
    private let settings: JobSettings
    private let queries: [QueryFile]
    private var random: SplitMix
    /// Moments lie in the first seconds of a query.
    private static let longest = 2.0

    /// - Parameter names: of the queries; all when empty.
    public init(
        scale: String, count: Int, seed: UInt64, threadCount: Int, memoryLimit: Int?, names: Set<String>
    ) throws {
        suite = try AnalyticSuite(name: "tpch", scale: scale)
        self.count = count
        random = SplitMix(seed: seed)
        var settings = JobSettings(folder: suite.folder.path, threadCount: threadCount)
        settings.memoryLimit = memoryLimit.map { $0 << 20 }
        settings.temporaryDirectory = try Folders.temporary().path
        self.settings = settings
        let all = try suite.queries().map { QueryFile($0) } + QueryFile.all(in: "spill") + QueryFile.all(in: "cancel")
        queries = all.filter { names.isEmpty || names.contains($0.name) }
    }

    public mutating func run() throws -> CancelReport {
        let job = try Contender(name: "rhei", settings)
        defer { job.stop() }
        var report = CancelReport()
        var durations: [String: Double] = [:]
        for query in queries {
            let reply = try job.ask("cancel \(Int(Self.longest * 1e6)) \(query.path)")
            durations[query.name] =
                reply.wasCancelled == true ? Self.longest : try job.ask("drain \(query.path)").seconds
            report.add(query.name, reply)
        }
        report.before = try Self.leftovers(job)
        for number in 0..<count {
            let query = queries[number % queries.count]
            let moment = Double.random(in: 0..<1, using: &random) * (durations[query.name] ?? Self.longest)
            let reply = try job.ask("cancel \(Int(moment * 1e6)) \(query.path)")
            report.add(query.name, reply, after: moment)
            if let time = reply.seconds, time > 0.1, reply.wasCancelled == true {
                Console.show("\(query.name): \((time * 1000).decimals(0)) ms after \(moment.decimals(2)) s")
            }
        }
        report.after = try Self.leftovers(job)
        return report
    }

    /// What the process has once it is idle and has given back what it keeps for reuse.
    private static func leftovers(_ job: Contender) throws -> ProcessStatus {
        _ = try job.ask("forget")
        return try ProcessStatus(job.processID)
    }
}
