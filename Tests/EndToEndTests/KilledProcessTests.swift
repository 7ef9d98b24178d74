import Foundation
import Glibc
import RheiTestSupport
import Testing

/// Processes that write, sync and flush are killed, or watched by others. `make crash` runs long forms.
@Suite(.serialized) struct KilledProcessTests {
    /// How often the shell is killed.
    private static let killCount = number("RHEI_KILL_COUNT") ?? 6
    /// How many rounds the writing process makes while another reads.
    private static let roundCount = number("RHEI_ROUND_COUNT") ?? 40

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    private static let setup = """
        CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL, x);
        CREATE TABLE pair(a TEXT, b INT, c, PRIMARY KEY(a, b)) WITHOUT ROWID;
        CREATE TABLE total(n INT, sum REAL, round INT);
        INSERT INTO total VALUES (0, 0, 0);
        """

    private func attached() throws -> (folder: TemporaryFolder, database: String) {
        let folder = try TemporaryFolder()
        let database = folder.path("app.db")
        try SQLiteShell.run(database, Self.setup)
        let result = try RHCommand.run(["attach", database])
        try #require(result.status == 0, "\(result.standardError)")
        return (folder, database)
    }

    /// One transaction whose last statement notes what the tables hold, then perhaps a sync and a flush.
    private func round(_ number: Int, _ random: inout SeededGenerator) -> String {
        let first = random.below(60_000)
        let count = random.pick([1, 20, 3_000, 20_000])
        var script = """
            BEGIN;
            WITH RECURSIVE c(i) AS (SELECT \(first) UNION ALL SELECT i + 1 FROM c WHERE i < \(first + count))
                INSERT OR REPLACE INTO item SELECT i, 'item ' || (i % 9), i / 8.0, iif(i % 5, i, 'odd') FROM c;
            DELETE FROM item WHERE id % 97 = \(random.below(97));
            UPDATE item SET price = \(number) WHERE id BETWEEN \(first) AND \(first + 50);
            INSERT OR REPLACE INTO pair VALUES ('k\(random.below(300))', \(random.below(9)), \(number));
            UPDATE total SET n = (SELECT count(*) FROM item), sum = (SELECT total(price) FROM item), round = \(number);
            COMMIT;

            """
        if random.chance(percent: 70) { script += ".sync\n" }
        if random.chance(percent: 60) { script += ".flush\n" }
        if random.chance(percent: 10) {
            script += "CREATE OR REPLACE TABLE kept USING columnar AS SELECT * FROM item;\n"
        }
        return script
    }

    @Test func `a process killed at any moment leaves columns that equal the rows`() throws {
        let (folder, database) = try attached()
        defer { withExtendedLifetime(folder) {} }
        var random = SeededGenerator(seed: 71)
        for kill in 0..<Self.killCount {
            let session = try RHSession(database)
            let rounds = random.below(4)
            for number in 0..<rounds { _ = try session.ask(round(kill * 100 + number, &random)) }
            try session.begin((0..<3).map { round(kill * 100 + 50 + $0, &random) }.joined())
            // Where the shell is by then is what chance decides.
            usleep(UInt32(random.below(120_000)))
            session.kill()
            let verified = try RHCommand.run(["verify", database])
            try #require(verified.status == 0, "kill \(kill): \(verified.standardOutput)\(verified.standardError)")
            #expect(try SQLiteShell.run(database, "PRAGMA integrity_check") == "ok\n")
            let kept = try RHCommand.query(database, "SELECT count(*) >= 0 FROM kept", "--target", "olap")
            let isAbsent = kept.standardError.contains("no such table: kept")
            #expect(kept.status == 0 || isAbsent, "kill \(kill): \(kept.standardError)")
        }
    }

    @Test func `while one process writes and flushes, another answers as of some commit, never an older one`() throws {
        let (folder, database) = try attached()
        defer { withExtendedLifetime(folder) {} }
        let session = try RHSession(database)
        var random = SeededGenerator(seed: 72)
        let question = """
            SELECT (SELECT count(*) FROM item) = n, abs((SELECT total(price) FROM item) - sum) < 0.001, round FROM total
            """
        for number in 1...Self.roundCount {
            try session.begin(round(number, &random))
            let before = try SQLiteShell.run(database, ".timeout 10000\nSELECT round FROM total")
            let result = try RHCommand.query(database, question, "--target", "olap", "--format", "csv", "--no-headers")
            let values = result.standardOutput.split(whereSeparator: { $0 == "," || $0.isNewline }).compactMap {
                Int($0)
            }
            try #require(result.status == 0 && values.count == 3, "round \(number): \(result.standardError)")
            #expect(values[0] == 1 && values[1] == 1, "round \(number): \(values)")
            let committed = before.split(whereSeparator: \.isNewline).compactMap { Int($0) }.first ?? .max
            #expect(values[2] >= committed, "round \(number): \(values) after \(committed)")
        }
        let said = try session.ask("")
        #expect(session.close() == 0, "\(said)")
        let verified = try RHCommand.run(["verify", database])
        #expect(verified.status == 0, "\(verified.standardOutput)")
        #expect(try SQLiteShell.run(database, "SELECT n > 1000, round FROM total") == "1|\(Self.roundCount)\n")
    }
}
