import Foundation
import RheiTestSupport
import Testing

/// `rh shell` with a script on standard input, the way programs drive it.
@Suite struct ShellCommandTests {
    private let folder: TemporaryFolder
    private let database: String

    init() throws {
        folder = try TemporaryFolder()
        database = folder.path("shell.sqlite")
    }

    @Test func `tables made in a session are answered from columns after every kind of write`() throws {
        let session = try RHCommand.shell(
            database, "--target", "olap",
            script: """
                .mode list
                .headers off
                CREATE TABLE t (k INTEGER PRIMARY KEY, g TEXT, v REAL);
                INSERT INTO t VALUES (1, 'a', 1.5), (2, 'b', 2.5), (3, 'a', NULL);
                SELECT g, count(*), count(v), total(v) FROM t GROUP BY g ORDER BY g;
                UPDATE t SET g = 'b', k = 10 WHERE k = 1;
                SELECT k, g, v FROM t ORDER BY k;
                DELETE FROM t WHERE v IS NULL;
                REPLACE INTO t VALUES (2, 'c', 7);
                SELECT k, g, v
                FROM t
                ORDER BY k;
                .target auto
                BEGIN;
                DELETE FROM t;
                SELECT count(*) FROM t;
                ROLLBACK;
                .target olap
                SELECT count(*) FROM t;
                """)
        #expect(session.status == 0)
        #expect(session.standardError == "")
        #expect(
            session.standardOutput == """
                a|2|1|1.5
                b|1|1|2.5
                2|b|2.5
                3|a|
                10|b|1.5
                2|c|7.0
                10|b|1.5
                0
                2

                """)
    }

    @Test(arguments: ["quote", "list", "csv", "json"])
    func `a mode prints the bytes of sqlite3's mode of that name`(mode: String) throws {
        let script = """
            CREATE TABLE t (k INTEGER PRIMARY KEY, word TEXT, amount REAL);
            INSERT INTO t VALUES (1, 'plain', 0.1), (2, 'it''s, "quoted"', -1e100), (3, NULL, NULL), (4, '', 3);
            .headers on
            .mode \(mode)
            SELECT k, word, amount FROM t ORDER BY k;
            .headers off
            SELECT word FROM t WHERE k <= 2 ORDER BY k;
            """
        let session = try RHCommand.shell(database, "--target", "olap", script: script)
        #expect(session.status == 0)
        #expect(session.standardError == "")
        #expect(session.standardOutput == (try SQLiteShell.run(folder.path("oracle.sqlite"), script)))
    }

    @Test func `nullvalue, print, tables, schema and read do what sqlite3's do`() throws {
        let other = folder.path("more.sql")
        try "SELECT 'from a file';\nSELECT x FROM beta;\n".write(toFile: other, atomically: true, encoding: .utf8)
        let script = """
            .mode list
            .nullvalue nothing
            CREATE TABLE beta (x INT);
            CREATE TABLE alpha (y TEXT);
            INSERT INTO beta VALUES (NULL);
            .print one two
            .read \(other)
            .schema alpha
            """
        let session = try RHCommand.shell(database, script: script)
        #expect(session.status == 0)
        #expect(session.standardOutput == (try SQLiteShell.run(folder.path("oracle.sqlite"), script)))
        let tables = try RHCommand.shell(database, script: ".tables\n")
        #expect(tables.standardOutput.split(whereSeparator: \.isWhitespace) == ["alpha", "beta"])
    }

    @Test func `with bail off an error is one line and the next statement runs`() throws {
        let session = try RHCommand.shell(
            database,
            script: """
                .bail off
                .mode list
                SELECT 1;
                SELECT nothing FROM nowhere;
                SELECT ;
                SELECT 2;
                """)
        #expect(session.standardOutput.split(separator: "\n").filter { !$0.hasPrefix("Error:") } == ["1", "2"])
        let errors = (session.standardOutput + session.standardError).split(separator: "\n")
            .filter { $0.hasPrefix("Error:") }
        #expect(errors.count == 2)
    }

    @Test func `with bail on an error ends the session with a status`() throws {
        let session = try RHCommand.shell(
            database,
            script: """
                .bail on
                .mode list
                SELECT 1;
                SELECT nothing FROM nowhere;
                SELECT 2;
                """)
        #expect(session.status != 0)
        #expect(session.standardOutput.split(separator: "\n").filter { !$0.hasPrefix("Error:") } == ["1"])
    }

    @Test func `quit ends the session at once`() throws {
        let session = try RHCommand.shell(database, script: ".mode list\nSELECT 1;\n.quit\nSELECT 2;\n")
        #expect(session.status == 0)
        #expect(session.standardOutput == "1\n")
    }

    @Test func `semicolons in strings, names and comments do not end a statement`() throws {
        let script = """
            .mode list
            SELECT 'a;b' -- not; here
            , /* nor; here */ "x;y"
            FROM (SELECT 1 AS "x;y"); SELECT 2; SELECT
            3;
            """
        let session = try RHCommand.shell(database, script: script)
        #expect(session.standardError == "")
        #expect(session.standardOutput == "a;b|1\n2\n3\n")
    }

    @Test func `a commit of another process is seen by the next question`() throws {
        try SQLiteShell.run(database, "CREATE TABLE t (k INTEGER PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 10);")
        #expect(try RHCommand.run(["attach", database]).status == 0)
        func total() throws -> String {
            let answer = try RHCommand.query(
                database, "SELECT count(*), sum(v) FROM t", "--target", "olap", "--format", "csv")
            #expect(answer.status == 0, "\(answer.standardError)")
            return answer.standardOutput.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
        }
        #expect(try total() == "1,10")
        try SQLiteShell.run(database, "INSERT INTO t VALUES (2, 20), (3, 30); UPDATE t SET v = 11 WHERE k = 1;")
        #expect(try total() == "3,61")
        try SQLiteShell.run(database, "REPLACE INTO t VALUES (3, 5); DELETE FROM t WHERE k = 1;")
        #expect(try total() == "2,25")
        #expect(try SQLiteShell.run(database, "PRAGMA integrity_check;") == "ok\n")
    }
}
