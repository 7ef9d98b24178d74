import Rhei
import RheiTestSupport
import Testing

/// Parameters of columnar queries count as in SQLite and have the types of their values.
@Suite struct ParameterTests {
    private static let queries: [(String, [SQLValue])] = [
        ("SELECT ?, ?, typeof(?1), typeof(?2)", [.integer(1), .text("x")]),
        ("SELECT ?2, ?1, ?", [.integer(1), .real(2.5), .text("c")]),
        ("SELECT :a, @b, $c, :a", [.text("first"), .null, .blob([1, 2])]),
        (
            "SELECT ?5, ?, :n, ?2",
            [.integer(1), .integer(2), .integer(3), .integer(4), .integer(5), .integer(6), .integer(7)]
        ),
        ("SELECT typeof(?), typeof(?2)", [.real(1), .blob([])]),
        ("SELECT id FROM t WHERE a = ? OR s = :s ORDER BY id", [.integer(20), .text("x")]),
        ("SELECT id FROM t WHERE a > ? AND a < ?2 ORDER BY id", [.text("5"), .real(25.5)]),
        ("SELECT id FROM t WHERE a IN (?, ?, ?) ORDER BY id", [.integer(10), .null, .text("30")]),
        ("SELECT id FROM t WHERE s LIKE ? ORDER BY id LIMIT ? OFFSET ?", [.text("%"), .integer(1), .integer(1)]),
        ("SELECT ? + 1, ? || 'x', ? / 2", [.integer(9), .integer(9), .integer(9)]),
        ("SELECT sum(a * ?) FROM t GROUP BY s = ? ORDER BY 1", [.integer(2), .text("x")]),
        ("SELECT json_extract(?, ?), ? ->> 'b'", [.text("{\"a\":[1,2]}"), .text("$.a[1]"), .text("{\"b\":3}")]),
        ("SELECT value FROM json_each(?) WHERE value > ?", [.text("[1,2,3]"), .integer(1)]),
    ]

    @Test func `columns give SQLite's answers`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, s TEXT)")
            try await engine.execute("INSERT INTO t VALUES (1, 10, 'x'), (2, 20, 'y'), (3, 30, NULL)")
            try await engine.registerTable("t")
            for (sql, parameters) in Self.queries {
                let expected = try await engine.query(sql, parameters, hint: .forceOltp).rows()
                let found = try await engine.query(sql, parameters, hint: .forceOlap).rows()
                #expect(found == expected, "\(sql)")
            }
        }
    }
}
