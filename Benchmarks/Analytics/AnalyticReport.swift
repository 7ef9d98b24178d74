import Foundation
public import Harness

/// What a suite found: a table for people and a file for programs.
public struct AnalyticReport: Codable, Sendable {
    public struct Contender: Codable, Sendable {
        public var name: String
        public var version: String
        /// From the Arrow files to tables in memory.
        public var loadSeconds: Double
        /// Highest resident memory, tables included.
        public var peakByteCount = 0

        init(name: String, version: String, loadSeconds: Double) {
            self.name = name
            self.version = version
            self.loadSeconds = loadSeconds
        }
    }

    public struct Query: Codable, Sendable {
        public var name: String
        /// All measured times by contender.
        public var seconds: [String: [Double]] = [:]
        /// Where runs were repeated until the processors were free: the times that would have counted without.
        public var firstSeconds: [String: [Double]] = [:]
        public var repetitionCount = 0
        /// Measured runs that no repetition found the processors free for.
        public var disturbedCount = 0
        /// Why a contender did not answer.
        public var errors: [String: String] = [:]
        /// Whether our answer is DuckDB's; nil when DuckDB was not asked or has none.
        public var isRight: Bool?

        init(name: String) { self.name = name }

        func median(_ contender: String) -> Double? { seconds[contender].map { Measurement(seconds: $0).median } }

        func firstMedian(_ contender: String) -> Double? {
            firstSeconds[contender].map { Measurement(seconds: $0).median }
        }

        /// Our median over a peer's.
        public func ratio(to peer: String) -> Double? {
            guard let ours = median("rhei"), let theirs = median(peer) else { return nil }
            return ours / theirs
        }

        var verdict: String { errors["rhei"] != nil ? "refused" : isRight.map { $0 ? "equal" : "WRONG" } ?? "" }

        var summary: String {
            let times = seconds.keys.sorted { $0 == "rhei" || $0 < $1 && $1 != "rhei" }
                .map { "\($0) \(((median($0) ?? 0) * 1000).decimals(2)) ms" }
            return "\(name)  \(times.joined(separator: ", "))  \(verdict)" + (errors["rhei"].map { ": \($0)" } ?? "")
        }
    }

    public var suite: String
    public var scale: String
    public var threadCount: Int
    public var runs: Int
    public var contenders: [Contender]
    public var queries: [Query] = []

    init(suite: String, scale: String, threadCount: Int, runs: Int, contenders: [Contender]) {
        self.suite = suite
        self.scale = scale
        self.threadCount = threadCount
        self.runs = runs
        self.contenders = contenders
    }

    private var peers: [String] { contenders.map(\.name).filter { $0 != "rhei" } }

    /// Queries that we refused or answered wrongly.
    public var failures: [Query] { queries.filter { $0.errors["rhei"] != nil || $0.isRight == false } }

    /// Medians in milliseconds, and our time over each peer's; a dash where a contender does not run the query.
    public var table: TextTable {
        var table = TextTable(heading: ["", "rhei ms"] + peers.flatMap { ["\($0) ms", "ratio"] } + ["answer"])
        for query in queries {
            table.add(
                [query.name, milliseconds(query.median("rhei"))]
                    + peers.flatMap { [milliseconds(query.median($0)), ratio(query.ratio(to: $0))] } + [query.verdict])
        }
        table.add(["geometric mean", ""] + peers.flatMap { ["", ratio(ratios(to: $0).geometricMean)] } + [""])
        table.add(["worst", ""] + peers.flatMap { ["", ratio(ratios(to: $0).max())] } + [""])
        table.add(["peak MB"] + contenders.enumerated().flatMap { memory($1, isPeer: $0 > 0) } + [""])
        table.add(["load s"] + contenders.enumerated().flatMap { load($1, isPeer: $0 > 0) } + [""])
        return table
    }

    /// One line under the table: who was measured, and how.
    public var legend: String {
        "\(suite), scale \(scale), \(threadCount) thread\(threadCount == 1 ? "" : "s"), medians of \(runs): "
            + contenders.map(\.version).joined(separator: ", ") + gains
    }

    /// Whether contenders were measured with one thread of their own as well.
    public var comparesThreads: Bool { contenders.contains { $0.name == "rhei-1" } }

    /// What all threads gain over one, of each contender that was measured with both.
    private var gains: String {
        let gains = contenders.compactMap { contender -> String? in
            guard let all = gain(of: contender.name, { $0.median($1) }) else { return nil }
            let first = gain(of: contender.name) { $0.firstMedian($1) }.map { " (\($0.decimals(2)))" }
            return "\(contender.name) \(all.decimals(2))" + (first ?? "")
        }
        guard !gains.isEmpty else { return "" }
        return "; one thread's time over that of \(threadCount): " + gains.joined(separator: ", ") + repetitions
    }

    /// The geometric mean of a contender's times with one thread over those with all.
    private func gain(of contender: String, _ median: (Query, String) -> Double?) -> Double? {
        queries.compactMap { query in
            median(query, contender + "-1").flatMap { one in median(query, contender).map { one / $0 } }
        }.geometricMean
    }

    private var repetitions: String {
        guard queries.contains(where: { !$0.firstSeconds.isEmpty }) else { return "" }
        let count = queries.reduce(0) { $0 + $1.repetitionCount }
        let disturbed = queries.reduce(0) { $0 + $1.disturbedCount }
        return "; \(count) runs were repeated, beside which the processors did the work of one (in brackets with them)"
            + (disturbed > 0 ? ", \(disturbed) more count although they were so" : "")
    }

    private func ratios(to peer: String) -> [Double] { queries.compactMap { $0.ratio(to: peer) } }

    private func memory(_ contender: Contender, isPeer: Bool) -> [String] {
        [(Double(contender.peakByteCount) / 1e6).decimals(0)] + (isPeer ? [""] : [])
    }

    private func load(_ contender: Contender, isPeer: Bool) -> [String] {
        [contender.loadSeconds.decimals(1)] + (isPeer ? [""] : [])
    }

    private func milliseconds(_ seconds: Double?) -> String { seconds.map { ($0 * 1000).decimals(2) } ?? "-" }
    private func ratio(_ value: Double?) -> String { value.map { $0.decimals(2) } ?? "-" }
}
