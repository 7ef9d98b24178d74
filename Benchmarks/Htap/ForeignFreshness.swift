import Foundation
import Harness
import Rhei

/// How soon commits of another process are in columns by themselves: from the return of its COMMIT to the first
/// columnar answer that has the row, asked again and again without a sync.
struct ForeignFreshness {
    private let count = 1_000

    func run() async throws -> [HtapReport.Line] {
        var config = HtapConfig(databasePath: try HtapRows.makeDatabase("elsewhere"))
        config.followsCommits = true
        let engine = try await HtapEngine(config)
        try await engine.registerTable("event")
        let path = config.databasePath
        let count = count
        async let writing = withCheckedThrowingContinuation { continuation in
            // A thread of its own: waiting for a process would hold one of the few that tasks share.
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        try ChildProcess.output(
                            of: Folders.peers.appending(path: "python"),
                            ["peers", Folders.peers.appending(path: "foreign_writer.py").path, path, "1", "\(count)"])
                    })
            }
        }
        let seen = try await watch(engine)
        let output = String(decoding: try await writing, as: UTF8.self)
        await engine.shutdown()
        let seconds = output.split(separator: "\n").compactMap { line -> Double? in
            let parts = line.split(separator: " ")
            guard parts.count == 2, let id = Int64(parts[0]), let time = Double(parts[1]) else { return nil }
            return seen[id].map { $0 - time }
        }
        return HtapReport.percentiles("from another process's commit to a columnar answer", seconds)
    }

    /// When each row was first in an answer.
    private func watch(_ engine: HtapEngine) async throws -> [Int64: Double] {
        var seen: [Int64: Double] = [:]
        var newest = Int64(0)
        while newest < Int64(count) {
            let rows = try await engine.query("SELECT max(id) FROM event", hint: .forceOlap, freshness: .asIs).rows()
            let time = Self.now
            if case .integer(let id)? = rows.first?.first, id > newest {
                for id in newest + 1...id { seen[id] = time }
                newest = id
            }
            try await Task.sleep(for: .microseconds(200))
        }
        return seen
    }

    /// Seconds of the clock that the other process reads too.
    private static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
