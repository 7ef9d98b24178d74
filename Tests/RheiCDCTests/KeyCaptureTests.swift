import RheiCDC
import RheiCore
import RheiSQLite
import RheiTestSupport
import Testing

/// The engine's own transactions, whose keys the pre-update hook gathers in the place of triggers.
@Suite struct KeyCaptureTests {
    private static let schema = """
        CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT UNIQUE, v);
        CREATE TABLE pair(a TEXT, b, v UNIQUE, PRIMARY KEY(a, b)) WITHOUT ROWID;
        CREATE TABLE child(id INTEGER PRIMARY KEY, item REFERENCES item(id) ON DELETE CASCADE ON UPDATE CASCADE);
        """

    /// Rows below this one are logged when they are inserted.
    private static let lastItem = "INSERT INTO item(id) VALUES (1000000);"

    /// A database whose tables are captured and mirrored.
    private func database(_ more: String = "", foreignKeys: Bool = false) async throws -> MirroredDatabase {
        let database = try await MirroredDatabase(
            Self.schema + more, foreignKeys: foreignKeys, observer: KeyCapture())
        try await database.syncAndCompare()
        return database
    }

    private func logRows(_ database: MirroredDatabase) throws -> [[SQLValue]] {
        try Connection(path: database.path, options: ConnectionOptions(.readOnly))
            .run("SELECT tbl, typeof(k0) FROM _rhei_cdc_log ORDER BY seq").rows
    }

    @Test func `a transaction logs one row for a table`() async throws {
        let database = try await database()
        let before = try logRows(database).count
        try await database.writer.transaction { connection in
            for n in Int64(0)..<1000 {
                try connection.run("INSERT INTO item VALUES (?, ?, 1)", [.integer(n), .text("n\(n)")])
            }
            try connection.run("UPDATE item SET v = 2 WHERE id % 7 = 0")
            try connection.run("DELETE FROM item WHERE id % 5 = 0")
        }
        let added = try logRows(database).dropFirst(before)
        #expect(added.count == 1)
        #expect(added.first?.last == .text("blob"))
        #expect(try await database.applier.pendingChangeCount() > 1000)
        let report = try await database.syncAndCompare()
        #expect(report.upsertedRowCount == 800)
    }

    @Test func `single statements are logged, one or many rows each`() async throws {
        let database = try await database()
        for n in Int64(0)..<20 {
            _ = try await database.writer.execute("INSERT INTO item VALUES (?, ?, 0)", [.integer(n), .text("n\(n)")])
        }
        _ = try await database.writer.execute("UPDATE item SET id = id + 100, v = 1 WHERE id > 9")
        try await database.syncAndCompare()
        _ = try await database.writer.execute("DELETE FROM item")
        let report = try await database.syncAndCompare()
        #expect(report.deletedRowCount == 20)
    }

