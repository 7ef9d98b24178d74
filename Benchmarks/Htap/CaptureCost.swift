import Harness
import Rhei

/// What writing costs when changes are captured: rows a second through the engine, and through a foreign connection
/// whose changes triggers log, beside a connection to a database without capture and one to a database with a trigger
/// that does next to nothing. All run the same prepared statement, with rows made in the form that each takes them in.
struct CaptureCost {
    /// One way to write.
    private struct Writer {
        var batch: (Range<Int>) async throws -> Void
        var singles: (Range<Int>) async throws -> Void
    }

    private let runs: Int
    private let batchCount = 100_000
    /// SQLite carries its log over every thousand pages or so, which takes as long as hundreds of commits.
    private let singleCount = 10_000
    /// In so many parts the writers take turns, since the machine may be faster or slower for moments.
    private let singleParts = 4

    init(runs: Int) { self.runs = runs }

    func run() async throws -> [HtapReport.Line] {
        let engine = try await capturingEngine("own")
        let watched = try await capturingEngine("foreign")
        let least = try HtapRows.makeDatabase("least")
        try HtapRows.open(least).execute(HtapRows.leastTrigger)
        let writers = [
            try plain(try HtapRows.makeDatabase("plain")), own(engine), try plain(watched.config.databasePath),
            try plain(least),
        ]
        var batches = [[Double]](repeating: [], count: writers.count)
        var singles = batches
        var next = 1
        for run in 0...runs {
            var times = try await inTurns(writers, from: run, rows: &next, batchCount) { try await $0.batch($1) }
            if run > 0 { for index in writers.indices { batches[index].append(times[index]) } }
            times = writers.map { _ in 0 }
            for part in 0..<singleParts {
                let parts = try await inTurns(writers, from: run + part, rows: &next, singleCount / singleParts) {
                    try await $0.singles($1)
                }
                for index in writers.indices { times[index] += parts[index] }
            }
            if run > 0 { for index in writers.indices { singles[index].append(times[index]) } }
            // Readers take what was written, as they would in between.
            _ = try await engine.syncNow()
            _ = try await watched.syncNow()
        }
        await engine.shutdown()
        await watched.shutdown()
        return lines("batches of 100 000", batchCount, batches) + lines("single inserts", singleCount, singles)
    }

    /// Lets every writer write the same `count` rows, the one at `start` first, and returns the seconds of each.
    private func inTurns(
        _ writers: [Writer], from start: Int, rows next: inout Int, _ count: Int,
        _ write: (Writer, Range<Int>) async throws -> Void
    ) async throws -> [Double] {
        let ids = next..<next + count
        next += count
        var seconds = writers.map { _ in 0.0 }
        for turn in writers.indices {
            let index = (start + turn) % writers.count
            // Time for what the one before has left to another thread or to the system.
            try await Task.sleep(for: .milliseconds(15))
            seconds[index] = try await Measurement.time { try await write(writers[index], ids) }.0
        }
        return seconds
    }

    private func capturingEngine(_ name: String) async throws -> HtapEngine {
        let engine = try await HtapEngine(HtapConfig(databasePath: try HtapRows.makeDatabase(name)))
        try await engine.registerTable("event")
        return engine
    }

    private func plain(_ path: String) throws -> Writer {
        let file = try HtapRows.open(path)
        return Writer(
            batch: { ids in
                try file.insert(HtapRows.insertion, count: ids.count) { HtapRows.row(ids.lowerBound + $0) }
            },
            singles: { ids in
                try file.insertEach(HtapRows.insertion, count: ids.count) { HtapRows.row(ids.lowerBound + $0) }
            })
    }

    private func own(_ engine: HtapEngine) -> Writer {
        Writer(
            batch: { ids in
                try await engine.transaction { transaction in
                    for id in ids { try transaction.execute(HtapRows.insertion, HtapRows.values(id)) }
                }
            },
            singles: { ids in
                for id in ids { try await engine.execute(HtapRows.insertion, HtapRows.values(id)) }
            })
    }

    private func lines(_ what: String, _ count: Int, _ seconds: [[Double]]) -> [HtapReport.Line] {
        let names = ["no capture", "by the engine", "elsewhere, by triggers", "elsewhere, by a trigger of one number"]
        let rates = seconds.map { Double(count) / Measurement(seconds: $0).median }
        return names.indices.map { index in
            HtapReport.Line(
                name: "\(what), \(names[index])", value: rates[index].decimals(0), unit: "rows/s",
                ratio: index == 0 ? nil : rates[index] / rates[0],
                runs: seconds[index].map { (Double(count) / $0).rounded() })
        }
    }
}
