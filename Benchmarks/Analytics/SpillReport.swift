public import Harness

/// By how much the process grew over each query and limit.
public struct SpillReport: Codable, Sendable {
    struct Cell: Codable {
        /// In megabytes.
        var limit: Int
        /// In bytes.
        var growth: Int
        var seconds: Double?
        /// Why there is no answer.
        var error: String?

        var share: Double { Double(growth) / Double(limit << 20) }

        var text: String {
            "\(share.decimals(2))" + (seconds.map { " in \($0.decimals(1)) s" } ?? " failed: \(error ?? "")")
        }
    }

    struct Line: Codable {
        var name: String
        var cells: [Cell] = []
    }

    var scale: String
    var threadCount: Int
    /// In megabytes.
    var limits: [Int]
    var lines: [Line] = []

    /// Growth over the limit that is allowed.
    private static let bound = 1.25

    init(scale: String, threadCount: Int, limits: [Int]) {
        self.scale = scale
        self.threadCount = threadCount
        self.limits = limits
    }

    /// One row per query: growth over each limit, and seconds.
    public var table: TextTable {
        var table = TextTable(heading: [""] + limits.flatMap { ["\($0) MB", "s"] })
        for line in lines {
            table.add(
                [line.name]
                    + line.cells.flatMap { [$0.share.decimals(2), $0.seconds?.decimals(1) ?? "failed"] })
        }
        table.add(
            ["most"]
                + limits.indices.flatMap { index in
                    [(lines.map { $0.cells[index].share }.max() ?? 0).decimals(2), ""]
                })
        return table
    }

    private var cells: [Cell] { lines.flatMap(\.cells) }

    public var legend: String {
        "growth of the process over the memory limit and seconds, TPC-H at scale \(scale), \(threadCount) "
            + "thread\(threadCount == 1 ? "" : "s")"
    }

    public var conclusion: String {
        "\(cells.count) runs: \(cells.count { $0.share > Self.bound }) grew past \(Self.bound) of the limit, "
            + "\(cells.count { $0.error != nil }) failed, most \((cells.map(\.share).max() ?? 0).decimals(2))"
    }

    /// Whether all ran and stayed below the bound.
    public var isClean: Bool { cells.allSatisfy { $0.error == nil && $0.share <= Self.bound } }
}
