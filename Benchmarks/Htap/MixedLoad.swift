import Foundation
import Harness
import Rhei
import Synchronization

/// Four writers and two analysts at once, beside the same writers alone. Tables keep their size, so memory should.
struct MixedLoad {
    private let minutes: Double
    private static let rowCount = 100_000
    private static let queries = [
        "SELECT kind, count(*), sum(amount) FROM event GROUP BY kind ORDER BY kind",
        "SELECT place, max(at), avg(amount) FROM event WHERE kind < 50 GROUP BY place ORDER BY 2 DESC LIMIT 10",
        "SELECT count(*), sum(amount), min(at), max(at) FROM event",
    ]

    init(minutes: Double) { self.minutes = minutes }

    /// What the tasks count.
    private final class Counts: Sendable {
        let writes = Atomic<Int>(0)
        let queries = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
        let seconds = Mutex<[Double]>([])
    }

    func run() async throws -> [HtapReport.Line] {
        var config = HtapConfig(databasePath: try HtapRows.makeDatabase("mixed"))
        config.followsCommits = true
        let engine = try await HtapEngine(config)
        try await engine.registerTable("event")
        try await engine.transaction { transaction in
            for id in 1...Self.rowCount {
                try transaction.execute(HtapRows.insertion, HtapRows.values(id))
            }
        }
        // Alone at the beginning and at the end, for the machine may change in between.
        let alone = max(minutes * 60 / 6, 5)
        var base = [try await phase(engine, seconds: alone, analysts: 0).rate]
        let mixed = try await phase(engine, seconds: minutes * 60, analysts: 2)
        base.append(try await phase(engine, seconds: alone, analysts: 0).rate)
        let isRight = try await isEqual(engine)
        await engine.shutdown()
        let baseRate = (base[0] + base[1]) / 2
        return [
            .init(name: "four writers alone", value: baseRate.decimals(0), unit: "commits/s"),
            .init(
                name: "four writers beside two analysts" + (isRight ? "" : ", WRONG"), value: mixed.rate.decimals(0),
                unit: "commits/s", ratio: mixed.rate / baseRate),
            .init(name: "queries of two analysts", value: mixed.queryRate.decimals(0), unit: "queries/s"),
        ] + HtapReport.percentiles("their queries", mixed.querySeconds) + [
            .init(name: "changes that columns lacked, at most", value: "\(mixed.largestLag)", unit: "rows"),
            .init(
                name: "growth of memory from the first third to the last", value: mixed.growth.decimals(2),
                unit: "times"),
        ]
    }

    private struct Phase {
        var rate = 0.0
        var queryRate = 0.0
        var querySeconds: [Double] = []
        var largestLag = 0
        /// Resident memory of the last third over that of the second; the first warms up.
        var growth = 0.0
    }

    private func phase(_ engine: HtapEngine, seconds: Double, analysts: Int) async throws -> Phase {
        let counts = Counts()
        let start = ContinuousClock.now
        var lags: [Int] = []
        var memory: [Double] = []
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 { group.addTask { try await write(engine, writer, counts) } }
            for analyst in 0..<analysts { group.addTask { try await analyse(engine, analyst, counts) } }
            while ContinuousClock.now - start < .seconds(seconds) {
                try await Task.sleep(for: .seconds(min(seconds / 50, 1)))
                lags.append(try await engine.syncStatus().lag)
                memory.append(Double(try ProcessStatus(ProcessInfo.processInfo.processIdentifier).residentByteCount))
            }
            counts.isOver.store(true, ordering: .relaxed)
            try await group.waitForAll()
        }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        var phase = Phase()
        phase.rate = Double(counts.writes.load(ordering: .relaxed)) / elapsed
        phase.queryRate = Double(counts.queries.load(ordering: .relaxed)) / elapsed
        phase.querySeconds = counts.seconds.withLock { $0 }
        phase.largestLag = lags.max() ?? 0
        let third = max(memory.count / 3, 1)
        phase.growth = Self.mean(memory.suffix(third)) / Self.mean(memory.prefix(third))
        return phase
    }

    private static func mean(_ values: ArraySlice<Double>) -> Double {
        values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
    }

    /// Each commit changes ten rows at most: it updates some, removes one and adds it again, or does one of these by
    /// itself.
    private func write(_ engine: HtapEngine, _ number: Int, _ counts: Counts) async throws {
        var random = SplitMix(seed: UInt64(number) + 1)
        while !counts.isOver.load(ordering: .relaxed) {
            let ids = (0..<9).map { _ in Int.random(in: 1...Self.rowCount, using: &random) }
            let amount = SQLValue.real(Double(ids[0] % 1_000))
            if random.next() % 2 == 0 {
                try await engine.execute(
                    "UPDATE event SET amount = ? WHERE id = ?", [amount, .integer(Int64(ids[0]))])
            } else {
                try await engine.transaction { transaction in
                    for id in ids.dropFirst() {
                        try transaction.execute(
                            "UPDATE event SET amount = ?, kind = kind WHERE id = ?", [amount, .integer(Int64(id))])
                    }
                    try transaction.execute("DELETE FROM event WHERE id = ?", [.integer(Int64(ids[0]))])
                    try transaction.execute(HtapRows.insertion, HtapRows.values(ids[0]))
                }
            }
            counts.writes.add(1, ordering: .relaxed)
        }
    }

    private func analyse(_ engine: HtapEngine, _ number: Int, _ counts: Counts) async throws {
        var round = number
        while !counts.isOver.load(ordering: .relaxed) {
            let sql = Self.queries[round % Self.queries.count]
            let (seconds, _) = try await Measurement.time { _ = try await engine.query(sql, hint: .forceOlap) }
            counts.seconds.withLock { $0.append(seconds) }
            counts.queries.add(1, ordering: .relaxed)
            round += 1
        }
    }

    private func isEqual(_ engine: HtapEngine) async throws -> Bool {
        let sql = "SELECT count(*), sum(id), sum(cast(amount * 100 AS INTEGER)) FROM event"
        let columns = try await engine.query(sql, hint: .forceOlap).rows()
        return try await engine.query(sql, hint: .forceOltp).rows() == columns
    }
}
