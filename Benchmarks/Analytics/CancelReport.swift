public import Harness

/// How long cancelled queries went on, and what they left behind.
public struct CancelReport: Codable, Sendable {
    struct Line: Codable {
        var name: String
        var cancelledCount = 0
        var finishedCount = 0
        /// The longest time from a cancellation to the end of its query.
        var worst = 0.0
        /// When that cancellation came, in seconds after the start.
        var worstMoment = 0.0
    }

    var lines: [Line] = []
    /// All times from a cancellation to the end of its query.
    var seconds: [Double] = []
    var errors: [String] = []
    var before: ProcessStatus?
    var after: ProcessStatus?

    /// Seconds that a cancelled query may take to end.
    private static let bound = 0.1

    mutating func add(_ name: String, _ reply: JobReply, after moment: Double = 0) {
        let index = lines.firstIndex { $0.name == name } ?? lines.count
        if index == lines.count { lines.append(Line(name: name)) }
        if let error = reply.error { errors.append("\(name): \(error)") }
        guard reply.wasCancelled == true, let time = reply.seconds else {
            lines[index].finishedCount += 1
            return
        }
        seconds.append(time)
        lines[index].cancelledCount += 1
        if time > lines[index].worst { (lines[index].worst, lines[index].worstMoment) = (time, moment) }
    }

    /// One row per query, the slowest to end first.
    public var table: TextTable {
        var table = TextTable(heading: ["", "cancelled", "ended before", "worst ms", "cancelled at s"])
        for line in lines.sorted(by: { $0.worst > $1.worst }) {
            table.add([
                line.name, "\(line.cancelledCount)", "\(line.finishedCount)", (line.worst * 1000).decimals(1),
                line.worstMoment.decimals(2),
            ])
        }
        return table
    }

    public var conclusion: String {
        let sorted = seconds.sorted()
        let slow = sorted.count { $0 > Self.bound }
        let middle = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        var text =
            "\(sorted.count) cancelled: \(slow) took more than 100 ms, median \((middle * 1000).decimals(2)) ms, "
        text += "worst \(((sorted.last ?? 0) * 1000).decimals(1)) ms"
        if let before, let after {
            text += "; memory \(before.residentByteCount >> 20) MB before, \(after.residentByteCount >> 20) MB after; "
            text += "threads \(before.threadCount), \(after.threadCount); "
            text += "temporary files \(before.unnamedFileCount), \(after.unnamedFileCount)"
        }
        return text + (errors.isEmpty ? "" : "; \(errors.count) failed: \(errors[0])")
    }

    /// Whether all ended in time and left nothing behind.
    public var isClean: Bool {
        guard let before, let after else { return false }
        let hasGrown = after.residentByteCount > before.residentByteCount + (64 << 20)
        return seconds.allSatisfy { $0 <= Self.bound } && errors.isEmpty && !hasGrown
            && after.threadCount <= before.threadCount && after.unnamedFileCount <= before.unnamedFileCount
    }
}
