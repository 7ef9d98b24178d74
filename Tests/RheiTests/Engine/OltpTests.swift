import Rhei
import Testing

@Suite struct OltpTests {
    private struct Book: Decodable, Equatable {
        var id: Int
        var title: String
        var price: Double?
        var cover: [UInt8]?
        var inPrint: Bool

        enum CodingKeys: String, CodingKey {
            case id, title, price, cover
            case inPrint = "in_print"
        }
    }

    private let schema = "CREATE TABLE book(id INTEGER PRIMARY KEY, title TEXT, price REAL, cover BLOB, in_print INT)"

    @Test func `values of all five classes are bound and come back`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(a, b, c, d, e)")
            let values: [SQLValue] = [.null, .integer(.min), .real(-0.0), .text("a\u{0}ü"), .blob([0, 255])]
            let changed = try await engine.execute("INSERT INTO t VALUES (?, ?, ?, ?, ?)", values)
            #expect(changed == 1)
            let rows = try await engine.query("SELECT * FROM t", hint: .forceOltp).rows()
            #expect(rows.map { $0.map(comparableText) } == [values.map(comparableText)])
        }
    }

    @Test func `rows decode into Codable types by column name`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            try await engine.execute("INSERT INTO book VALUES (1, 'Emma', 9.5, x'0102', 1), (2, 'Dune', NULL, NULL, 0)")
            let books = try await engine.query("SELECT * FROM book ORDER BY id", hint: .forceOltp).decode(Book.self)
            #expect(
                books == [
                    Book(id: 1, title: "Emma", price: 9.5, cover: [1, 2], inPrint: true),
                    Book(id: 2, title: "Dune", price: nil, cover: nil, inPrint: false),
                ])
        }
    }

    @Test func `a value that does not fit its property is named with row and column`() async throws {
        struct Small: Decodable { var n: Int8 }
        try await withEngine { engine in
            let result = try await engine.query("SELECT 1 AS n UNION ALL SELECT 300", hint: .forceOltp)
            let error = #expect(throws: DecodingError.self) { try result.decode(Small.self) }
            guard case .typeMismatch(_, let context)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(context.debugDescription.contains("row 1, column 'n'"))
        }
    }

    @Test func `RETURNING gives rows and the change is committed once`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            let result = try await engine.query("INSERT INTO book(title) VALUES ('A'), ('B') RETURNING id, title")
            #expect(try result.rows() == [[1, "A"], [2, "B"]])
            #expect(result.changeCount == 2)
            #expect(try await engine.query("SELECT count(*) FROM book", hint: .forceOltp).rows() == [[2]])
        }
    }

    @Test func `a batch happens whole or not at all`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            let batch = [
                BatchStatement("INSERT INTO book(id) VALUES (?)", [1]),
                BatchStatement("INSERT INTO book(id) VALUES (?)", [1]),
            ]
            let error = await #expect(throws: EngineError.self) { try await engine.executeBatch(batch) }
            #expect(error?.code == .constraint)
            #expect(try await engine.query("SELECT count(*) FROM book", hint: .forceOltp).rows() == [[0]])
        }
    }

    @Test func `a transaction sees its own writes and returns a value`() async throws {
        try await withEngine { engine in
            try await engine.execute(schema)
            let count = try await engine.transaction { transaction in
                try transaction.execute("INSERT INTO book(title) VALUES ('A')")
                return try transaction.query("SELECT count(*) FROM book").rows()
            }
            #expect(count == [[1]])
        }
    }

    @Test func `BEGIN outside of a session is refused and nothing leaks`() async throws {
        try await withEngine { engine in
            let error = await #expect(throws: EngineError.self) { try await engine.execute("BEGIN") }
            #expect(error?.code == .unsupported)
            try await engine.execute("CREATE TABLE t(a)")
            #expect(try await engine.transaction { _ in 7 } == 7)
        }
    }

    @Test func `an engine for reading refuses writes`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(a)")
            var config = engine.config
            config.access = .readOnly
            let reader = try await HtapEngine(config)
            let error = await #expect(throws: EngineError.self) { try await reader.execute("INSERT INTO t VALUES (1)") }
            #expect(error?.code == .readOnly)
            await reader.shutdown()
        }
    }

    @Test func `a syntax error names the place`() async throws {
        try await withEngine { engine in
            let error = await #expect(throws: EngineError.self) { try await engine.query("SELECT 1 FORM t") }
            #expect(error?.code == .syntax)
            #expect(error?.range == SourceRange(9, 13))
            #expect(error?.hint?.contains("FROM") == true)
        }
    }
}
