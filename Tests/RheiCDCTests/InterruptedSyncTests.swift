import Foundation
import RheiArrow
import RheiCDC
import RheiCore
import RheiSQLite
import RheiStore
import RheiTestSupport
import Synchronization
import Testing

/// Cycles of sync, flush and pruning that fail, or whose process ends, at each of their steps: no row is missing, none
/// is there twice.
@Suite struct InterruptedSyncTests {
    /// `item` keeps its history; `tally` counts what its versions must be: written in the transactions that make them.
    private static let schema = """
        CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT UNIQUE, v);
        CREATE TABLE pair(a TEXT, b, v, PRIMARY KEY(a, b)) WITHOUT ROWID;
        CREATE TABLE hidden(v);
        CREATE TABLE tally(ended);
        INSERT INTO tally VALUES (0);
        WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 200)
            INSERT INTO item SELECT i, 'item ' || i, 0 FROM c;
        INSERT INTO pair SELECT name, id % 7, v FROM item;
        INSERT INTO hidden SELECT id FROM item;
        """

    /// Four versions end: of three rows that change and one that goes; ten rows come.
    private static func work(_ round: Int) -> String {
        """
        BEGIN;
        UPDATE item SET v = \(round) WHERE id IN (\(round * 3 + 1), \(round * 3 + 2), \(round * 3 + 3));
        DELETE FROM item WHERE id = \(100 + round);
        WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 10)
            INSERT INTO item SELECT \(1000 + round * 10) + i, NULL, i FROM c;
        UPDATE tally SET ended = ended + 4;
        COMMIT;
        INSERT OR REPLACE INTO pair(a, b, v) VALUES ('item \(round + 1)', \((round + 1) % 7), x'0\(round % 10)'), ('new', \(round), 1);
        DELETE FROM hidden WHERE v = \(round); INSERT INTO hidden VALUES (-\(round)), ('text \(round)');
        """
    }

    private struct Failure: Error {}

    /// Makes a sync fail after one step.
    private final class Fault: Sendable {
        let step = Mutex<SyncStep?>(nil)

        func check(_ reached: SyncStep) throws { if step.withLock({ $0 == reached }) { throw Failure() } }
    }

    @Test func `a sync that fails at any step leaves everything as it was, and the next one brings each change once`()
        async throws
    {
        let fault = Fault()
        let database = try await MirroredDatabase(Self.schema, observer: KeyCapture(), onStep: fault.check)
        database.applier.askForHistory(ofTable: "item", true)
        try await database.syncAndCompare()
        for round in 0..<12 {
            if round == 5 { try database.writeElsewhere("ALTER TABLE pair ADD COLUMN w DEFAULT 5") }
            if round % 2 == 0 {
                try database.writeElsewhere(Self.work(round))
            } else {
                try await database.write(Self.work(round))
            }
            let before = database.applier.view.snapshot
            for step in SyncStep.allCases {
                fault.step.withLock { $0 = step }
                await #expect(throws: Failure.self, "round \(round), \(step)") { try await database.applier.sync() }
                #expect(database.applier.view.snapshot === before, "round \(round), \(step)")
            }
            fault.step.withLock { $0 = nil }
            try await database.syncAndCompare(nil, "round \(round)")
            try Self.expectVersions(database.applier, database.path, uncounted: 0, "round \(round)")
            if round % 4 == 3 { try await database.applier.prune() }
        }
    }

    @Test func `a short sync that fails at any step leaves everything as it was`() async throws {
        let fault = Fault()
        let database = try await MirroredDatabase(
            "CREATE TABLE item(id INTEGER PRIMARY KEY, v); INSERT INTO item VALUES (1, 1), (2, 2), (3, 3), (4, 4)",
            observer: KeyCapture(), onStep: fault.check)
        try await database.syncAndCompare()
        for (round, step) in SyncStep.allCases.enumerated() {
            try await database.write(
                "UPDATE item SET v = -\(round + 1) WHERE id < 4; DELETE FROM item WHERE id = \(round + 2)")
            let before = database.applier.view.snapshot
            fault.step.withLock { $0 = step }
            #expect(throws: Failure.self, "\(step)") { try database.applier.syncHere() }
            #expect(database.applier.view.snapshot === before, "\(step)")
            fault.step.withLock { $0 = nil }
            try await database.syncAndCompare(nil, "\(step)")
        }
    }

    /// The files of a database and its segments as they were at a step: what a process leaves that ends there.
    private final class Copies: Sendable {
        private let source: TemporaryFolder
        private let target: TemporaryFolder
        private let made = Mutex<[(path: String, step: String)]>([])

        init(of source: TemporaryFolder) throws {
            self.source = source
            target = try TemporaryFolder()
        }

        var all: [(path: String, step: String)] { made.withLock { $0 } }

        func make(_ step: String) throws {
            let path = target.path("\(all.count)")
            // The log after the database: nobody writes meanwhile, and what is carried over stays in the log.
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for name in ["app.db", "app.db-wal", "columns"]
            where FileManager.default.fileExists(atPath: source.path(name)) {
                try FileManager.default.copyItem(atPath: source.path(name), toPath: "\(path)/\(name)")
            }
            made.withLock { $0.append((path, step)) }
        }
    }

