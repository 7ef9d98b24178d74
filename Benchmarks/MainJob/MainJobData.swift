import Foundation
import Harness

/// The database of the suite: the same bytes for the same row count, made once and kept.
struct MainJobData {
    /// The pristine file; copies of it are measured.
    let path: String
    let rowCount: Int

    /// Tables to make.
    enum Part { case narrow, all }

    /// Makes the file unless an earlier run has.
    ///
    /// - Parameter part: `narrow` makes table `t` alone.
    init(rowCount: Int, part: Part = .all) throws {
        self.rowCount = rowCount
        let kind = part == .all ? "" : "-narrow"
        path = try Folders.cache().appending(path: "main-job-v1\(kind)-\(rowCount).sqlite").path
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let partial = path + ".partial"
        Folders.removeDatabase(at: partial)
        try Self.fill(SQLiteFile(path: partial), rowCount: rowCount, part)
        try FileManager.default.moveItem(atPath: partial, toPath: path)
    }

    /// Returns the path of a fresh copy, ready to be opened and changed. It is on the disk: the first checkpoint does
    /// not wait for it.
    func copy() throws -> String {
        let copy = path.replacing(".sqlite", with: "-copy.sqlite")
        Folders.removeDatabase(at: copy)
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        let file = try FileHandle(forUpdating: URL(filePath: copy))
        try file.synchronize()
        try file.close()
        return copy
    }

    private static func fill(_ file: SQLiteFile, rowCount: Int, _ part: Part) throws {
        try file.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        try file.execute(
            """
            CREATE TABLE t (id INTEGER PRIMARY KEY, g INTEGER NOT NULL, v INTEGER NOT NULL);
            CREATE TABLE wide (
                id INTEGER PRIMARY KEY, g INTEGER NOT NULL, v INTEGER, r REAL, s TEXT NOT NULL, at TEXT NOT NULL);
            CREATE TABLE d (g INTEGER PRIMARY KEY, region TEXT NOT NULL);
            """)
        var random = SplitMix(seed: 20_130_101)
        try file.insert("INSERT INTO t VALUES (?, ?, ?)", count: rowCount) { index in
            [.integer(Int64(index + 1)), .integer(.random(in: 0..<1_000, using: &random)), amount(&random)]
        }
        guard part == .all else { return }
        try file.insert("INSERT INTO wide VALUES (?, ?, ?, ?, ?, ?)", count: rowCount) { index in
            let isUnknown = Int.random(in: 0..<50, using: &random) == 0
            return [
                .integer(Int64(index + 1)),
                .integer(.random(in: 0..<1_000, using: &random)),
                isUnknown ? .null : amount(&random),
                isUnknown ? .null : .real(Double(Int.random(in: 0..<1_000_000, using: &random)) / 100),
                .text(cities[Int.random(in: 0..<cities.count, using: &random)]),
                .text("2024-\(10 + index % 3)-\(10 + index % 19) 12:00:00"),
            ]
        }
        let regions = ["north", "east", "south", "west"]
        try file.insert("INSERT INTO d VALUES (?, ?)", count: 1_000) { index in
            [.integer(Int64(index)), .text(regions[index % regions.count])]
        }
    }

    private static func amount(_ random: inout SplitMix) -> Value {
        .integer(.random(in: -1_000_000..<1_000_000, using: &random))
    }

    private static let cities = [
        "Amsterdam", "Bergen", "Cork", "Dresden", "Evora", "Firenze", "Gdansk", "Helsinki", "Innsbruck", "Jena",
        "Kaiserslautern", "Ljubljana", "Maastricht", "Norrköping", "Oulu", "Porto", "San Sebastián", "Thessaloniki",
    ]
}
