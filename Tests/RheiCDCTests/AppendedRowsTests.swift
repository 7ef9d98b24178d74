import RheiArrow
import RheiCDC
import RheiCore
import RheiSQLite
import RheiStore
import RheiTestSupport
import Testing

/// New rows above all others, which no trigger logs.
@Suite struct AppendedRowsTests {
    private static let schema = "CREATE TABLE t(id INTEGER PRIMARY KEY, v); CREATE TABLE h(v);"

    private func logCount(_ database: MirroredDatabase) throws -> Int64? {
        try Connection(path: database.path, options: ConnectionOptions(.readOnly))
            .firstInteger("SELECT count(*) FROM _rhei_cdc_log")
    }

    @Test func `appended rows are found without being logged`() async throws {
        let database = try await MirroredDatabase(Self.schema + "INSERT INTO t VALUES (1, 'a'), (5, 'b')")
        try await database.syncAndCompare()
        for round in 0..<4 {
            try database.writeElsewhere(
                "INSERT INTO t(v) VALUES (\(round)), (x'00'); INSERT INTO h VALUES (\(round)); UPDATE t SET v = v || 'n' WHERE id = 1"
            )
            #expect(try await database.applier.pendingChangeCount() == 4)
            let report = try await database.syncAndCompare()
            #expect(report.changeCount == 4 && report.upsertedRowCount == 4 && report.loadedRowCount == 0)
            #expect(try await database.applier.pendingChangeCount() == 0)
        }
        #expect(try logCount(database) == 4)
        // In the middle of others a new row is logged.
        try database.writeElsewhere("INSERT INTO t VALUES (3, 'c'); INSERT INTO h(rowid, v) VALUES (-1, 'd')")
        #expect(try logCount(database) == 6)
        try await database.syncAndCompare()
    }

    @Test func `many appended rows beside logged ones are read once`() async throws {
        let database = try await MirroredDatabase(Self.schema, observer: KeyCapture())
        try await database.syncAndCompare()
        let many = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 200000) "
        try database.writeElsewhere(many + "INSERT INTO t(v) SELECT i FROM n")
        _ = try await database.writer.transaction { try $0.run(many + "INSERT INTO t(v) SELECT i FROM n") }
        try database.writeElsewhere(many + "INSERT INTO t(v) SELECT i FROM n; DELETE FROM t WHERE id % 1000 = 0")
        #expect(try await database.applier.pendingChangeCount() == 599_400)
        let report = try await database.syncAndCompare()
        #expect(report.upsertedRowCount == 599_400 && report.deletedRowCount == 600 && report.loadedRowCount == 0)
    }

    /// REPLACE fires no DELETE trigger, and the row it makes is the last one again.
    @Test func `a last row that is replaced is found by what it holds`() async throws {
        let database = try await MirroredDatabase(Self.schema + "INSERT INTO t VALUES (1, 0), (2, 0.0)")
        try await database.syncAndCompare()
        for value in ["-0.0", "0", "'0'", "x'30'", "NULL", "''", "zeroblob(0)", "'long enough for more than one word'"]
        {
            try database.writeElsewhere("REPLACE INTO t VALUES (2, \(value))")
            #expect(try logCount(database) == 0)
            #expect(try await database.syncAndCompare(nil, "\(value)").upsertedRowCount == 1)
            try database.writeElsewhere("REPLACE INTO t VALUES (2, \(value)); INSERT INTO h VALUES (1)")
            #expect(try await database.syncAndCompare(nil, "\(value)").upsertedRowCount == 1)
        }
        try database.writeElsewhere("REPLACE INTO t VALUES (2, 'and more above'); INSERT INTO t VALUES (3, 3)")
        #expect(try await database.syncAndCompare().upsertedRowCount == 2)
    }

    @Test func `rows that come where the last ones went are found`() async throws {
        let database = try await MirroredDatabase(
            Self.schema + "INSERT INTO t SELECT value, value FROM json_each('[1, 2, 3, 10, 20, 30]')")
        try await database.syncAndCompare()
        // 30 and 20 go; 11 and 12 come above 10, and 10 is replaced while it is the last.
        try database.writeElsewhere(
            "DELETE FROM t WHERE id > 10; REPLACE INTO t VALUES (10, 'again'); INSERT INTO t(v) VALUES (1), (2)")
        try await database.syncAndCompare()
        // The last row goes, and comes back as it was.
        try database.writeElsewhere(
            "DELETE FROM t WHERE id > 3; INSERT INTO t VALUES (4, 'low'); INSERT INTO t VALUES (12, 2)")
        try await database.syncAndCompare()
        try database.writeElsewhere("DELETE FROM t; INSERT INTO t(v) VALUES ('first')")
        try await database.syncAndCompare()
        try database.writeElsewhere("DELETE FROM t; INSERT INTO t VALUES (\(Int64.max), 'last of all')")
        try await database.syncAndCompare()
        try database.writeElsewhere(
            "INSERT INTO t(v) VALUES ('anywhere'); INSERT INTO t VALUES (\(Int64.min), 0); UPDATE t SET id = 5 WHERE id > 0 AND v = 'last of all'"
        )
        try await database.syncAndCompare()
    }

    /// What a backup or another writer without triggers leaves.
    @Test func `a last row that is missing without having been logged makes the table load anew`() async throws {
        let database = try await MirroredDatabase(Self.schema + "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)")
        try await database.syncAndCompare()
        for change in [
            "DELETE FROM t WHERE id = 3", "DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (9, 9)", "DELETE FROM t",
        ] {
            let result = try Subprocess.run(
                "sqlite3", [database.path], input: ".dbconfig enable_trigger off\n\(change);")
            #expect(result.status == 0, "\(result.standardError)")
            let report = try await database.syncAndCompare()
            #expect(report.tables.first?.loadedRowCount != nil, "\(change)")
        }
    }

    @Test func `what a table's other indexes may remove unseen keeps every insert logged`() async throws {
        let database = try await MirroredDatabase(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v NOT NULL DEFAULT (random()) UNIQUE)")
        try await database.syncAndCompare()
        try database.writeElsewhere("INSERT INTO t VALUES (1, 1), (2, 2)")
        #expect(try logCount(database) == 2)
        try await database.syncAndCompare()
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `random changes at the end of a table converge`(_ seed: UInt64) async throws {
        var work = EndWork(seed: seed)
        let database = try await MirroredDatabase(
            Self.schema + EndWork.schema, recursiveTriggers: seed % 2 == 0, pruneThreshold: 50,
            logPortion: seed == 4 ? 3 : 4_000_000, observer: KeyCapture())
        let other = try Connection(path: database.path, options: ConnectionOptions(.readWrite))
        try await database.syncAndCompare()
        for round in 0..<600 {
            let script = work.script()
            if work.below(4) == 0 {
                _ = try? await database.writer.transaction { connection in
                    for statement in script { _ = try? connection.run(statement) }
                }
            } else {
                for statement in script { _ = try? other.run(statement) }
            }
            if work.below(3) > 0 { try await database.syncAndCompare(nil, "seed \(seed), round \(round): \(script)") }
        }
        try await database.syncAndCompare(nil, "seed \(seed)")
    }
}

