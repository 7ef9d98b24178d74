import Rhei
import RheiTestSupport
import Testing

/// Random writes by the engine and by a second process, synced at random points: the table is equal in both engines.
@Suite struct ConvergenceTests {
    @Test(arguments: [1, 2] as [UInt64])
    func `10 000 random writes converge`(seed: UInt64) async throws {
        try await withEngine { engine in
            try await engine.run(
                """
                CREATE TABLE t(id INTEGER PRIMARY KEY, u INTEGER UNIQUE, a, b TEXT);
                CREATE TABLE k(a TEXT, b INTEGER, c, PRIMARY KEY (a, b)) WITHOUT ROWID;
                CREATE TABLE h(a, b)
                """)
            for table in ["t", "k", "h"] { try await engine.registerTable(table) }
            var random = SeededGenerator(seed: seed)
            var written = 0
            while written < 10_000 {
                let count = Int.random(in: 1...80, using: &random)
                let script = (0..<count).map { _ in RandomWrites.statement(&random) }
                try await Self.run(script, on: engine, &random)
                written += count
                if random.chance(percent: 40) { try await Self.compare(engine, "seed \(seed) after \(written) writes") }
            }
            try await Self.compare(engine, "seed \(seed) at the end")
        }
    }

    /// Runs the statements by the engine one by one or as a batch, or by another process; conflicts are no failures.
    private static func run(
        _ script: [String], on engine: HtapEngine, _ random: inout SeededGenerator
    ) async throws {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let text =
                "BEGIN;\n" + script.map { $0 + ";\n" }.joined() + (random.chance(percent: 80) ? "COMMIT;" : "ROLLBACK;")
            _ = try Subprocess.run("sqlite3", ["-cmd", ".timeout 5000", engine.config.databasePath], input: text)
        case 1:
            _ = try? await engine.executeBatch(script.map { BatchStatement($0) })
        default:
            for statement in script { _ = try? await engine.execute(statement) }
        }
    }

    private static func compare(_ engine: HtapEngine, _ place: String) async throws {
        for table in ["t", "k", "h"] {
            let columns = try await engine.comparableRows("SELECT * FROM \(table)", hint: .forceOlap)
            let rows = try await engine.comparableRows("SELECT * FROM \(table)", hint: .forceOltp)
            try #require(columns == rows, "table \(table), \(place)")
        }
    }
}

/// Statements of all write forms over the tables of the test.
private enum RandomWrites {
    static func statement(_ random: inout SeededGenerator) -> String {
        let id = Int.random(in: 1...300, using: &random)
        let other = Int.random(in: 1...300, using: &random)
        let value = value(&random)
        return switch Int.random(in: 0..<14, using: &random) {
        case 0, 1: "INSERT INTO t VALUES (\(id), \(other), \(value), 'b\(id)')"
        case 2: "INSERT INTO t(u, a) VALUES (\(other), \(value)), (\(other + 1000), \(value))"
        case 3: "INSERT OR REPLACE INTO t VALUES (\(id), \(other), \(value), NULL)"
        case 4: "UPDATE t SET a = \(value) WHERE id = \(id)"
        case 5: "UPDATE OR REPLACE t SET u = \(other) WHERE id = \(id)"
        case 6: "UPDATE OR IGNORE t SET id = \(other) WHERE id = \(id)"
        case 7: "DELETE FROM t WHERE id BETWEEN \(id) AND \(id + 3)"
        case 8: "INSERT INTO t VALUES (\(id), NULL, 1, 'x') ON CONFLICT DO UPDATE SET a = \(value), id = id + 500"
        case 9: "INSERT OR REPLACE INTO k VALUES ('k\(id % 20)', \(other % 20), \(value))"
        case 10: "UPDATE OR REPLACE k SET b = \(other % 20), c = \(value) WHERE a = 'k\(id % 20)' AND b = \(id % 20)"
        case 11: "DELETE FROM k WHERE b = \(other % 20)"
        case 12: "INSERT INTO h VALUES (\(value), \(id))"
        default: random.chance(percent: 10) ? "DELETE FROM h" : "UPDATE h SET a = \(value) WHERE b = \(id)"
        }
    }

    private static func value(_ random: inout SeededGenerator) -> String {
        random.pick([
            "NULL", "0", "1", "-9223372036854775808", "9223372036854775807", "0.1", "-0.0", "1e308", "9e999", "'text'",
            "''", "'1'", "x''", "x'00ff'", "'a' || char(0) || 'b'", "'a long text that is not inline'", "3.0",
        ])
    }
}
