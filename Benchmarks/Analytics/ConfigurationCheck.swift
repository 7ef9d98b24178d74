import Foundation
import Harness

/// Runs every query of a suite once per configuration and compares the answers with DuckDB's.
public struct ConfigurationCheck {
    private let suite: AnalyticSuite
    private let queries: [URL]
    private let configurations: [Configuration]

    /// - Parameters:
    ///   - numbers: of the queries; all when empty.
    ///   - names: of the configurations; all when empty.
    public init(_ suite: AnalyticSuite, queries numbers: Set<Int> = [], configurations names: Set<String> = []) throws {
        self.suite = suite
        queries = try suite.queries().filter { numbers.isEmpty || numbers.contains(Int(Self.name($0)) ?? 0) }
        configurations = Configuration.all.filter { names.isEmpty || names.contains($0.name) }
    }

    /// The names of all configurations.
    public static var configurationNames: [String] { Configuration.all.map(\.name) }

    public func run() throws -> ConfigurationReport {
        let expected = try theirAnswers()
        var report = ConfigurationReport(
            suite: suite.name, scale: suite.scale, configurations: configurations.map(\.name),
            queries: queries.map(Self.name))
        for configuration in configurations {
            let start = ContinuousClock.now
            let column = try check(configuration, expected)
            for (name, verdict) in zip(queries.map(Self.name), column) {
                report.verdicts[name, default: [:]][configuration.name] = verdict
                if verdict.kind != .equal { Console.show("\(configuration.name)  \(name)  \(verdict.text)") }
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            Console.show("\(configuration.name): \(report.counts(of: configuration.name)), \(seconds.decimals(0)) s")
        }
        return report
    }

    private static func name(_ query: URL) -> String { query.deletingPathExtension().lastPathComponent }

    private func theirAnswers() throws -> [JobReply] {
        let peer = try Contender(name: "duckdb", folder: suite.folder, threadCount: 2)
        defer { peer.stop() }
        return try queries.map { try peer.ask("answer \($0.path)") }
    }

    /// The verdict of each query; a process that dies is started again for the next one.
    private func check(_ configuration: Configuration, _ expected: [JobReply]) throws -> [ConfigurationReport.Verdict] {
        var job: Contender?
        defer { job?.stop() }
        return try zip(queries, expected).map { query, theirs in
            let current = try job ?? Contender(name: "rhei", try configuration.settings(suite))
            job = current
            do {
                return ConfigurationReport.Verdict(ours: try current.ask("answer \(query.path)"), theirs: theirs)
            } catch let failure as ChildProcess.Failure {
                job = nil
                return ConfigurationReport.Verdict(.died, "the process ended with status \(failure.status)")
            }
        }
    }
}
