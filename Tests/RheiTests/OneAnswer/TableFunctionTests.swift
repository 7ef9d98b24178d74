import Rhei
import RheiTestSupport
import Testing

/// Table functions that SQLite's library lacks.
@Suite struct TableFunctionTests {
    private func rows(_ sql: String) async throws -> [String] {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, n INT)")
            try await engine.execute("INSERT INTO t VALUES (1, 3), (2, 0), (3, NULL), (4, -1)")
            try await engine.registerTable("t")
            return try await engine.query(sql, hint: .forceOlap).rows().map { row in
                row.map { value in
                    if case .integer(let integer) = value { "\(integer)" } else { "null" }
                }.joined(separator: " ")
            }
        }
    }

    @Test func `a series of constants counts up or down`() async throws {
        #expect(try await rows("SELECT value FROM generate_series(1, 3)") == ["1", "2", "3"])
        #expect(try await rows("SELECT value FROM generate_series(1, 6, 2)") == ["1", "3", "5"])
        #expect(try await rows("SELECT value FROM generate_series(3, 1, -1)") == ["3", "2", "1"])
        #expect(try await rows("SELECT value FROM generate_series(3, 1)") == [])
        #expect(try await rows("SELECT value FROM generate_series(1, 1, 0)") == ["1"])
        #expect(try await rows("SELECT value FROM generate_series(1, NULL)") == [])
        #expect(
            try await rows("SELECT value, start, stop, step FROM generate_series(1, 2) g WHERE g.value = 2")
                == ["2 1 2 1"])
    }

    @Test func `a series ends where integers end`() async throws {
        let last = "9223372036854775807"
        #expect(
            try await rows("SELECT value FROM generate_series(\(last) - 1, \(last))") == ["9223372036854775806", last])
        #expect(try await rows("SELECT count(*) FROM generate_series(-\(last), \(last), \(last))") == ["3"])
    }

    @Test func `a series reads the columns to its left`() async throws {
        #expect(
            try await rows("SELECT id, value FROM t, generate_series(1, t.n) ORDER BY 1, 2") == ["1 1", "1 2", "1 3"])
        #expect(
            try await rows("SELECT id, value FROM t LEFT JOIN generate_series(0, n) ON value > 1 ORDER BY 1, 2")
                == ["1 2", "1 3", "2 null", "3 null", "4 null"])
        #expect(
            try await rows("SELECT id, (SELECT sum(value) FROM generate_series(1, n)) FROM t ORDER BY 1")
                == ["1 6", "2 null", "3 null", "4 null"])
    }

    @Test func `a series longer than a batch is whole`() async throws {
        #expect(
            try await rows("SELECT count(*), sum(value), min(value), max(value) FROM generate_series(1, 100000)")
                == ["100000 5000050000 1 100000"])
        #expect(
            try await rows(
                "SELECT count(*), sum(a.value) FROM generate_series(1, 300) a, generate_series(1, a.value) b")
                == ["45150 9045050"])
        #expect(try await rows("SELECT value FROM generate_series(5, 1000000000) LIMIT 2") == ["5", "6"])
    }
}
