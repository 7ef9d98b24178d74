import Foundation
import Harness

/// Runs a suite: Rhei and its peers in turns, each in a process of its own with the same tables and threads.
///
/// The first run of a query by each contender is not measured. Its answer must be DuckDB's, when DuckDB is among the
/// peers.
public struct AnalyticRun {
    private let suite: AnalyticSuite
    private let threadCount: Int
    private let runs: Int
    private let contenders: [Contender]

    /// - Parameters:
    ///   - peers: names as `Peers/contender.py` takes them.
    ///   - runs: how often each query is measured.
    ///   - memoryLimit: of Rhei and DuckDB, in megabytes; nil for their own.
    ///   - keepsFiles: whether the tables are in files of each engine's own, which are written if there are none yet.
    public init(
        _ suite: AnalyticSuite, peers: [String], threadCount: Int, runs: Int, memoryLimit: Int? = nil,
        keepsFiles: Bool = false
    ) throws {
        self.suite = suite
        self.threadCount = threadCount
        self.runs = runs
        var settings = JobSettings(folder: suite.folder.path, threadCount: threadCount)
        if let memoryLimit {
            settings.memoryLimit = memoryLimit << 20
            settings.temporaryDirectory = try Folders.temporary().path
        }
        contenders = try (["rhei"] + peers).map { name in
            try Contender(name: name, keepsFiles ? Self.withFiles(settings, suite, name) : settings)
        }
    }

    /// The same settings over tables in files, which a process of its own writes where there are none.
    private static func withFiles(_ settings: JobSettings, _ suite: AnalyticSuite, _ name: String) throws -> JobSettings
    {
        let store = try Folders.cache().appending(path: "files-\(suite.name)-\(suite.scale)/\(name)")
        var settings = settings
        settings.store = store.path
        let isWritten = store.appending(path: "written")
        if !FileManager.default.fileExists(atPath: isWritten.path) {
            try? FileManager.default.removeItem(at: store)
            try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
            try Contender(name: name, settings).stop()
            try Data().write(to: isWritten)
        }
        settings.opensStore = true
        return settings
    }

    /// Measures every query, or those with the given numbers.
    public func run(only numbers: Set<Int> = []) throws -> AnalyticReport {
        var report = AnalyticReport(
            suite: suite.name, scale: suite.scale, threadCount: threadCount, runs: runs,
            contenders: contenders.map {
                AnalyticReport.Contender(name: $0.name, version: $0.version, loadSeconds: $0.loadSeconds)
            })
        for query in try suite.queries() {
            let name = query.deletingPathExtension().lastPathComponent
            if numbers.isEmpty || numbers.contains(Int(name) ?? 0) {
                report.queries.append(try measure(name, query.path))
                Console.show(report.queries.last?.summary ?? "")
            }
        }
        for (position, contender) in contenders.enumerated() {
            report.contenders[position].peakByteCount = try contender.ask("peak").peakByteCount ?? 0
            contender.stop()
        }
        return report
    }

    private func measure(_ name: String, _ path: String) throws -> AnalyticReport.Query {
        var query = AnalyticReport.Query(name: name)
        let answers = try contenders.map { try $0.ask("answer \(path)") }
        for (contender, answer) in zip(contenders, answers) { query.errors[contender.name] = answer.error }
        query.isRight = agree(answers)
        for _ in 0..<runs {
            for contender in contenders where query.errors[contender.name] == nil {
                let reply = try contender.ask("run \(path)")
                query.seconds[contender.name, default: []] += reply.seconds.map { [$0] } ?? []
            }
        }
        return query
    }

    /// Whether our answer is DuckDB's; nil without DuckDB.
    private func agree(_ answers: [JobReply]) -> Bool? {
        guard let position = contenders.firstIndex(where: { $0.name == "duckdb" }), let theirs = answers[position].rows
        else { return nil }
        return answers[0].rows.map { Answers.areSame($0, theirs) } ?? false
    }
}
