import RheiArrow
import RheiCore
import RheiSQLite
import Testing

@Suite struct StatementTests {
    private func memory() throws -> Connection {
        try Connection(path: ":memory:", options: ConnectionOptions(.readWriteCreate))
    }

    @Test(arguments: [
        SQLValue.null, .integer(0), .integer(.max), .integer(.min), .real(1.5), .real(.infinity), .real(-.infinity),
        .real(-0.0), .real(.leastNonzeroMagnitude), .text(""), .text("a\u{0}b"), .text("größer 🐟"), .blob([]),
        .blob([0, 255, 0]),
    ])
    func `every storage class comes back as it was bound`(_ value: SQLValue) throws {
        let connection = try memory()
        let result = try connection.run("SELECT ?, typeof(?1)", [value])
        #expect(result.rows[0][0] == value)
        let names: [String] = ["null", "integer", "real", "text", "blob"]
        #expect(names.contains { result.rows[0][1] == .text($0) })
        if case .real(let wanted) = value, case .real(let got) = result.rows[0][0] {
            #expect(wanted.bitPattern == got.bitPattern)
        }
    }

    @Test func `not-a-number is stored as null`() throws {
        #expect(try memory().run("SELECT ?", [.real(.nan)]).rows == [[.null]])
    }

    @Test func `text with invalid UTF-8 keeps its bytes`() throws {
        let connection = try memory()
        let bytes: [UInt8] = [0x61, 0xff, 0x00, 0xc3]
        let statement = try connection.prepare("SELECT ?, typeof(?1), length(CAST(?1 AS BLOB))")
        try unsafe bytes.withUnsafeBytes { try unsafe statement.bindText(copying: $0, at: 1) }
        #expect(try statement.step())
        #expect(statement.columnType(0) == .text)
        #expect(unsafe statement.withText(0) { unsafe Array($0) } == bytes)
        #expect(statement.value(0) == .blob(bytes))
        #expect(statement.row()[1...] == [.text("text"), .integer(4)])
    }

    @Test func `borrowed bytes are read when the statement runs`() throws {
        let connection = try memory()
        let statement = try connection.prepare("SELECT hex(?), hex(?)")
        let text: [UInt8] = Array("text".utf8)
        let blob: [UInt8] = [1, 2, 3]
        try unsafe text.withUnsafeBytes { text in
            try unsafe blob.withUnsafeBytes { blob in
                try unsafe statement.bindText(borrowing: text, at: 1)
                try unsafe statement.bindBlob(borrowing: blob, at: 2)
                #expect(try statement.step())
                #expect(statement.row() == [.text("74657874"), .text("010203")])
                statement.reset()
                statement.clearBindings()
            }
        }
    }

    @Test func `parameters bind by position and by name`() throws {
        let connection = try memory()
        let statement = try connection.prepare("SELECT :a, @b, $c, ?9, :a")
        #expect(statement.parameterCount == 9)
        #expect(statement.parameterName(1) == ":a")
        #expect(statement.parameterName(9) == "?9")
        try statement.bind(1, named: "a")
        try statement.bind("two", named: "@b")
        try statement.bind(3.5, named: "c")
        #expect(throws: EngineError.self) { try statement.bind(1, named: "d") }
        #expect(throws: EngineError.self) { try statement.bind(.null, at: 10) }
        #expect(try statement.step())
        #expect(statement.row() == [1, "two", 3.5, nil, 1])
    }

    @Test func `too many and too few parameters are refused`() throws {
        let connection = try memory()
        for parameters: [SQLValue] in [[], [1, 2]] {
            let error = #expect(throws: EngineError.self) { try connection.run("SELECT ?", parameters) }
            #expect(error?.code == .invalidArgument)
        }
    }

    @Test func `a second statement, no statement and a NUL byte are refused`() throws {
        let connection = try memory()
        #expect(throws: EngineError.self) { try connection.prepare("SELECT 1; SELECT 2") }
        #expect(throws: EngineError.self) { try connection.prepare(" -- nothing\n") }
        #expect(throws: EngineError.self) { try connection.prepare("") }
        #expect(throws: EngineError.self) { try connection.prepare("SELECT 1 \u{0} garbage") }
        #expect(try connection.run("SELECT 1; -- done\n ; ").rows == [[1]])
    }

