import RheiArrow
import RheiCore
import RheiSQLite
import RheiTestSupport
import Testing

/// Values that a statement keeps bound from run to run.
@Suite struct BindingInPlaceTests {
    private func memory() throws -> Connection {
        let connection = try Connection(path: ":memory:", options: ConnectionOptions(.readWriteCreate))
        try connection.execute("CREATE TABLE t(a, b, c)")
        return connection
    }

    private let insertion = "INSERT INTO t VALUES (?, ?, ?)"

    /// Texts and blobs of lengths around those of small strings and of the room of a statement, in all pairs.
    @Test func `values of every kind and length are stored as they were bound, run after run`() throws {
        let connection = try memory()
        let lengths = [0, 1, 15, 16, 500, 511, 512, 1_023, 1_024, 1_025, 70_000]
        let values: [SQLValue] =
            [.null, .integer(.min), .real(-0.0), .text("a\u{0}b"), .text("größer 🐟")]
            + lengths.map { .text(String(repeating: "t", count: $0)) }
            + lengths.map { .blob(Array(repeating: 0xfe, count: $0)) }
        var wanted: [[SQLValue]] = []
        for first in values {
            for second in values {
                let row = [first, second, .integer(Int64(wanted.count))]
                #expect(try connection.change(insertion, row) == 1)
                wanted.append(row)
            }
        }
        #expect(try connection.run("SELECT * FROM t ORDER BY rowid").rows == wanted)
    }

    @Test(arguments: [UInt64(1), 2, 3]) func `random rows are stored as they were bound`(_ seed: UInt64) throws {
        let connection = try memory()
        var random = SeededGenerator(seed: seed)
        var wanted: [[SQLValue]] = []
        for _ in 0..<2_000 {
            let row = (0..<3).map { _ -> SQLValue in
                let bytes = (0..<random.below(600)).map { _ in UInt8(random.below(128)) }
                return switch random.below(4) {
                case 0: .integer(Int64(bytes.count))
                case 1: .null
                case 2: .text(String(decoding: bytes, as: UTF8.self))
                default: .blob(bytes)
                }
            }
            _ = try connection.change(insertion, row)
            wanted.append(row)
        }
        #expect(try connection.run("SELECT * FROM t ORDER BY rowid").rows == wanted, "seed \(seed)")
    }

    @Test func `a statement that ran with values is lent without them`() throws {
        let connection = try memory()
        _ = try connection.change(insertion, [.text("kept"), .text(String(repeating: "x", count: 5_000)), .integer(1)])
        _ = try connection.change(insertion, [.text("kept"), .blob([1]), .integer(1)])
        try connection.withStatement(insertion) { try $0.run() }
        #expect(try connection.run("SELECT * FROM t WHERE rowid = 3").rows == [[.null, .null, .null]])
    }

    @Test func `values of a wrong number, or that no column takes, change nothing`() throws {
        let connection = try memory()
        try connection.execute("CREATE TABLE s(a TEXT NOT NULL, b INTEGER PRIMARY KEY)")
        let sql = "INSERT INTO s VALUES (?, ?)"
        _ = try connection.change(sql, [.text("one"), .integer(1)])
        #expect(throws: EngineError.self) { try connection.change(sql, [.text("two")]) }
        #expect(throws: EngineError.self) { try connection.change(sql, [.null, .integer(2)]) }
        #expect(throws: EngineError.self) { try connection.change(sql, [.text("three"), .integer(1)]) }
        _ = try connection.change(sql, [.text("four"), .integer(4)])
        #expect(
            try connection.run("SELECT * FROM s").rows == [[.text("one"), .integer(1)], [.text("four"), .integer(4)]])
    }

    @Test func `what a statement changes is counted, and nothing for one that changes no rows`() throws {
        let connection = try memory()
        for _ in 0..<3 { #expect(try connection.change("INSERT INTO t(a) VALUES (?)", [.text("x")]) == 1) }
        #expect(try connection.change("UPDATE t SET b = ? RETURNING a", [.text("y")]) == 3)
        #expect(try connection.change("SELECT a FROM t") == 0)
        #expect(try connection.change("CREATE TABLE u(a)") == 0)
        #expect(try connection.change("DELETE FROM t WHERE a = ?", [.text("x")]) == 3)
    }
}
