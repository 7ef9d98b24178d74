import RheiCDC
import RheiCore
import RheiSQLite
import RheiStore
import RheiTestSupport
import Testing

/// Random work of one seed on one database: by the writer with its hook, by connections beside it, by one that has the
/// database attached to another, and by other processes, one of them while syncs run.
///
/// SQLite's own shell stands for any other process.
final class ConvergenceRun {
    let seed: UInt64
    private var work: RandomWork
    private let database: MirroredDatabase
    private let second: Connection
    private let attached: Connection
    private(set) var statementCount = 0
    private(set) var successCount = 0
    private(set) var processCount = 0
    private(set) var syncCount = 0
    private(set) var changeCount = 0
    private(set) var loadCount = 0
    private(set) var tablesWithRows: Set<String> = []
    /// What ran since the last sync.
    private var sinceSync: [String] = []

    /// When the application's triggers are made.
    enum Triggers { case never, before, after }

    init(seed: UInt64, triggers: Triggers) async throws {
        self.seed = seed
        work = RandomWork(seed: seed, changesSchema: true)
        database = try await MirroredDatabase(
            RandomWork.schema + (triggers == .before ? RandomWork.trigger + RandomWork.nestedTriggers : ""),
            foreignKeys: seed % 2 == 0, pruneThreshold: 500, logPortion: seed % 3 == 1 ? 7 : 4_000_000,
            observer: KeyCapture())
        var options = ConnectionOptions(.readWrite)
        options.foreignKeys = true
        second = try Connection(path: database.path, options: options)
        try second.execute("PRAGMA recursive_triggers=ON")
        attached = try Connection(path: database.folder.path("other.sqlite"), options: .writer)
        try attached.execute("ATTACH '\(database.path)' AS app")
        try await database.syncAndCompare(nil, "seed \(seed)")
        if triggers == .after { try second.execute(RandomWork.trigger + RandomWork.nestedTriggers) }
    }

    /// Runs at least `count` statements and compares all tables at random points and in the end.
    func run(statementCount count: Int) async throws {
        while statementCount < count {
            let script = work.statements(count: work.below(60) + 1)
            statementCount += script.count
            try await run(script)
            guard work.below(3) == 0 else { continue }
            let report = try await database.syncAndCompare(
                nil, "seed \(seed), \(statementCount) statements, the last of them \(sinceSync)")
            sinceSync = []
            syncCount += 1
            changeCount += report.changeCount
            loadCount += report.tables.count { $0.loadedRowCount != nil }
            tablesWithRows.formUnion(database.applier.view.snapshot.tables.filter { $0.rowCount > 0 }.map(\.name))
        }
        try await database.syncAndCompare(nil, "seed \(seed), end")
        await database.applier.shutdown()
        await database.writer.shutdown()
    }

    var summary: String {
        """
        \(statementCount) statements, \(successCount) known to succeed, \(processCount) times another process,
        \(syncCount) syncs, \(changeCount) changes, \(loadCount) tables loaded anew
        """
    }

    private func run(_ script: [String]) async throws {
        let way = work.below(14)
        sinceSync += ["way \(way)"] + script
        switch way {
        case 0: try runElsewhere(work.withSavepoints(script), database.path)
        case 1:
            processCount += 1
            try await runWhileSyncing(work.withSavepoints(script))
        case 2...5: run(work.withSavepoints(script), on: second)
        case 6: run(work.withSavepoints(script), on: attached)
        case 7:
            for statement in script where (try? await database.writer.execute(statement)) != nil { successCount += 1 }
        case 8, 9:
            // A statement that loses the transaction makes the whole of it fail.
            let count = try? await database.writer.transaction { connection in
                script.count { (try? connection.run($0)) != nil }
            }
            successCount += count ?? 0
        case 10:
            let installer = CaptureInstaller(writer: database.writer)
            for table in ["d0", "d1", "d2", "d3"] {
                let column = work.pickColumn()
                _ = try? await installer.alter(table, by: "ALTER TABLE \(table) DROP COLUMN \(column)")
            }
            fallthrough
        default:
            let inTransaction = work.below(2) == 0
            let script = inTransaction ? script : work.withSavepoints(script)
            successCount += try await database.writer.perform { connection in
                if inTransaction { try connection.execute("BEGIN") }
                let count = script.count { (try? connection.run($0)) != nil }
                if !connection.isAutocommit { try connection.execute("COMMIT") }
                return count
            }
        }
    }

    private func runWhileSyncing(_ script: [String]) async throws {
        let path = database.path
        async let other: Void = runElsewhere(script, path)
        // It may hold the lock that triggers are made anew under.
        for _ in 0..<3 { _ = try? await database.applier.sync() }
        try await other
    }

    private func run(_ script: [String], on connection: Connection) {
        for statement in script where (try? connection.run(statement)) != nil { successCount += 1 }
        if !connection.isAutocommit { try? connection.execute("COMMIT") }
    }
}

/// `.bail off` is the shell's default: a failing statement is passed over, as in the other forms.
private func runElsewhere(_ script: [String], _ path: String) throws {
    let input = script.map { $0 + ";\n" }.joined() + "COMMIT;\n"
    _ = try Subprocess.run("sqlite3", ["-cmd", ".timeout 5000", path], input: input)
}