    /// A statement of two rows is one row of the log when the hook reports it, and two when triggers do.
    @Test func `after eight short statements in a row triggers take over, until the next transaction`() async throws {
        let database = try await database(Self.lastItem)
        var next = Int64(0)
        func logged() async throws -> Int {
            let before = try logRows(database).count
            next += 2
            _ = try await database.writer.execute(
                "INSERT INTO item(id) VALUES (?), (?)", [.integer(next), .integer(next + 1)])
            return try logRows(database).count - before
        }
        for _ in 0..<2 {
            var counts: [Int] = []
            // Those that come before the writer's thread has let go of the connection run there and do not count.
            for _ in 0..<40 { counts.append(try await logged()) }
            #expect(
                counts.prefix(8).allSatisfy { $0 == 1 } && counts.last == 2 && counts == counts.sorted(), "\(counts)")
            next += 2
            let first = next
            try await database.writer.transaction { connection in
                _ = try connection.run("INSERT INTO item(id) VALUES (?)", [.integer(first)])
            }
        }
        try await database.syncAndCompare()
    }

    @Test func `short statements in a row, and transactions between them, are logged once`() async throws {
        let database = try await database(Self.lastItem)
        var next = Int64(0)
        for round in 0..<6 {
            for _ in 0..<(round * 5) {
                next += 1
                _ = try await database.writer.execute(
                    "INSERT INTO item VALUES (?, ?, 0)", [.integer(next), .text("n\(next)")])
            }
            _ = try await database.writer.execute("REPLACE INTO item VALUES (?, 'again', 0)", [.integer(next)])
            let first = next
            try await database.writer.transaction { connection in
                for n in Int64(1)...3 {
                    try connection.run("INSERT INTO item(id) VALUES (?)", [.integer(first + n)])
                }
            }
            next += 3
            let report = try await database.syncAndCompare()
            #expect(report.upsertedRowCount >= 3 && report.upsertedRowCount <= round * 5 + 4)
        }
        // Triggers log each row once, and the hook does not log it again.
        try await database.applier.prune()
        let before = try logRows(database).count
        for n in Int64(0)..<30 {
            _ = try await database.writer.execute("INSERT INTO item(id) VALUES (?)", [.integer(1_000 + n)])
        }
        let added = try logRows(database).dropFirst(before)
        #expect(added.count == 30)
        #expect(added.allSatisfy { $0.last == .text("integer") })
        try await database.syncAndCompare()
    }

    @Test(arguments: ["item(id, name, v) VALUES (9, 'b', 0)", "pair VALUES ('x', 9, 2)"])
    func `rows that REPLACE removes are reported`(_ row: String) async throws {
        let database = try await database()
        try await database.writer.transaction { connection in
            try connection.execute(
                """
                INSERT INTO item VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3);
                INSERT INTO pair VALUES ('x', 1, 1), ('x', 2, 2);
                """)
        }
        try await database.syncAndCompare()
        _ = try await database.writer.execute("INSERT OR REPLACE INTO \(row)")
        let report = try await database.syncAndCompare()
        #expect(report.upsertedRowCount == 1)
        #expect(report.deletedRowCount == 1)
    }

    @Test func `cascades are reported`() async throws {
        let database = try await database(foreignKeys: true)
        try await database.writer.transaction { connection in
            try connection.execute(
                "INSERT INTO item VALUES (1, 'a', 1), (2, 'b', 2); INSERT INTO child VALUES (1, 1), (2, 2), (3, 1)")
        }
        try await database.syncAndCompare()
        _ = try await database.writer.execute("DELETE FROM item WHERE id = 1")
        _ = try await database.writer.execute("UPDATE item SET id = 7 WHERE id = 2")
        let report = try await database.syncAndCompare()
        #expect(report.deletedRowCount == 4)
    }

    @Test func `keys of any class and any bytes are kept`() async throws {
        let database = try await database()
        try await database.writer.transaction { connection in
            for value in ["NULL", "1", "1.5", "-0.0", "x'00ff'", "CAST(x'61ff00' AS TEXT)", "'a' || char(0)", "9e999"] {
                guard value != "NULL" else { continue }
                try connection.run("INSERT INTO pair VALUES (CAST(x'ff' AS TEXT), \(value), NULL)")
            }
        }
        try await database.syncAndCompare()
        _ = try await database.writer.execute("UPDATE pair SET b = CAST(b AS TEXT) || 'x' WHERE typeof(b) <> 'blob'")
        try await database.syncAndCompare()
    }

    @Test func `a trigger of the application fires, and its changes are logged`() async throws {
        let database = try await database()
        _ = try await database.writer.execute("INSERT INTO item VALUES (1, 'a', 1)")
        try await database.writer.transaction { connection in
            try connection.run("INSERT INTO item VALUES (2, 'b', 1)")
            try connection.execute(
                """
                CREATE TRIGGER copy AFTER INSERT ON item WHEN NEW.id < 100 BEGIN
                    INSERT INTO item VALUES (NEW.id + 100, 'copy' || NEW.id, 0);
                END
                """)
            try connection.run("INSERT INTO item VALUES (3, 'c', 1)")
        }
        _ = try await database.writer.execute("INSERT INTO item VALUES (4, 'd', 1)")
        try await database.syncAndCompare()
        try database.writeElsewhere("DROP TRIGGER copy")
        _ = try await database.writer.execute("INSERT INTO item VALUES (5, 'e', 1)")
        try await database.syncAndCompare()
        let ids = try Connection(path: database.path, options: ConnectionOptions(.readOnly))
            .run("SELECT id FROM item ORDER BY id").rows.map { $0[0] }
        #expect(ids == [1, 2, 3, 4, 5, 103, 104].map(SQLValue.integer))
    }

    @Test func `a trigger on a temporary table or made by somebody else fires at once`() async throws {
        let database = try await database()
        _ = try await database.writer.execute("INSERT INTO item VALUES (1, 'a', 1)")
        try database.writeElsewhere(
            "CREATE TRIGGER foreign_one AFTER INSERT ON item BEGIN INSERT INTO child VALUES (NEW.id, NEW.id); END")
        _ = try await database.writer.execute("INSERT INTO item VALUES (2, 'b', 1)")
        try await database.syncAndCompare()
        try database.writeElsewhere("DROP TRIGGER foreign_one")
        try await database.write(
            """
            CREATE TEMP TRIGGER own AFTER DELETE ON main.item BEGIN INSERT INTO child VALUES (OLD.id + 10, OLD.id); END
            """)
        _ = try await database.writer.execute("DELETE FROM item WHERE id = 1")
        try await database.syncAndCompare()
        let ids = try Connection(path: database.path, options: ConnectionOptions(.readOnly))
            .run("SELECT id FROM child ORDER BY id").rows.map { $0[0] }
        #expect(ids == [2, 11].map(SQLValue.integer))
    }

    @Test func `savepoints, OR FAIL, OR IGNORE and OR ROLLBACK leave both sides equal`() async throws {
        let database = try await database()
        try await database.writer.transaction { connection in
            try connection.run("INSERT INTO item VALUES (1, 'a', 1)")
            try? connection.transaction { inner in
                try inner.run("INSERT INTO item VALUES (2, 'b', 1)")
                throw EngineError(.cancelled, "rolled back")
            }
            try connection.run("INSERT OR IGNORE INTO item VALUES (3, 'a', 1), (4, 'd', 1)")
        }
        try await database.syncAndCompare()
        await #expect(throws: EngineError.self) {
            try await database.writer.execute("INSERT OR FAIL INTO item VALUES (5, 'e', 1), (6, 'a', 1), (7, 'g', 1)")
        }
        await #expect(throws: EngineError.self) {
            try await database.writer.execute("INSERT OR ROLLBACK INTO item VALUES (8, 'h', 1), (9, 'a', 1)")
        }
        let report = try await database.syncAndCompare()
        #expect(report.upsertedRowCount == 1)
    }

    @Test func `the last rowid stays the application's`() async throws {
        let database = try await database()
        let result = try await database.writer.execute("INSERT INTO item VALUES (42, 'a', 1), (43, 'b', 1)")
        #expect(result.lastInsertRowID == 43)
        #expect(result.changes == 2)
        let later = try await database.writer.perform { $0.lastInsertRowID }
        #expect(later == 43)
    }

    @Test func `writes of several connections interleave`() async throws {
        let database = try await database()
        for n in 0..<10 {
            _ = try await database.writer.execute("INSERT INTO item VALUES (?, NULL, 0)", [.integer(Int64(n) * 2)])
            try database.writeElsewhere("INSERT INTO item VALUES (\(n * 2 + 1), NULL, 0)")
            try await database.write("UPDATE item SET v = v + 1 WHERE id = \(n)")
        }
        try await database.syncAndCompare()
    }

    @Test func `a log of the first format is marked before a row that it could not hold`() async throws {
        let database = try await database()
        try database.writeElsewhere("UPDATE _rhei_meta SET value = 1 WHERE key = 'format_version'")
        try await database.write("CREATE TABLE other(x)")
        let version = {
            try Connection(path: database.path, options: ConnectionOptions(.readOnly))
                .firstInteger("SELECT value FROM _rhei_meta WHERE key = 'format_version'")
        }
        try await database.syncAndCompare()
        try database.writeElsewhere("UPDATE _rhei_meta SET value = 1 WHERE key = 'format_version'")
        try await database.write("CREATE TEMP TABLE counts(x)")
        _ = try await database.writer.execute("INSERT INTO item VALUES (1, 'a', 1)")
        #expect(try version() == 1)
        _ = try await database.writer.execute("INSERT INTO item VALUES (2, 'b', 1), (3, 'c', 1)")
        #expect(try version() == 2)
        try await database.syncAndCompare()
    }
}