    /// What one process holds of a database.
    private struct Process {
        let writer: Writer
        let durable: DurableStore
        let applier: Applier

        init(
            _ folder: String, _ files: any FileSystem = DiskFileSystem(),
            onStep: @escaping @Sendable (SyncStep) throws -> Void = { _ in }
        ) throws {
            writer = try Writer(path: "\(folder)/app.db", observer: KeyCapture())
            let (durable, restored) = try DurableStore.open("\(folder)/columns", on: files)
            self.durable = durable
            applier = try Applier(
                path: "\(folder)/app.db", store: try ColumnStore(restored, loadingInto: durable), writer: writer,
                selection: .everything, onStep: onStep)
            applier.askForHistory(ofTable: "item", true)
        }

        func shutdown() async {
            await applier.shutdown()
            await writer.shutdown()
        }
    }

    @Test func `a process that ends at any step of sync, flush and pruning leaves what the next one makes whole`()
        async throws
    {
        let folder = try TemporaryFolder()
        let copies = try Copies(of: folder)
        let process = try Process(
            folder.path("."), WatchedFileSystem { try copies.make($0) }, onStep: { try copies.make("\($0)") })
        try await process.writer.perform { try $0.execute(Self.schema) }
        let anchor = StoreAnchor(writer: process.writer)
        for round in 0..<5 {
            if round == 2 {
                try await process.writer.perform { try $0.execute("ALTER TABLE pair ADD COLUMN w DEFAULT 5") }
            }
            try await process.writer.perform { try $0.execute(Self.work(round)) }
            _ = try await process.applier.sync()
            try copies.make("published")
            let mark = try await anchor.beginFlush()
            try copies.make("marked")
            let snapshot = process.applier.view.snapshot
            _ = try process.durable.flush(snapshot, adding: mark)
            try copies.make("flushed")
            try await process.writer.perform { try $0.execute(Self.work(round + 20)) }
            try copies.make("flushed, written")
            try await anchor.endFlush(snapshot.notes, prunes: false)
            try copies.make("noted")
            try await process.applier.prune()
            try copies.make("pruned")
        }
        await process.shutdown()
        #expect(Set(copies.all.map(\.step)).isSuperset(of: ["read", "applied", "advanced", "write", "sync", "rename"]))
        #expect(copies.all.count > 100)
        for (path, step) in copies.all { try await Self.expectWhole(path, "\(path) \(step)") }
    }

    /// Opens what a process has left, and checks it before and after more work.
    private static func expectWhole(_ path: String, _ comment: Comment) async throws {
        let process = try Process(path)
        for round in [50, 51] {
            _ = try await process.applier.sync()
            let connection = try Connection(path: "\(path)/app.db", options: ConnectionOptions(.readOnly))
            for table in try SchemaReader(connection).read().tables where table.kind == .table {
                let found = try #require(process.applier.view.snapshot.table(named: table.name), comment)
                let wanted = try RenderedRows.sqlite(connection, table: table.name, columns: table.columns.map(\.name))
                #expect(try RenderedRows.mirror(found) == wanted, comment)
            }
            // The history began after the first round of work.
            try expectVersions(process.applier, "\(path)/app.db", uncounted: 4, comment)
            let hasTables = try connection.firstInteger("SELECT count(*) FROM sqlite_schema WHERE name = 'tally'") == 1
            if hasTables { try await process.writer.perform { try $0.execute(work(round)) } }
        }
        await process.shutdown()
    }

    /// As many versions are valid as there are rows; those that ended are as many as the application counted, but for
    /// `uncounted` from before the history, each with an end of its own.
    private static func expectVersions(
        _ applier: Applier, _ path: String, uncounted: Int64, _ comment: Comment
    ) throws {
        let snapshot = applier.view.snapshot
        guard let history = snapshot.histories["item"], let generation = history.open else { return }
        let connection = try Connection(path: path, options: ConnectionOptions(.readOnly))
        let rows = try connection.firstInteger("SELECT count(*) FROM item")
        let open = try #require(snapshot.table(named: history.openName(generation)), comment)
        #expect(Int64(open.rowCount) == rows, comment)
        let closed = try #require(snapshot.table(named: history.closedName(generation)), comment)
        let ended = try connection.firstInteger("SELECT ended FROM tally") ?? 0
        #expect(generation.number == 1, comment)
        #expect(Int64(closed.rowCount) == ended - uncounted, comment)
        let column = closed.schema.fields.count - VersionColumn.allCases.count + VersionColumn.toPosition.rawValue
        var ends: Set<Int64> = []
        for (index, version) in closed.segments.enumerated() {
            let positions = try PrimitiveArray<Int64>(closed.column(column, ofSegment: index))
            for row in 0..<version.segment.rowCount where version.deletes?.isDeleted(row) != true {
                ends.insert(positions[row])
            }
        }
        #expect(ends.count == closed.rowCount, comment)
    }
}
