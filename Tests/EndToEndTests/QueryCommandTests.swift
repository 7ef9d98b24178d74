import Foundation
import RheiTestSupport
import Testing

/// `rh query` as a user meets it: exit status, standard output apart from standard error, formats, sources of the SQL.
@Suite struct QueryCommandTests {
    private let folder: TemporaryFolder
    private let database: String

    init() throws {
        folder = try TemporaryFolder()
        database = folder.path("tiny.sqlite")
        try SQLiteShell.run(
            database,
            """
            CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price NUMERIC, photo BLOB);
            INSERT INTO items VALUES (1, 'lamp', 19.5, x'c0ffee'), (2, 'O''Hara, "desk"', 3, NULL), (3, NULL, NULL, x'');
            INSERT INTO items VALUES (4, 'Löwe | two' || char(10) || 'lines', -0.25, NULL);
            """)
    }

    @Test(arguments: ["csv", "json", "quote", "list"])
    func `a format prints the bytes of sqlite3's mode of that name`(format: String) throws {
        let sql = "SELECT id, name, price, price * 2 AS \"twice the price\" FROM items WHERE id < 4 ORDER BY id"
        let answer = try RHCommand.query(database, sql, "--target", "olap", "--format", format)
        #expect(answer.status == 0)
        #expect(answer.standardError == "")
        #expect(answer.standardOutput == (try SQLiteShell.run(database, ".headers on\n.mode \(format)\n\(sql);")))
    }

    @Test func `json lines hold one object per row`() throws {
        let answer = try RHCommand.query(
            database, "SELECT id, name, price FROM items ORDER BY id", "--target", "olap", "--format", "jsonl")
        #expect(answer.status == 0)
        let lines = answer.standardOutput.split(separator: "\n")
        #expect(lines.count == 4)
        let rows = try lines.map { try JSONDecoder().decode(Item.self, from: Data($0.utf8)) }
        #expect(rows.map(\.id) == [1, 2, 3, 4])
        #expect(rows.map(\.name) == ["lamp", "O'Hara, \"desk\"", nil, "Löwe | two\nlines"])
        #expect(rows.map(\.price) == [19.5, 3, nil, -0.25])
    }

    @Test func `blobs print as literals in quote format`() throws {
        let answer = try RHCommand.query(
            database, "SELECT photo FROM items WHERE id IN (1, 3) ORDER BY id", "--target", "olap", "--format", "quote")
        #expect(answer.status == 0)
        #expect(answer.standardOutput == "'photo'\nX'c0ffee'\nX''\n")
    }

    @Test func `the SQL comes from an argument, a file or standard input alike`() throws {
        let sql = "SELECT count(*), max(id) FROM items;\n"
        let file = folder.path("question.sql")
        try sql.write(toFile: file, atomically: true, encoding: .utf8)
        let fromArgument = try RHCommand.run(["query", database, sql, "--format", "csv"])
        let fromFile = try RHCommand.run(["query", database, "-f", file, "--format", "csv"])
        let fromInput = try RHCommand.run(["query", database, "--format", "csv"], input: sql)
        for answer in [fromArgument, fromFile, fromInput] {
            #expect(answer.status == 0)
            #expect(answer.standardError == "")
            #expect(answer.standardOutput.split(whereSeparator: \.isNewline) == ["count(*),max(id)", "4,4"])
        }
    }

    @Test func `timing and plans go to standard error`() throws {
        let sql = "SELECT count(*) AS n FROM items"
        let plain = try RHCommand.query(database, sql, "--target", "olap", "--format", "list")
        let timed = try RHCommand.query(database, sql, "--target", "olap", "--format", "list", "--timing")
        #expect(plain.standardError == "")
        #expect(timed.status == 0)
        #expect(timed.standardOutput == plain.standardOutput)
        #expect(timed.standardError != "")
    }