/// Random statements on few rowids, most of them about the last row.
private struct EndWork {
    static let schema = """
        CREATE TABLE u(id INTEGER PRIMARY KEY, v UNIQUE);
        """

    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    mutating func script() -> [String] { (0..<(below(5) + 1)).map { _ in statement() } }

    private mutating func statement() -> String {
        let table = ["t", "t", "u", "h"][below(4)]
        let key = table == "h" ? "rowid" : "id"
        let last = "(SELECT max(\(key)) FROM \(table))"
        let value = ["1", "1.0", "'x'", "NULL", "\(below(9))"][below(5)]
        switch below(11) {
        case 0, 1: return "INSERT OR REPLACE INTO \(table)(v) VALUES (\(value))"
        case 2: return "INSERT OR REPLACE INTO \(table)(\(key), v) VALUES (\(last), \(value))"
        case 3: return "INSERT OR IGNORE INTO \(table)(\(key), v) VALUES (\(last) + \(below(4)), \(value))"
        case 4: return "DELETE FROM \(table) WHERE \(key) >= \(last) - \(below(3))"
        case 5: return "INSERT OR REPLACE INTO \(table)(\(key), v) VALUES (\(below(20)), \(value))"
        case 6: return "UPDATE OR REPLACE \(table) SET \(key) = \(key) - \(below(5)) + 2 WHERE \(key) = \(last)"
        case 7: return "UPDATE OR IGNORE \(table) SET v = \(value) WHERE \(key) > \(last) - \(below(3))"
        case 8:
            return "INSERT INTO \(table)(\(key), v) VALUES (\(last), \(value)) ON CONFLICT DO UPDATE SET v = excluded.v"
        case 9: return "INSERT OR REPLACE INTO \(table)(v) SELECT v FROM \(table) WHERE \(key) % 5 = \(below(5))"
        default: return below(6) == 0 ? "DELETE FROM \(table)" : "DELETE FROM \(table) WHERE \(key) % 3 = \(below(3))"
        }
    }
}
