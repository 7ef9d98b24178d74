public import Harness

/// The suite `htap`: what capture costs writers, and how soon columns follow. Everything runs in this process, over
/// files in `.cache/bench`.
public struct HtapSuite {
    /// What there is to measure.
    public enum Part: String, Sendable, CaseIterable {
        case capture, sync, elsewhere, peer, mixed
    }

    private let runs: Int
    private let minutes: Double
    private let parts: [Part]

    /// - Parameters:
    ///   - runs: measured runs of what takes long.
    ///   - minutes: how long writers and analysts work side by side.
    public init(runs: Int, minutes: Double, parts: [Part] = Part.allCases) {
        self.runs = runs
        self.minutes = minutes
        self.parts = parts
    }

    /// Measures the parts in order.
    public func run() async throws -> HtapReport {
        var report = HtapReport(lines: [])
        for part in parts {
            switch part {
            case .capture: report.lines += try await CaptureCost(runs: runs).run()
            case .sync: report.lines += try await SyncSpeed(runs: runs).run()
            case .elsewhere: report.lines += try await ForeignFreshness().run()
            case .peer: report.lines += try PeerSpeed(runs: runs).run(report.syncRate)
            case .mixed: report.lines += try await MixedLoad(minutes: minutes).run()
            }
        }
        return report
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
        /// Our rate beside a peer's.
        public var peer: Double?
        /// The rate of each run, in the order of the runs.
        public var runs: [Double]?
    }

    public var lines: [Line]

    /// Our rate of large syncs, when it was measured.
    var syncRate: Double? {
        lines.first { $0.name == SyncSpeed.largeSyncs && $0.unit == "rows/s" }.flatMap { Double($0.value) }
    }

    static func percentiles(_ name: String, _ seconds: [Double]) -> [Line] {
        let sorted = seconds.sorted()
        guard !sorted.isEmpty else { return [] }
        return [50, 99].map { percent in
            let value = sorted[min(sorted.count * percent / 100, sorted.count - 1)]
            return Line(name: "\(name), p\(percent)", value: (value * 1e6).decimals(0), unit: "µs")
        }
    }

    public var table: TextTable {
        var table = TextTable(heading: ["", "rhei", "", "ratio"])
        for line in lines {
            let ratio = line.ratio.map { $0.decimals(2) } ?? line.peer.map { "rhei \($0.decimals(1)) times" } ?? ""
            table.add([line.name, line.value, line.unit, ratio])
        }
        return table
    }
}
