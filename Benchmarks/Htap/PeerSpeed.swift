import Foundation
import Harness

/// The Rust engine of this name doing what `SyncSpeed` times, in a process of its own.
struct PeerSpeed {
    private let runs: Int

    init(runs: Int) { self.runs = runs }

    /// What `Peers/rhei_htap.py` prints.
    private struct Times: Codable {
        var seconds: [Double]
        var isRight: Bool
    }

    /// - Parameter ours: our rate in rows a second.
    func run(_ ours: Double?) throws -> [HtapReport.Line] {
        let output = try ChildProcess.output(
            of: Folders.peers.appending(path: "python"),
            [
                "rust", Folders.peers.appending(path: "rhei_htap.py").path, try HtapRows.makeDatabase("peer"), "100000",
                "\(min(runs, 3))",
            ])
        let times = try JSONDecoder().decode(Times.self, from: output)
        let rate = 100_000 / Measurement(seconds: times.seconds).median
        var line = HtapReport.Line(
            name: "sync of 100 000 inserted rows, rhei-engine" + (times.isRight ? "" : ", WRONG"),
            value: rate.decimals(0), unit: "rows/s")
        line.peer = ours.map { $0 / rate }
        return [line]
    }
}
