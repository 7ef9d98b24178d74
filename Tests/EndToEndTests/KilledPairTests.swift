import Foundation
import Glibc
import RheiTestSupport
import Testing

/// A process that only writes and one that writes, syncs and flushes work on one file, and either or both are killed at
/// any moment. `make crash PAIRS=500` runs the long form.
@Suite(.serialized) struct KilledPairTests {
    private static let pairCount = number("RHEI_PAIR_COUNT") ?? 6
    private static let seed = UInt64(number("RHEI_SEED") ?? 1)

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    /// `ledger` has rows that are changed and never go: one with the value n has n + 1 versions.
    private static let setup = """
        CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT UNIQUE, x);
        CREATE TABLE pair(a TEXT, b INT, c, PRIMARY KEY(a, b)) WITHOUT ROWID;
        CREATE TABLE ledger(id INTEGER PRIMARY KEY, n INT NOT NULL);
        """

    /// Transactions of either process.
    private static func work(_ random: inout SeededGenerator, count: Int) -> String {
        var script = ""
        for _ in 0..<count {
            let (first, leaving) = (random.below(3_000), random.below(3_000))
            script += """
                BEGIN IMMEDIATE;
                WITH RECURSIVE c(i) AS (SELECT \(first) UNION ALL SELECT i + 1 FROM c WHERE i < \(first + random.below(60)))
                    INSERT OR REPLACE INTO item SELECT i, 'item ' || (i + \(random.below(2))), \(first) FROM c;
                DELETE FROM item WHERE id BETWEEN \(leaving) AND \(leaving + random.below(100));
                INSERT OR REPLACE INTO pair VALUES ('k\(random.below(40))', \(random.below(9)), x'0\(random.below(9))');
                UPDATE ledger SET n = n + 1 WHERE id % 10 = \(random.below(10));
                INSERT INTO ledger SELECT coalesce(max(id), 0) + 1, 0 FROM ledger;
                COMMIT;

                """
        }
        return script
    }

    /// A database without a history, whose engine logs keys by the hook, and one with, where triggers do.
    @Test(arguments: [false, true])
    func `a writer and an engine killed at any moment leave no row missing and none doubled`(_ keepsHistory: Bool)
        throws
    {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let database = folder.path("app.db")
        try SQLiteShell.run(database, Self.setup)
        let attached = try RHCommand.run(["attach", database] + (keepsHistory ? ["--history"] : []))
        try #require(attached.status == 0, "\(attached.standardError)")
        var random = SeededGenerator(seed: Self.seed &* 2 &+ (keepsHistory ? 1 : 0))
        for pair in 0..<max(Self.pairCount / 2, 1) {
            try runPair(database, folder, &random)
            let comment: Comment = "seed \(Self.seed), pair \(pair)"
            let verified = try RHCommand.run(["verify", database])
            try #require(verified.status == 0, "\(comment): \(verified.standardOutput)\(verified.standardError)")
            #expect(try SQLiteShell.run(database, "PRAGMA quick_check") == "ok\n", comment)
            if keepsHistory { try expectVersions(database, comment) }
        }
        let rows = try SQLiteShell.run(database, "SELECT count(*) > 0, (SELECT max(n) > 0 FROM ledger) FROM item")
        #expect(rows == "1|1\n", "somebody must have written")
    }

    /// Starts both, kills one or both after a while, and ends the other.
    private func runPair(_ database: String, _ folder: TemporaryFolder, _ random: inout SeededGenerator) throws {
        let script = folder.path("script.sql")
        try Data((".timeout 20000\n" + Self.work(&random, count: 400)).utf8).write(to: URL(filePath: script))
        let (input, output) = unsafe (open(script, O_RDONLY | O_CLOEXEC), open("/dev/null", O_WRONLY | O_CLOEXEC))
        defer { for descriptor in [input, output] { close(descriptor) } }
        let engine = try RHSession(database)
        // Registered tables are there and synced.
        _ = try engine.ask(".sync")
        let writer = try ChildProcess(
            "sqlite3", ["-batch", "-init", "/dev/null", database], input: input, output: output, error: output)
        var commands = ""
        for _ in 0..<40 {
            if random.chance(percent: 50) { commands += Self.work(&random, count: random.below(3)) }
            commands += ".sync\n"
            if random.chance(percent: 60) { commands += ".flush\n" }
        }
        try engine.begin(commands)
        // Nothing waits for these pauses: they spread the moments of the kills over the work of both, and whatever
        // stands then has to be whole.
        usleep(UInt32(random.below(150_000)))
        switch random.below(3) {
        case 0:
            engine.kill()
            writer.stop()
        case 1:
            writer.stop()
            usleep(UInt32(random.below(20_000)))
            engine.kill()
        default:
            engine.kill()
            usleep(UInt32(random.below(20_000)))
            writer.stop()
        }
        _ = writer.wait()
    }

    private func expectVersions(_ database: String, _ comment: Comment) throws {
        let sql = """
            SELECT (SELECT count(*) FROM (SELECT id FROM history('ledger') GROUP BY id
                        HAVING count(*) <> max(n) + 1 OR count(DISTINCT n) <> count(*))) AS wrong,
                (SELECT count(*) FROM history('ledger') WHERE _rhei_to_position IS NULL)
                    - (SELECT count(*) FROM ledger) AS surplus,
                (SELECT sum(n) FROM history('ledger') WHERE _rhei_to_position IS NULL) IS (SELECT sum(n) FROM ledger) AS same
            """
        let result = try RHCommand.query(database, sql, "--target", "olap", "--format", "csv", "--no-headers")
        let line = result.standardOutput.split(whereSeparator: \.isNewline).first
        #expect(result.status == 0 && line == "0,0,1", "\(comment): \(result)")
    }
}
