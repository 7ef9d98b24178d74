import RheiCDC
import RheiCore
import RheiSQLite
import RheiStore
import RheiTestSupport
import Testing

/// Random work on several tables by two connections and a second process, compared after each sync at a random point.
@Suite struct ConvergenceTests {
    @Test(arguments: [UInt64(1), 2, UInt64.random(in: 0...(.max))], [true, false])
    func `random changes converge after every sync`(_ seed: UInt64, hasTrigger: Bool) async throws {
        print("convergence seed \(seed)")
        var work = RandomWork(seed: seed)
        let database = try await MirroredDatabase(
            RandomWork.schema + (hasTrigger ? RandomWork.trigger : ""), foreignKeys: seed % 2 == 0, pruneThreshold: 500,
            logPortion: seed % 3 == 1 ? 7 : 4_000_000, observer: KeyCapture())
        var options = ConnectionOptions(.readWrite)
        options.foreignKeys = true
        let second = try Connection(path: database.path, options: options)
        try second.execute("PRAGMA recursive_triggers=ON")
        try await database.syncAndCompare(nil, "seed \(seed)")
        var statementCount = 0
        var successCount = 0
        var processCount = 0
        var syncCount = 0
        var changeCount = 0
        var loadCount = 0
        var tablesWithRows: Set<String> = []
        while statementCount < 10_000 {
            let script = work.statements(count: work.below(60) + 1)
            statementCount += script.count
            switch work.below(12) {
            case 0:
                // `.bail off` is the shell's default: a failing statement is passed over, as below.
                let input = script.map { $0 + ";\n" }.joined()
                _ = try Subprocess.run("sqlite3", ["-cmd", ".timeout 5000", database.path], input: input)
                processCount += 1
            case 1...5:
                for statement in script where (try? second.run(statement)) != nil { successCount += 1 }
            case 6:
                for statement in script where (try? await database.writer.execute(statement)) != nil {
                    successCount += 1
                }
            case 7, 8:
                // A statement that loses the transaction makes the whole of it fail.
                let count = try? await database.writer.transaction { connection in
                    script.count { (try? connection.run($0)) != nil }
                }
                successCount += count ?? 0
            default:
                let inTransaction = work.below(2) == 0
                successCount += try await database.writer.perform { connection in
                    if inTransaction { try connection.execute("BEGIN") }
                    let count = script.count { (try? connection.run($0)) != nil }
                    if !connection.isAutocommit { try connection.execute("COMMIT") }
                    return count
                }
            }
            guard work.below(3) == 0 else { continue }
            let report = try await database.syncAndCompare(nil, "seed \(seed), \(statementCount) statements")
            syncCount += 1
            changeCount += report.changeCount
            loadCount += report.tables.count { $0.loadedRowCount != nil }
            tablesWithRows.formUnion(database.applier.view.snapshot.tables.filter { $0.rowCount > 0 }.map(\.name))
        }
        try await database.syncAndCompare(nil, "seed \(seed), end")
        print("\(statementCount) statements, \(successCount) known to succeed, \(processCount) times another process,")
        print("\(syncCount) syncs, \(changeCount) changes, \(loadCount) tables loaded anew")
        #expect(processCount > 0)
        #expect(successCount > statementCount / 3)
        #expect(changeCount > statementCount)
        #expect(tablesWithRows.count == 7, "a table that stays empty tests nothing: \(tablesWithRows)")
        await database.applier.shutdown()
        await database.writer.shutdown()
    }
}
