public import Harness

/// The suite `htap`: what capture costs writers, and how soon columns follow. Everything runs in this process, over files in
/// `.cache/bench`.
public struct HtapSuite {
    private let runs: Int

    /// - Parameter runs: measured runs of what takes long.
    public init(runs: Int) { self.runs = runs }

    /// Measures everything.
    public func run() async throws -> HtapReport {
        HtapReport(lines: try await CaptureCost(runs: runs).run() + SyncSpeed(runs: runs).run())
    }
}

/// What `htap` found.
public struct HtapReport: Codable, Sendable {
    public struct Line: Codable, Sendable {
        public var name: String
        public var value: String
        public var unit: String
        /// The rate beside that of a database without capture.
        public var ratio: Double?
    }

    public var lines: [Line]

    static func percentiles(_ name: String, _ seconds: [Double]) -> [Line] {
        let sorted = seconds.sorted()
        return [50, 99].map { percent in
            let value = sorted[min(sorted.count * percent / 100, sorted.count - 1)]
            return Line(name: "\(name), p\(percent)", value: (value * 1e6).decimals(0), unit: "µs")
        }
    }

    public var table: TextTable {
        var table = TextTable(heading: ["", "rhei", "", "ratio"])
        for line in lines { table.add([line.name, line.value, line.unit, line.ratio.map { $0.decimals(2) } ?? ""]) }
        return table
    }
}
