import Foundation
public import Harness

/// A mirrored table whose columns take several times the memory limit: loaded, scanned, joined and updated, with the
/// growth of the process looked at from outside.
public struct LargerSuite {
    private let rowCount: Int
    private let limit: Int
    private let threadCount: Int

    /// - Parameter limit: in megabytes.
    public init(rowCount: Int, limit: Int, threadCount: Int) {
        self.rowCount = rowCount
        self.limit = limit
        self.threadCount = threadCount
    }

    public func run() throws -> LargerReport {
        let idle = try job(rowCount: 1)
        _ = try idle.ask("forget")
        let base = try ProcessStatus(idle.processID).residentByteCount
        idle.stop()
        let large = try job(rowCount: rowCount)
        defer { large.stop() }
        var report = LargerReport(rowCount: rowCount, limit: limit, threadCount: threadCount)
        func note(_ name: String, _ seconds: Double?, _ error: String?) throws {
            let growth = try ProcessStatus(large.processID).peakByteCount - base
            report.lines.append(LargerReport.Line(name: name, growth: growth, seconds: seconds, error: error))
            Console.show("\(name)  \((Double(growth) / 1e6).decimals(0)) MB  \(error ?? "")")
            try ProcessStatus.forgetPeak(of: large.processID)
        }
        try note("load", large.loadSeconds, nil)
        for (name, sql) in Self.queries {
            let reply = try large.ask("compare \(sql)")
            try note(name, reply.seconds, reply.error)
        }
        let updates = try large.ask("update 1000")
        try note("1000 updates", updates.seconds, updates.error)
        let after = try large.ask("compare \(Self.queries[0].sql)")
        try note("scan again", after.seconds, after.error)
        return report
    }

    private static let queries: [(name: String, sql: String)] = [
        ("scan", "SELECT count(*), sum(a % 1000), min(s), max(s), sum(CAST(b AS INTEGER)) FROM big"),
        (
            "join",
            "SELECT count(*), sum(x.a % 1000 - y.a % 1000), max(y.s) FROM big x JOIN big y ON y.id = x.id + 1"
        ),
    ]

    private func job(rowCount: Int) throws -> Contender {
        var settings = JobSettings(folder: "", threadCount: threadCount)
        settings.memoryLimit = limit << 20
        settings.temporaryDirectory = try Folders.temporary().path
        settings.mirroredDatabase = try Self.database(rowCount: rowCount)
        settings.mirroredTables = ["big"]
        return try Contender(name: "rhei", settings)
    }

    /// A table of about 60 bytes a row in columns; made once.
    private static func database(rowCount: Int) throws -> String {
        let path = try Folders.cache().appending(path: "larger-\(rowCount).sqlite").path
        guard !FileManager.default.fileExists(atPath: path) else { return path }
        let partial = path + ".partial"
        Folders.removeDatabase(at: partial)
        let file = try SQLiteFile(path: partial)
        try file.execute(
            """
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
            CREATE TABLE big (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b REAL NOT NULL, s TEXT NOT NULL)
            """)
        var random = SplitMix(seed: 20_130_102)
        try file.insert("INSERT INTO big VALUES (?, ?, ?, ?)", count: rowCount) { index in
            [
                .integer(Int64(index + 1)), .integer(Int64(bitPattern: random.next()) >> 2),
                .real(Double(Int64(bitPattern: random.next()) >> 24)),
                .text("text of some length " + String(random.next(), radix: 36)),
            ]
        }
        try FileManager.default.moveItem(atPath: partial, toPath: path)
        return path
    }
}

/// By how much the process grew over each step.
public struct LargerReport: Codable, Sendable {
    struct Line: Codable {
        var name: String
        /// In bytes.
        var growth: Int
        var seconds: Double?
        var error: String?
    }

    var rowCount: Int
    /// In megabytes.
    var limit: Int
    var threadCount: Int
    var lines: [Line] = []

    /// Growth over the limit that is allowed.
    private static let bound = 1.25

    init(rowCount: Int, limit: Int, threadCount: Int) {
        self.rowCount = rowCount
        self.limit = limit
        self.threadCount = threadCount
    }

    private func share(_ line: Line) -> Double { Double(line.growth) / Double(limit << 20) }

    public var table: TextTable {
        var table = TextTable(heading: ["", "growth MB", "of the limit", "s"])
        for line in lines {
            table.add([
                line.name, (Double(line.growth) / 1e6).decimals(0), share(line).decimals(2),
                line.error == nil ? line.seconds?.decimals(1) ?? "" : "failed",
            ])
        }
        return table
    }

    public var legend: String {
        "\(rowCount) rows of about 60 bytes within \(limit) MB, \(threadCount) thread\(threadCount == 1 ? "" : "s")"
    }

    /// Whether all went well within the bound.
    public var isClean: Bool { lines.allSatisfy { $0.error == nil && share($0) <= Self.bound } }
}
