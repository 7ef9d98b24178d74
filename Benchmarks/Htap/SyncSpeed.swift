import Foundation
import Harness
import Rhei

/// How fast changes become visible in columns: large syncs, small syncs, and the way from a commit to a columnar
/// answer.
struct SyncSpeed {
    private let runs: Int

    init(runs: Int) { self.runs = runs }

    func run() async throws -> [HtapReport.Line] {
        let engine = try await HtapEngine(HtapConfig(databasePath: try HtapRows.makeDatabase("sync")))
        try await engine.registerTable("event")
        var next = 1
        var lines = [try await largeSyncs(engine, &next)]
        lines += try await smallSyncs(engine, &next)
        lines += try await freshness(engine, &next)
        lines += try await initialLoad(engine, next - 1)
        await engine.shutdown()
        return lines + (try await durableSyncs())
    }

    static let largeSyncs = "sync of 100 000 inserted rows"

    /// Small syncs with columns in segment files, beside a flush now and then.
    private func durableSyncs() async throws -> [HtapReport.Line] {
        var config = HtapConfig(databasePath: try HtapRows.makeDatabase("durable"))
        config.storageMode = .beside(database: config.databasePath)
        try? FileManager.default.removeItem(atPath: config.databasePath + "-rhei")
        let engine = try await HtapEngine(config)
        try await engine.registerTable("event")
        var next = 1
        try await insert(100_000, engine, &next)
        try await engine.syncNow()
        let lines = try await smallSyncs(engine, &next, ", segments")
        await engine.shutdown()
        try? FileManager.default.removeItem(atPath: config.databasePath + "-rhei")
        return lines
    }

    private func insert(_ count: Int, _ engine: HtapEngine, _ next: inout Int) async throws {
        let ids = next..<next + count
        next += count
        try await engine.transaction { transaction in
            for id in ids { try transaction.execute(HtapRows.insertion, HtapRows.values(id)) }
        }
    }

    private func largeSyncs(_ engine: HtapEngine, _ next: inout Int) async throws -> HtapReport.Line {
        var seconds: [Double] = []
        for run in 0...max(runs, 9) {
            try await insert(100_000, engine, &next)
            let time = try await Measurement.time { _ = try await engine.syncNow() }.0
            if run > 0 { seconds.append(time) }
        }
        let rate = 100_000 / Measurement(seconds: seconds).median
        return .init(name: Self.largeSyncs, value: rate.decimals(0), unit: "rows/s")
    }

    private func smallSyncs(
        _ engine: HtapEngine, _ next: inout Int, _ suffix: String = ""
    ) async throws -> [HtapReport.Line] {
        var seconds: [Double] = []
        for _ in 0..<1_000 {
            try await insert(10, engine, &next)
            seconds.append(try await Measurement.time { _ = try await engine.syncNow() }.0)
        }
        return HtapReport.percentiles("sync of ten rows\(suffix)", seconds)
    }

    private func freshness(_ engine: HtapEngine, _ next: inout Int) async throws -> [HtapReport.Line] {
        var seconds: [Double] = []
        for _ in 0..<1_000 {
            try await insert(1, engine, &next)
            let newest = SQLValue.integer(Int64(next - 1))
            seconds.append(
                try await Measurement.time {
                    _ = try await engine.query("SELECT place FROM event WHERE id = ?", [newest], hint: .forceOlap)
                }.0)
        }
        return HtapReport.percentiles("from commit to a columnar answer", seconds)
    }

    private func initialLoad(_ engine: HtapEngine, _ rowCount: Int) async throws -> [HtapReport.Line] {
        var seconds: [Double] = []
        var reading: [Double] = []
        let file = try HtapRows.open(engine.config.databasePath)
        for _ in 0..<max(runs, 5) {
            try await engine.unregisterTable("event")
            seconds.append(try await Measurement.time { try await engine.registerTable("event") }.0)
            reading.append(try await Measurement.time { try file.readAll("SELECT * FROM event") }.0)
        }
        let rate = Double(rowCount) / Measurement(seconds: seconds).median
        let bare = Double(rowCount) / Measurement(seconds: reading).median
        return [
            .init(name: "\(rowCount) rows read by SQLite", value: bare.decimals(0), unit: "rows/s"),
            .init(
                name: "initial load of \(rowCount) rows", value: rate.decimals(0), unit: "rows/s", ratio: rate / bare),
        ]
    }
}
