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
    /// Nil when runs count whatever the processors do.
    private let processorGain: ProcessorGain?

    /// How often a run is repeated, at most, for the processors' sake.
    private static let repetitions = 20

    /// - Parameters:
    ///   - peers: names as `Peers/contender.py` takes them.
    ///   - runs: how often each query is measured.
    ///   - memoryLimit: of Rhei and DuckDB, in megabytes; nil for their own.
    ///   - keepsFiles: whether the tables are in files of each engine's own, which are written if there are none yet.
    ///   - isSteady: whether a run is repeated when, before or after it, the processors are no more than one
    ///     (``ProcessorGain``); throws where that cannot be told.
    public init(
        _ suite: AnalyticSuite, peers: [String], threadCount: Int, runs: Int, memoryLimit: Int? = nil,
        keepsFiles: Bool = false, isSteady: Bool = false
    ) throws {
        self.suite = suite
        self.threadCount = threadCount
        self.runs = runs
        processorGain = isSteady ? try ProcessorGain(threadCount: threadCount) : nil
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
                let (times, isDisturbed) = try attempts(contender, path)
                query.seconds[contender.name, default: []] += times.suffix(1)
                if processorGain != nil { query.firstSeconds[contender.name, default: []] += times.prefix(1) }
                query.repetitionCount += max(times.count - 1, 0)
                if isDisturbed { query.disturbedCount += 1 }
            }
        }
        return query
    }

    /// Times of one run and its repetitions, of which the last counts, and whether that was as disturbed as the others.
    private func attempts(_ contender: Contender, _ path: String) throws -> (times: [Double], isDisturbed: Bool) {
        guard let processorGain else { return try (contender.ask("run \(path)").seconds.map { [$0] } ?? [], false) }
        var times: [Double] = []
        var isFree = processorGain.isAtHand()
        for _ in 0...Self.repetitions {
            let wasFree = isFree
            guard let seconds = try contender.ask("run \(path)").seconds else { break }
            times.append(seconds)
            isFree = processorGain.isAtHand()
            if wasFree && isFree { return (times, false) }
        }
        return (times, !times.isEmpty)
    }

    /// Whether our answer is DuckDB's; nil without DuckDB.
    private func agree(_ answers: [JobReply]) -> Bool? {
        guard let position = contenders.firstIndex(where: { $0.name == "duckdb" }), let theirs = answers[position].rows
        else { return nil }
        return answers[0].rows.map { Answers.areSame($0, theirs) } ?? false
    }
}
