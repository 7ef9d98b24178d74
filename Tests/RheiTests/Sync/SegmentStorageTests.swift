import Foundation
import Rhei
import RheiTestSupport
import Testing

/// Columns in segment files: what a later engine finds, and what it does when files do not fit.
@Suite struct SegmentStorageTests {
    private struct Place {
        let folder: TemporaryFolder
        var database: String { folder.path("app.db") }
        var segments: String { folder.path("app.db-rhei") }

        init() throws { folder = try TemporaryFolder() }

        func engine(_ change: (inout HtapConfig) -> Void = { _ in }) async throws -> HtapEngine {
            var config = HtapConfig(databasePath: database)
            config.storageMode = .beside(database: database)
            change(&config)
            return try await HtapEngine(config)
        }

        /// Runs a script in another process.
        func sqlite(_ script: String) throws {
            let result = try Subprocess.run("sqlite3", ["-batch", database], input: script)
            #expect(result.status == 0, "\(result.standardError)")
        }

        func segmentFiles() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: segments).filter { $0.hasSuffix(".rhs") }.sorted()
        }
    }

    private static let setup = """
        CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL, n);
        WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 3000)
            INSERT INTO item SELECT i, 'item ' || (i % 7), i / 8.0, iif(i % 5 = 0, 'odd', i) FROM c;
        CREATE TABLE hidden(v);
        INSERT INTO hidden SELECT id FROM item WHERE id < 500;
        CREATE TABLE pair(a TEXT COLLATE NOCASE, b INT, c, PRIMARY KEY(a, b)) WITHOUT ROWID;
        INSERT INTO pair SELECT name, id, n FROM item WHERE id < 900;
        """
    private static let tables = ["item", "hidden", "pair"]

    private func attach(_ place: Place) async throws {
        try place.sqlite(Self.setup)
        let engine = try await place.engine()
        for name in Self.tables { try await engine.registerTable(name) }
        await engine.shutdown()
    }

    private func expectEqual(_ engine: HtapEngine, _ comment: Comment? = nil) async throws {
        for name in await engine.registeredTables() {
            let result = await engine.verifyTable(name)
            #expect(result.isEqual, comment ?? "\(result)")
        }
    }

    /// Bytes of columns in memory: nothing right after opening, unless tables were read from SQLite.
    private func memory(_ engine: HtapEngine) async throws -> Int {
        try await engine.syncStatus().tables.reduce(0) { $0 + $1.byteCount }
    }

    @Test func `rows that are appended or replaced at the end while no engine is open are found`() async throws {
        let place = try Place()
        try await attach(place)
        for change in [
            "INSERT INTO item(name) VALUES ('new'); INSERT INTO hidden VALUES ('new'), ('newer')",
            "REPLACE INTO item(id, name) SELECT max(id), 'other' FROM item",
            "DELETE FROM hidden WHERE rowid > 490; INSERT INTO hidden VALUES ('low')",
        ] {
            try place.sqlite(change)
            let engine = try await place.engine()
            let loaded = try await memory(engine)
            #expect(loaded < 20_000, "only what changed is read: \(loaded) bytes after \(change)")
            try await expectEqual(engine, "\(change)")
            await engine.shutdown()
        }
    }

    @Test func `a later engine starts from the files and reads only what changed`() async throws {
        let place = try Place()
        try await attach(place)
        #expect(try place.segmentFiles().count >= 3)
        let second = try await place.engine()
        #expect(try await memory(second) == 0)
        try await expectEqual(second)
        await second.shutdown()
        try place.sqlite(
            """
            UPDATE item SET price = -1 WHERE id % 100 = 0; DELETE FROM item WHERE id BETWEEN 40 AND 60;
            INSERT INTO item VALUES (9999, NULL, NULL, x'00ff'); DELETE FROM hidden WHERE v < 20;
            INSERT INTO pair VALUES ('zz', 1, 2); DELETE FROM pair WHERE b = 5; UPDATE pair SET c = 0 WHERE b = 6;
            """)
        for _ in 0..<3 {
            let engine = try await place.engine()
            let count = try await engine.query("SELECT count(*), max(id) FROM item", hint: .forceOlap).rows()
            #expect(count == [[2980, 9999]])
            try await expectEqual(engine)
            await engine.shutdown()
        }
    }

    @Test func `an engine that may only read starts from the files and follows the log`() async throws {
        let place = try Place()
        try await attach(place)
        let writer = try await place.engine()
        try await writer.execute("DELETE FROM item WHERE id > 100")
        let reader = try await place.engine { $0.access = .readOnly }
        #expect(try await reader.query("SELECT count(*) FROM item", hint: .forceOlap).rows() == [[100]])
        for round in 1...5 {
            try await writer.execute("INSERT INTO item(id) VALUES (?)", [.integer(Int64(1000 + round))])
            _ = try await writer.syncNow()
            try await writer.flush()
            let count = try await reader.query("SELECT count(*) FROM item", hint: .forceOlap).rows()
            #expect(count == [[.integer(Int64(100 + round))]])
        }
        try await expectEqual(reader)
        await #expect(throws: EngineError.self) { try await reader.unregisterTable("item") }
        await reader.shutdown()
        await writer.shutdown()
    }

    @Test func `an older copy of the database is noticed, although its log looks right`() async throws {
        let place = try Place()
        try await attach(place)
        let copy = place.folder.path("copy.db")
        try FileManager.default.copyItem(atPath: place.database, toPath: copy)
        let first = try await place.engine()
        try await first.execute("UPDATE item SET price = 5 WHERE id <= 10")
        _ = try await first.syncNow()
        await first.shutdown()
        try FileManager.default.removeItem(atPath: place.database)
        try FileManager.default.copyItem(atPath: copy, toPath: place.database)
        // As many changes as those that are gone, of other rows, and more.
        try place.sqlite("UPDATE item SET price = 6 WHERE id BETWEEN 50 AND 70")
        let second = try await place.engine()
        try await expectEqual(second)
        await second.shutdown()
    }

    @Test func `changed declarations and a vacuum are noticed`() async throws {
        let place = try Place()
        try await attach(place)
        try place.sqlite("DELETE FROM hidden WHERE v % 3 = 0; ALTER TABLE item ADD COLUMN extra DEFAULT 4; VACUUM;")
        let second = try await place.engine()
        #expect(try await second.query("SELECT sum(extra) FROM item", hint: .forceOlap).rows() == [[12_000]])
        try await expectEqual(second)
        await second.shutdown()
        try place.sqlite("DROP TABLE pair; CREATE TABLE pair(a PRIMARY KEY, b); INSERT INTO pair VALUES (1, 2);")
        let third = try await place.engine()
        #expect(try await third.query("SELECT b FROM pair", hint: .forceOlap).rows() == [[2]])
        try await expectEqual(third)
        await third.shutdown()
    }

    @Test func `a damaged file is named and its table is read anew, while others stay`() async throws {
        let place = try Place()
        try await attach(place)
        for name in try place.segmentFiles() {
            let path = place.segments + "/" + name
            let whole = try Data(contentsOf: URL(filePath: path))
            for position in [5, whole.count / 3, whole.count / 2, whole.count - 20] {
                var bytes = whole
                bytes[position] ^= 16
                try bytes.write(to: URL(filePath: path))
                let engine = try await place.engine()
                try await expectEqual(engine, "byte \(position) of \(name)")
                let storage = try #require(try await engine.syncStatus().storage)
                #expect(storage.damages.contains { $0.message.contains(name) }, "byte \(position) of \(name)")
                await engine.shutdown()
                let next = try await place.engine()
                #expect(try await next.syncStatus().storage?.damages.isEmpty == true)
                #expect(try await next.verifyFiles().isEmpty)
                await next.shutdown()
                guard try place.segmentFiles().contains(name) else { break }
            }
        }
    }

    @Test func `a lost or damaged manifest costs a load, not an answer`() async throws {
        let place = try Place()
        try await attach(place)
        let path = place.segments + "/MANIFEST"
        for damage in 0..<3 {
            var bytes = try Data(contentsOf: URL(filePath: path))
            switch damage {
            case 0: bytes[3] ^= 1
            case 1: bytes = bytes.prefix(40)
            default: bytes[bytes.count / 2] ^= 255
            }
            try bytes.write(to: URL(filePath: path))
            let engine = try await place.engine()
            #expect(try await engine.syncStatus().storage?.damages.isEmpty == false)
            try await expectEqual(engine)
            await engine.shutdown()
        }
        try FileManager.default.removeItem(atPath: path)
        let engine = try await place.engine()
        try await expectEqual(engine)
        await engine.shutdown()
    }

    @Test func `the log is pruned up to what is durable and not beyond`() async throws {
        let place = try Place()
        try await attach(place)
        let logged = "SELECT count(*) FROM _rhei_cdc_log"
        // An engine with columns in memory, which knows nothing of the folder.
        var config = HtapConfig(databasePath: place.database)
        config.storageMode = .inMemory
        let other = try await HtapEngine(config)
        for _ in 0..<6 { try await other.execute("UPDATE item SET price = price + 1") }
        #expect(try await other.syncNow().prunedCount == 0)
        await other.shutdown()
        let engine = try await place.engine()
        try await expectEqual(engine)
        try await engine.flush()
        #expect(try await engine.query(logged, hint: .forceOltp).rows() == [[1]])
        await engine.shutdown()
    }

    @Test func `one engine writes to the folder, and another reads it`() async throws {
        let place = try Place()
        try await attach(place)
        let first = try await place.engine()
        let second = try await place.engine()
        #expect(try await first.syncStatus().storage?.isFlusher == true)
        #expect(try await second.syncStatus().storage?.isFlusher == false)
        try await second.execute("DELETE FROM item WHERE id = 1")
        try await first.execute("DELETE FROM item WHERE id = 2")
        for engine in [first, second] {
            #expect(try await engine.query("SELECT count(*) FROM item", hint: .forceOlap).rows() == [[2998]])
        }
        await second.shutdown()
        await first.shutdown()
    }

    @Test func `detaching removes the folder`() async throws {
        let place = try Place()
        try await attach(place)
        let engine = try await place.engine()
        try await engine.detach()
        await engine.shutdown()
        #expect(!FileManager.default.fileExists(atPath: place.segments))
        #expect(StorageMode.found(besideDatabase: place.database) == .inMemory)
    }

    @Test func `storage_info shows each column chunk`() async throws {
        let place = try Place()
        try await attach(place)
        let engine = try await place.engine()
        let sql = "SELECT column_name, type, row_count, stored_bytes > 0 FROM storage_info('item') ORDER BY column_id"
        let rows = try await engine.query(sql).rows()
        #expect(
            rows == [
                ["id", "int64", 3000, 1], ["name", "utf8View", 3000, 1], ["price", "float64", 3000, 1],
                ["n", "any", 3000, 1],
            ])
        let encodings = "SELECT encoding FROM storage_info('item') WHERE column_name IN ('id', 'n') ORDER BY column_id"
        #expect(try await engine.query(encodings).rows() == [["delta"], ["mixed"]])
        await engine.shutdown()
    }

    @Test func `a table four times the memory limit is loaded, scanned, joined and updated within it`() async throws {
        let place = try Place()
        try place.sqlite(
            """
            CREATE TABLE large(id INTEGER PRIMARY KEY, x INT, r REAL, t TEXT);
            INSERT INTO large SELECT value, (value * 7919) % 300007, value / 4.0,
                'text of the row that has the number ' || value || ', and some more of it' FROM generate_series(1, 300000);
            """)
        let limit = 8 << 20
        let engine = try await place.engine {
            $0.memoryLimit = limit
            $0.threadCount = 2
        }
        try await engine.registerTable("large")
        try await engine.flush()
        let questions = [
            "SELECT count(*), sum(id), sum(x), sum(r), max(t) FROM large",
            "SELECT count(*), sum(b.r) FROM large a JOIN large b ON b.id = a.x WHERE a.id % 3 = 0",
        ]
        for round in 0..<3 {
            for question in questions {
                let columns = try await engine.query(question, hint: .forceOlap).rows()
                #expect(try await engine.query(question, hint: .forceOltp).rows() == columns, "round \(round)")
            }
            #expect(engine.memoryUse.columnByteCount <= limit && engine.memoryUse.peakByteCount <= limit)
            try await engine.execute("UPDATE large SET r = r + 0.5, x = x + 1 WHERE id % 1000 = \(round)")
            try await engine.execute("DELETE FROM large WHERE id BETWEEN \(round * 777) AND \(round * 777 + 50)")
            _ = try await engine.syncNow()
            if round == 1 { try await engine.flush() }
        }
        try await expectEqual(engine)
        await engine.shutdown()
    }
}
