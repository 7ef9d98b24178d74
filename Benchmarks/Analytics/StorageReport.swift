import Foundation
public import Harness

/// What `storage` found about one suite's queries.
public struct StorageReport: Codable, Sendable {
    /// The tables of a suite in files.
    public struct Load: Codable, Sendable {
        public var name: String
        /// From Arrow files to durable tables, by contender.
        public var seconds: [String: [Double]] = [:]
        /// Bytes of the files, by contender, and as Parquet.
        public var byteCounts: [String: Int] = [:]
        public var versions: [String: String] = [:]

        init(name: String) { self.name = name }

        func median(_ contender: String) -> Double { Measurement(seconds: seconds[contender] ?? []).median }
    }

    public struct Query: Codable, Sendable {
        public var name: String
        /// All measured times, by kind: `memory`, `hot`, `cold`, `duckdb hot`, `duckdb cold`.
        public var seconds: [String: [Double]] = [:]
        /// Whether both our answers are DuckDB's.
        public var isRight: Bool?

        init(name: String) { self.name = name }

        func median(_ kind: String) -> Double { Measurement(seconds: seconds[kind] ?? []).median }
        func ratio(_ kind: String, to other: String) -> Double { median(kind) / median(other) }
        func milliseconds(_ kind: String) -> String { (median(kind) * 1000).decimals(2) }

        var summary: String {
            let times = StorageReport.kinds.map { "\($0) \(milliseconds($0)) ms" }
            return "\(name)  \(times.joined(separator: ", "))  \(verdict)"
        }

        var verdict: String { isRight.map { $0 ? "equal" : "WRONG" } ?? "" }
    }

    fileprivate static let kinds = ["memory", "hot", "cold", "duckdb hot", "duckdb cold"]

    public var suite: String
    public var scale: String
    public var threadCount: Int
    public var runs: Int
    public var versions: [String]
    public var queries: [Query] = []
    public var peakByteCounts: [String: Int] = [:]

    init(suite: String, scale: String, threadCount: Int, runs: Int, versions: [String]) {
        self.suite = suite
        self.scale = scale
        self.threadCount = threadCount
        self.runs = runs
        self.versions = versions
    }

    /// Queries whose answers differ.
    public var failures: [Query] { queries.filter { $0.isRight != true } }

    /// Medians in milliseconds.
    public var table: TextTable {
        var table = TextTable(heading: [
            "", "memory ms", "hot ms", "hot/memory", "cold ms", "duckdb hot ms", "duckdb cold ms", "cold/duckdb cold",
            "answer",
        ])
        for query in queries {
            table.add([
                query.name, query.milliseconds("memory"), query.milliseconds("hot"),
                query.ratio("hot", to: "memory").decimals(2), query.milliseconds("cold"),
                query.milliseconds("duckdb hot"), query.milliseconds("duckdb cold"),
                query.ratio("cold", to: "duckdb cold").decimals(2), query.verdict,
            ])
        }
        let hot = queries.map { $0.ratio("hot", to: "memory") }
        let cold = queries.map { $0.ratio("cold", to: "duckdb cold") }
        func row(_ name: String, _ hot: Double?, _ cold: Double?) {
            table.add([name, "", "", hot?.decimals(2) ?? "", "", "", "", cold?.decimals(2) ?? "", ""])
        }
        row("geometric mean", hot.geometricMean, cold.geometricMean)
        row("worst", hot.max(), cold.max())
        let peaks = ["memory", "files"].map { (Double(peakByteCounts[$0] ?? 0) / 1e6).decimals(0) }
        table.add(["peak MB", peaks[0], peaks[1], "", "", "", "", "", ""])
        return table
    }

    /// One line under the table: who was measured, and how.
    public var legend: String {
        "\(suite), scale \(scale), \(threadCount) thread\(threadCount == 1 ? "" : "s"), medians of \(runs): "
            + versions.joined(separator: ", ")
    }
}

extension [StorageReport.Load] {
    /// Megabytes and seconds; ratios are ours over the peer's, of rates theirs over ours.
    public var table: TextTable {
        var table = TextTable(heading: [
            "", "rhei MB", "duckdb MB", "ratio", "parquet MB", "ratio", "rhei load s", "duckdb load s", "rate",
        ])
        for load in self {
            func bytes(_ name: String) -> Double { Double(load.byteCounts[name] ?? 0) }
            table.add([
                load.name, (bytes("rhei") / 1e6).decimals(1), (bytes("duckdb") / 1e6).decimals(1),
                (bytes("rhei") / bytes("duckdb")).decimals(2), (bytes("parquet") / 1e6).decimals(1),
                (bytes("rhei") / bytes("parquet")).decimals(2), load.median("rhei").decimals(2),
                load.median("duckdb").decimals(2), (load.median("duckdb") / load.median("rhei")).decimals(2),
            ])
        }
        return table
    }
}
