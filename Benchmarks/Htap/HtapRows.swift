import Foundation
import Harness
import Rhei

/// The table that the suite writes to, and its rows: an ascending key and four columns of mixed types.
enum HtapRows {
    static let creation = """
        CREATE TABLE event (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, amount REAL, place TEXT NOT NULL, at INTEGER NOT NULL)
        """
    static let insertion = "INSERT INTO event VALUES (?, ?, ?, ?, ?)"

    /// The row with key `id`; the same for the same key.
    static func row(_ id: Int) -> [Value] {
        [
            .integer(Int64(id)), .integer(Int64(id % 100)), .real(Double(id % 100_000) / 100),
            .text("place \(id % 997)"),
            .integer(1_700_000_000_000_000 + Int64(id) * 1_000),
        ]
    }

    /// The same row for the engine.
    static func values(_ id: Int) -> [SQLValue] {
        [
            .integer(Int64(id)), .integer(Int64(id % 100)), .real(Double(id % 100_000) / 100),
            .text("place \(id % 997)"),
            .integer(1_700_000_000_000_000 + Int64(id) * 1_000),
        ]
    }

    /// What any trigger costs that leaves word of a row: it writes a number, to a table of its own.
    static let leastTrigger = """
        CREATE TABLE word (id INTEGER PRIMARY KEY);
        CREATE TRIGGER leave_word AFTER INSERT ON event BEGIN INSERT INTO word VALUES (NULL); END
        """

    /// Makes an empty database in WAL mode with the table.
    static func makeDatabase(_ name: String) throws -> String {
        let path = try Folders.cache().appending(path: "htap-\(name).sqlite").path
        Folders.removeDatabase(at: path)
        try open(path).execute(creation)
        return path
    }

    /// Opens a database as a program does that cares for speed: WAL mode, synchronous NORMAL.
    static func open(_ path: String) throws -> SQLiteFile {
        let file = try SQLiteFile(path: path)
        try file.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        return file
    }
}