    @Test func `an explained query shows its plan in place of rows`() throws {
        let answer = try RHCommand.query(
            database, "SELECT name, count(*) FROM items WHERE price > 1 GROUP BY name", "--target", "olap", "--explain")
        #expect(answer.status == 0)
        #expect((answer.standardOutput + answer.standardError).lowercased().contains("scan"))
        #expect(!answer.standardOutput.contains("lamp"))
    }

    @Test(arguments: [
        ("SELECT id FRM items", 14), ("SELECT nam FROM items", 7), ("SELECT id FROM itms", 15),
    ])
    func `an error shows the line with a caret under the place`(sql: String, column: Int) throws {
        let answer = try RHCommand.query(database, sql, "--target", "olap")
        #expect(answer.status != 0)
        #expect(answer.standardOutput == "")
        let lines = answer.standardError.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = try #require(lines.firstIndex { $0.contains(sql) }, "\(answer.standardError)")
        let start = try #require(lines[shown].range(of: sql)).lowerBound
        let caret = try #require(lines[shown + 1].firstIndex(of: "^"), "\(answer.standardError)")
        let indent = lines[shown].distance(from: lines[shown].startIndex, to: start)
        #expect(lines[shown + 1].distance(from: lines[shown + 1].startIndex, to: caret) - indent == column)
    }

    @Test func `an error names what comes nearest to an unknown name`() throws {
        let column = try RHCommand.query(database, "SELECT nmae FROM items", "--target", "olap")
        #expect(column.standardError.contains("name"))
        let table = try RHCommand.query(database, "SELECT 1 FROM item", "--target", "olap")
        #expect(table.standardError.contains("items"))
    }

    @Test func `what the columns refuse is an error there and an answer with automatic routing`() throws {
        let sql = "SELECT printf('%05d', id) || (changes() + 7) AS text FROM items WHERE id = 1"
        let olap = try RHCommand.query(database, sql, "--target", "olap", "--format", "list")
        #expect(olap.status != 0)
        #expect(olap.standardOutput == "")
        #expect(olap.standardError.contains("unsupported: "))
        for target in ["auto", "oltp"] {
            let answer = try RHCommand.query(database, sql, "--target", target, "--format", "list")
            #expect(answer.status == 0)
            #expect(answer.standardOutput == "text\n000017\n")
        }
    }

    @Test func `a file that is not there is an error and is not made`() throws {
        let absent = folder.path("absent.sqlite")
        let answer = try RHCommand.query(absent, "SELECT 1")
        #expect(answer.status != 0)
        #expect(answer.standardOutput == "")
        #expect(answer.standardError.contains("absent.sqlite"))
        #expect(!FileManager.default.fileExists(atPath: absent))
    }

    @Test func `a file that is no database is an error`() throws {
        let text = folder.path("letter.txt")
        try "Dear reader, this is no database at all. ".write(toFile: text, atomically: true, encoding: .utf8)
        let answer = try RHCommand.query(text, "SELECT * FROM items")
        #expect(answer.status != 0)
        #expect(answer.standardOutput == "")
        #expect(answer.standardError != "")
    }

    @Test func `wrong usage has a status of its own and explains itself`() throws {
        let answer = try RHCommand.run(["query", database, "SELECT 1", "--format", "sideways"])
        #expect(answer.status == 64)
        #expect(answer.standardOutput == "")
        #expect(answer.standardError.contains("sideways"))
    }

    @Test func `a query changes neither the file nor its folder, wherever it is answered`() throws {
        let before = try Data(contentsOf: URL(filePath: database))
        let listed = try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted()
        for target in ["olap", "oltp", "auto"] {
            let answer = try RHCommand.query(database, "SELECT sum(price) FROM items", "--target", target)
            #expect(answer.status == 0)
        }
        #expect(try Data(contentsOf: URL(filePath: database)) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted() == listed)
    }

    private struct Item: Decodable {
        var id: Int
        var name: String?
        var price: Double?
    }
}
