import Foundation
public import Harness

/// Least times of queries by scale factor.
public struct GrowthReport: Codable, Sendable {
    public var scales: [Double]
    public var threadCount: Int
    public var runs: Int
    /// By query, one time per scale factor; nil where it was refused.
    var seconds: [String: [Double?]] = [:]

    init(scales: [Double], threadCount: Int, runs: Int) {
        self.scales = scales
        self.threadCount = threadCount
        self.runs = runs
    }

    private var names: [String] { seconds.keys.sorted() }

    /// Rows of the largest table.
    private func rowCount(_ scale: Double) -> Double { scale * 6_000_000 }

    /// The time at one scale over that at a smaller one, divided by the growth of n log n.
    private func growth(_ name: String, _ smaller: Int, _ larger: Int) -> Double? {
        guard let times = seconds[name], let before = times[smaller], let after = times[larger] else { return nil }
        let (small, large) = (rowCount(scales[smaller]), rowCount(scales[larger]))
        return after / before / (large * log(large) / (small * log(small)))
    }

    /// From scale to scale, and from the least to the greatest where that is another step.
    private var steps: [(smaller: Int, larger: Int)] {
        scales.indices.dropFirst().map { ($0 - 1, $0) } + (scales.count > 2 ? [(0, scales.count - 1)] : [])
    }

    /// Times, and per step the growth over that of n log n.
    public var table: TextTable {
        var table = TextTable(
            heading: [""] + scales.map { "SF \(Self.text($0)) ms" }
                + steps.map { "growth \(Self.text(scales[$0.smaller])) to \(Self.text(scales[$0.larger]))" })
        for name in names {
            table.add(
                [name] + (seconds[name] ?? []).map { $0.map { ($0 * 1000).decimals(2) } ?? "-" }
                    + steps.map { growth(name, $0.smaller, $0.larger)?.decimals(2) ?? "-" })
        }
        return table
    }

    public var legend: String {
        "TPC-H, \(threadCount) thread\(threadCount == 1 ? "" : "s"), least of \(runs) runs; growth is that of the time over that of "
            + "n log n, n being the rows of lineitem: above 1 a query grows faster"
    }

    /// The queries that grow faster than n log n, by step.
    public var conclusion: String {
        steps.map { step in
            let fast = names.filter { (growth($0, step.smaller, step.larger) ?? 0) > 1 }
            let names = fast.isEmpty ? "none" : fast.joined(separator: ", ")
            let (smaller, larger) = (Self.text(scales[step.smaller]), Self.text(scales[step.larger]))
            return "from \(smaller) to \(larger), queries that grow faster than n log n: \(names)"
        }.joined(separator: "\n")
    }

    private static func text(_ scale: Double) -> String {
        scale == scale.rounded() ? "\(Int(scale))" : "\(scale)"
    }

    // MARK: chart

    private static let (width, height, margin) = (640.0, 400.0, 50.0)

    /// A chart of all queries, both axes logarithmic, with n and n log n as dashed lines, as SVG.
    public var chart: String {
        let times = seconds.values.flatMap { $0 }.compactMap { $0 }
        guard let least = times.min(), let most = times.max(), let first = scales.first, let last = scales.last,
            last > first
        else { return "" }
        let (bottom, top) = (log10(least), log10(most))
        func x(_ scale: Double) -> Double {
            Self.margin + (log10(scale / first)) / log10(last / first) * (Self.width - 2 * Self.margin)
        }
        func y(_ time: Double) -> Double {
            Self.height - Self.margin - (log10(time) - bottom) / max(top - bottom, 0.1)
                * (Self.height - 2 * Self.margin)
        }
        func line(_ points: [(Double, Double)], _ style: String) -> String {
            let text = points.map { "\(x($0.0).decimals(1)),\(y($0.1).decimals(1))" }.joined(separator: " ")
            return "<polyline fill=\"none\" \(style) points=\"\(text)\"/>"
        }
        var parts = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"400\" font-family=\"sans-serif\" font-size=\"10\">",
            "<rect width=\"640\" height=\"400\" fill=\"white\"/>",
        ]
        for (index, name) in names.enumerated() {
            let points = zip(scales, seconds[name] ?? []).compactMap { scale, time in time.map { (scale, $0) } }
            parts.append(line(points, "stroke=\"hsl(\(index * 47 % 360),60%,45%)\""))
            if let end = points.last {
                let side = Self.width - Self.margin + 4 + Double(index % 2 * 16)
                parts.append("<text x=\"\(side)\" y=\"\(y(end.1).decimals(1))\">\(name)</text>")
            }
        }
        let middle = exp(times.map { log($0) }.reduce(0, +) / Double(times.count)) / 3
        let (small, dashes) = (rowCount(first), "stroke=\"black\" stroke-dasharray=\"4 3\"")
        parts.append(line(scales.map { ($0, middle * $0 / first) }.filter { $0.1 <= most }, dashes))
        parts.append(
            line(
                scales.map { ($0, middle * $0 / first * log(rowCount($0)) / log(small)) }.filter { $0.1 <= most },
                dashes + " opacity=\"0.5\""))
        for scale in scales {
            parts.append("<text x=\"\(x(scale).decimals(1))\" y=\"385\">SF \(Self.text(scale))</text>")
        }
        for time in [0.0001, 0.001, 0.01, 0.1, 1, 10, 100] where time >= least && time <= most {
            parts.append("<text x=\"4\" y=\"\(y(time).decimals(1))\">\(Self.text(time * 1000)) ms</text>")
        }
        return (parts + ["</svg>", ""]).joined(separator: "\n")
    }
}
