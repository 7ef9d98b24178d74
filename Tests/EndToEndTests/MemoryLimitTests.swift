import Foundation
import RheiTestSupport
import Testing

/// `rh` within a memory limit, looked at from outside.
@Suite struct MemoryLimitTests {
    private let folder: TemporaryFolder
    private let database: String

    init() throws {
        folder = try TemporaryFolder()
        database = folder.path("limit.sqlite")
    }

    /// 600 000 rows; the answers are small, so that they take no memory worth counting.
    private static let setUp = """
        CREATE TABLE t USING columnar AS
            SELECT value AS n, value * 7919 % 600011 AS k, 'text of some length, number ' || (value * 31 % 599999) AS s
            FROM generate_series(1, 600000);
        """
    private static let queries = """
        SELECT count(*), sum(c), max(s) FROM (SELECT s, count(*) AS c FROM t GROUP BY s);
        SELECT count(DISTINCT s), sum(k) FROM t;
        SELECT n % 3, count(DISTINCT s) FROM t GROUP BY 1 ORDER BY 1;
        SELECT s, n FROM (SELECT s, n FROM t ORDER BY s DESC, n LIMIT 100000) ORDER BY n LIMIT 3;
        SELECT count(*), sum(r) FROM (SELECT row_number() OVER (PARTITION BY k % 1000 ORDER BY s) AS r FROM t);
        SELECT count(*), sum(a.n), min(b.s) FROM t a JOIN t b ON a.s = b.s;
        WITH c AS MATERIALIZED (SELECT s, k FROM t WHERE n % 3 > 0) SELECT count(*), min(x.s), max(y.k) FROM c x, c y
            WHERE x.k = y.k;
        """

    private static func status(_ process: Int32, _ field: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(field + ":") })
        return try #require(Int(line.filter(\.isNumber)))
    }

    @Test func `answers are the same, and the process grows by no more than 1.25 of the limit`() throws {
        let expected = try RHCommand.shell(database, "--target", "olap", script: Self.setUp + Self.queries)
        #expect(expected.status == 0, "\(expected.standardError)")
        let limit = 32
        var growths: [Int] = []
        // What the allocator keeps and when workers let go of an ended query's memory is a matter of scheduling. Memory
        // that nobody counts shows in each of three processes.
        while growths.count < 3, growths.last.map({ $0 >= limit * 1024 * 5 / 4 }) ?? true {
            growths.append(try growth(limit: limit, answering: expected.standardOutput))
        }
        #expect(growths.contains { $0 < limit * 1024 * 5 / 4 }, "grown by \(growths) KB")
    }

    /// How far a process grows over the queries, in KB.
    private func growth(limit: Int, answering expected: String) throws -> Int {
        let session = try RHSession(
            folder.path("\(UUID()).sqlite"), "--target", "olap", "--memory-limit", "\(limit)MB")
        _ = try session.ask(Self.setUp + "SELECT count(*) FROM t;")
        // What the table's making had at most is forgotten.
        try "5".write(toFile: "/proc/\(session.processID)/clear_refs", atomically: false, encoding: .utf8)
        let before = try Self.status(session.processID, "VmRSS")
        #expect(try session.ask(Self.queries) == expected)
        let growth = try Self.status(session.processID, "VmHWM") - before
        let explained = try session.ask("EXPLAIN ANALYZE SELECT s, count(*) FROM t GROUP BY s;")
        #expect(explained.contains(" KB spilled"))
        #expect(session.close() == 0)
        return growth
    }

    @Test func `a result larger than the limit is printed whole, and not held in memory`() throws {
        let limit = 32
        // One thread keeps the rows in the order of the table without a sort.
        let session = try RHSession(
            database, "--target", "olap", "--threads", "1", "--memory-limit", "\(limit)MB")
        _ = try session.ask(Self.setUp + "SELECT count(*) FROM t;")
        try "5".write(toFile: "/proc/\(session.processID)/clear_refs", atomically: false, encoding: .utf8)
        let before = try Self.status(session.processID, "VmRSS")
        let answer = try session.ask(
            "SELECT n, s || s || s || s || s || s || s || s FROM t WHERE n <= 200000;")
        let growth = try Self.status(session.processID, "VmHWM") - before
        #expect(answer.utf8.count > limit << 20)
        let lines = answer.split(separator: "\n")
        #expect(lines.count == 200_000)
        #expect(zip(1..., lines).allSatisfy { $1.hasPrefix("\($0)|text of some length") })
        #expect(growth < limit * 1024 * 5 / 4, "grown by \(growth) KB")
        #expect(session.close() == 0)
    }

    @Test func `a limit that is too small for a query says which operator wanted how much`() throws {
        let answer = try RHCommand.shell(
            database, "--target", "olap", "--memory-limit", "1MB",
            script: Self.setUp + "SELECT median(n) FROM t;\nSELECT count(*) FROM t;\n")
        #expect(answer.status == 1)
        #expect(answer.standardError.contains("aggregate needs "))
        #expect(answer.standardError.contains("--memory-limit"))
        #expect(answer.standardOutput == "600000\n")
    }

    @Test(arguments: ["0", "12XB", "MB", "-1GB"])
    func `sizes that are none are refused`(_ size: String) throws {
        let answer = try RHCommand.query(database, "SELECT 1", "--memory-limit=" + size)
        #expect(answer.status == 64)
    }

    @Test func `a query out of time ends and the shell goes on`() throws {
        let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c;\n"
        let session = try RHSession(database, "--target", "olap", "--timeout", "0.2")
        #expect(try session.ask(endless).contains("deadline"))
        #expect(try session.ask("SELECT 1 + 1;\n") == "2\n")
        #expect(session.close() == 1)
    }
}
