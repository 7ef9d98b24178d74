import Foundation
public import Harness
import Rhei

/// The suite `main-job`: from a SQLite file of a million rows to columns, and the questions that columns are for.
///
/// SQLite answers the same questions on the same file, in turns with Rhei, from a page cache that holds all of it. Both
/// are measured warm, on the data as loaded, results read to the last value. The answers are compared first.
public struct MainJob {
    private let data: MainJobData
    private let runs: Int
    private var report = Report(suite: "main-job")

    /// Makes the data when it is missing.
    public init(rowCount: Int, runs: Int) throws {
        data = try MainJobData(rowCount: rowCount)
        self.runs = runs
    }

    /// Measures everything.
    ///
    /// - Throws: `WrongAnswer` when the engines differ: a time would mean nothing.
    public mutating func run() async throws -> Report {
        try await measureLoad(of: "t", name: "initial load, 3 columns")
        try await measureLoad(of: "wide", name: "initial load, 6 columns")

        let copy = try data.copy()
        let engine = try await HtapEngine(HtapConfig(databasePath: copy))
        for table in ["t", "wide", "d"] { try await engine.registerTable(table) }
        let sqlite = try SQLiteFile(path: copy)
        for (query, name) in [
            ("group-by", "GROUP BY integer"), ("group-by-text", "filter, GROUP BY text"), ("join", "join, GROUP BY"),
            ("top", "ORDER BY ... LIMIT 10"),
        ] {
            try await measure(query, name: name, rowCount: data.rowCount, engine, sqlite, hint: .forceOlap)
        }
        try await measure("point", name: "one row by key", rowCount: nil, engine, sqlite, hint: .auto)
        await engine.shutdown()
        return report
    }

    /// Times the registration of a table: capture installed and every row read into columns.
    private mutating func measureLoad(of table: String, name: String) async throws {
        var seconds: [Double] = []
        for _ in 0..<max(3, runs / 2) {
            let engine = try await HtapEngine(HtapConfig(databasePath: try data.copy()))
            seconds.append(try await Measurement.time { try await engine.registerTable(table) }.0)
            let loaded = try await engine.query("SELECT count(*) FROM \(table)", hint: .forceOlap)
            guard try loaded.rows() == [[.integer(Int64(data.rowCount))]] else { throw WrongAnswer(query: name) }
            await engine.shutdown()
        }
        report.lines.append(
            Report.Line(name: name, rhei: Measurement(seconds: seconds), rowCount: data.rowCount))
    }

    private mutating func measure(
        _ query: String, name: String, rowCount: Int?, _ engine: HtapEngine, _ sqlite: SQLiteFile, hint: QueryHint
    ) async throws {
        let file = "main-job/\(query).sql"
        let sql = try String(contentsOf: Folders.queries.appending(path: file), encoding: .utf8)
        let answer = try await engine.query(sql, hint: hint).rows().map { try $0.map(Self.value) }
        guard Value.sameRows(answer, try sqlite.rows(sql)) else { throw WrongAnswer(query: query) }
        let (rhei, other) = try await Measurement.alternate(
            runs: runs, { _ = try await engine.query(sql, hint: hint) }, { try sqlite.drain(sql) })
        report.lines.append(Report.Line(name: name, rhei: rhei, sqlite: other, rowCount: rowCount, query: file))
    }

    private static func value(_ value: SQLValue) throws -> Value {
        switch value {
        case .null: .null
        case .integer(let integer): .integer(integer)
        case .real(let real): .real(real)
        case .text(let text): .text(text)
        case .blob: throw WrongAnswer(query: "a BLOB, where no column has any")
        }
    }

    /// The engines gave different rows, or fewer were loaded than there are.
    public struct WrongAnswer: Error {
        /// The query or step.
        public var query: String
    }
}