    @Test func `a script runs every statement and stops at the first failure`() throws {
        let connection = try memory()
        try connection.execute("CREATE TABLE t(a); ; -- c\n INSERT INTO t VALUES (1), (2); SELECT * FROM t")
        let error = #expect(throws: EngineError.self) {
            try connection.execute("INSERT INTO t VALUES (3); SELECT nowhere; INSERT INTO t VALUES (4)")
        }
        #expect(error?.code == .unknownName)
        #expect(error?.range == SourceRange(33, 40))
        #expect(try connection.firstInteger("SELECT count(*) FROM t") == 3)
    }

    @Test(
        arguments: [
            ("SELEC 1", .syntax, SourceRange(0, 5)),
            ("SELECT  FROM t", .syntax, SourceRange(8, 12)),
            ("SELECT a FROM missing", .unknownName, nil),
            ("SELECT größe FROM t", .unknownName, SourceRange(7, 14)),
            ("SELECT 1 +", .syntax, nil),
            ("SELECT abs(-9223372036854775808)", .overflow, nil),
        ] as [(String, EngineError.Code, SourceRange?)])
    func `an error carries its code and its place`(_ sql: String, _ code: EngineError.Code, _ range: SourceRange?)
        throws
    {
        let connection = try memory()
        try connection.execute("CREATE TABLE t(a)")
        let error = #expect(throws: EngineError.self) { try connection.run(sql) }
        #expect(error?.code == code)
        if let range { #expect(error?.range == range) }
    }

    @Test func `a broken constraint names itself and carries SQLite's extended code`() throws {
        let connection = try memory()
        try connection.execute("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (1)")
        let error = #expect(throws: EngineError.self) { try connection.run("INSERT INTO t VALUES (1)") }
        #expect(error?.code == .constraint)
        #expect(error?.message == "UNIQUE constraint failed: t.a")
        #expect((error?.cause as? ResultCode)?.rawValue == 2067)
    }

    @Test func `columns tell their name, declared type and origin`() throws {
        let connection = try memory()
        try connection.execute("CREATE TABLE t(a VARCHAR(9), b)")
        let statement = try connection.prepare("SELECT a AS x, b, a || b FROM t")
        #expect(statement.columnNames == ["x", "b", "a || b"])
        #expect((0..<3).map { statement.declaredType($0) } == ["VARCHAR(9)", nil, nil])
        #expect(statement.origin(0).map { [$0.table, $0.column] } == ["t", "a"])
        #expect(statement.origin(2) == nil)
        #expect(statement.isReadOnly)
        #expect(try !connection.prepare("DELETE FROM t").isReadOnly)
        #expect(try connection.prepare("EXPLAIN DELETE FROM t").isExplain)
    }

    @Test func `RETURNING gives rows and changes`() throws {
        let connection = try memory()
        try connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a)")
        let inserted = try connection.run("INSERT INTO t(a) VALUES (?), (?) RETURNING id, a", ["x", nil])
        #expect(
            inserted
                == WriteResult(changes: 2, lastInsertRowID: 2, columnNames: ["id", "a"], rows: [[1, "x"], [2, nil]]))
        let queried = try connection.run("SELECT count(*) FROM t")
        #expect(queried.changes == 0)
        #expect(try connection.run("WITH x AS (SELECT 1) UPDATE t SET a = 0").changes == 2)
        #expect(try connection.run("CREATE TABLE u(a)").changes == 0)
    }

    @Test func `one text prepared twice at a time gives two statements`() throws {
        let connection = try memory()
        let sql = "VALUES (1), (2)"
        let values = try connection.withStatement(sql) { outer -> [Int64] in
            #expect(try outer.step())
            let inner = try connection.firstInteger(sql)
            #expect(try outer.step())
            return [inner ?? 0, outer.integer(0)]
        }
        #expect(values == [1, 2])
    }

    @Test func `cached statements are told apart by every byte`() throws {
        let connection = try memory()
        for _ in 0..<3 {
            #expect(try connection.firstInteger("SELECT length('\u{e9}')") == 1)
            #expect(try connection.firstInteger("SELECT length('e\u{301}')") == 2)
            #expect(try connection.firstInteger("SELECT 1") == 1)
            #expect(try connection.firstInteger("SELECT 2") == 2)
        }
    }

    @Test func `a cached statement comes back without bindings and survives a schema change`() throws {
        let connection = try memory()
        try connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
        #expect(try connection.run("SELECT *, ? FROM t", [7]).rows == [[1, 7]])
        try connection.execute("ALTER TABLE t ADD COLUMN b DEFAULT 'new'")
        #expect(try connection.run("SELECT *, ? FROM t", [8]).rows == [[1, "new", 8]])
        try connection.withStatement("SELECT *, ? FROM t") { statement in
            let hasRow = try statement.step()
            #expect(hasRow)
            #expect(statement.value(2) == .null)
        }
    }
}
