import Harness
import Rhei

/// What writing costs when changes are captured: rows a second through the engine, and through a foreign connection whose
/// changes triggers log, beside a connection to a database without capture. All run the same prepared statement.
struct CaptureCost {
    /// One way to write.
    private struct Writer {
        var batch: (Range<Int>) async throws -> Void
        var singles: (Range<Int>) async throws -> Void
    }

    private let runs: Int
    private let batchCount = 100_000
    private let singleCount = 2_000

    init(runs: Int) { self.runs = runs }

    func run() async throws -> [HtapReport.Line] {
        let engine = try await capturingEngine("own")
        let watched = try await capturingEngine("foreign")
        let writers = [
            try plain(try HtapRows.makeDatabase("plain")), own(engine), try plain(watched.config.databasePath),
        ]
        var batches = [[Double]](repeating: [], count: writers.count)
        var singles = batches
        var next = 1
        for run in 0...runs {
            for (index, writer) in writers.enumerated() {
                let middle = next + batchCount
                let batch = try await Measurement.time { try await writer.batch(next..<middle) }.0
                let single = try await Measurement.time { try await writer.singles(middle..<middle + singleCount) }.0
                guard run > 0 else { continue }
                batches[index].append(batch)
                singles[index].append(single)
            }
            next += batchCount + singleCount
            // Readers take what was written, as they would in between.
            _ = try await engine.syncNow()
            _ = try await watched.syncNow()
        }
        await engine.shutdown()
        await watched.shutdown()
        return lines("batches of 100 000", batchCount, batches) + lines("single inserts", singleCount, singles)
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
                    for id in ids { try transaction.execute(HtapRows.insertion, HtapRows.row(id).map(SQLValue.init)) }
                }
            },
            singles: { ids in
                for id in ids { try await engine.execute(HtapRows.insertion, HtapRows.row(id).map(SQLValue.init)) }
            })
    }

    private func lines(_ what: String, _ count: Int, _ seconds: [[Double]]) -> [HtapReport.Line] {
        let names = ["no capture", "by the engine", "elsewhere, by triggers"]
        let rates = seconds.map { Double(count) / Measurement(seconds: $0).median }
        return zip(names, rates).map { name, rate in
            HtapReport.Line(
                name: "\(what), \(name)", value: rate.decimals(0), unit: "rows/s",
                ratio: name == names[0] ? nil : rate / rates[0])
        }
    }
}

extension SQLValue {
    init(_ value: Value) {
        switch value {
        case .null: self = .null
        case .integer(let number): self = .integer(number)
        case .real(let number): self = .real(number)
        case .text(let text): self = .text(text)
        }
    }
}
