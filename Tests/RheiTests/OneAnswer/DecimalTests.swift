import Rhei
import RheiTestSupport
import Testing

/// Tables whose columns have the types of a schema.
@Suite struct DecimalTests {
    private func withOrders<Result>(_ body: (HtapEngine) async throws -> Result) async throws -> Result {
        try await withEngine { engine in
            try await engine.run(
                """
                CREATE TABLE orders(id INTEGER PRIMARY KEY, day TEXT, price REAL, rate NUMERIC, made TEXT, note TEXT);
                INSERT INTO orders VALUES (1, '2024-01-31', 10.10, '0.05', '2024-01-31 10:00:00', 'a');
                INSERT INTO orders VALUES (2, '2024-02-29', 20.25, 0.1, '2024-02-29 23:59:59.5', 'b');
                INSERT INTO orders VALUES (3, '2023-12-31', -0.10, 1, NULL, 'c');
                INSERT INTO orders VALUES (4, NULL, NULL, NULL, '2024-01-01', NULL);
                """)
            try await engine.registerTable(
                "orders",
                schema: TableSchema([
                    "DAY": .date32, "price": .decimal128(precision: 15, scale: 2),
                    "rate": .decimal128(precision: 4, scale: 2), "made": .timestamp(.microsecond, timeZone: nil),
                ]))
            return try await body(engine)
        }
    }

    private func rows(_ engine: HtapEngine, _ sql: String) async throws -> [String] {
        try await engine.query(sql, hint: .forceOlap).rows().map { row in
            row.map { value in
                switch value {
                case .null: "null"
                case .integer(let integer): "\(integer)"
                case .real(let real): "\(real)"
                case .text(let text): text
                case .blob: "blob"
                }
            }.joined(separator: "|")
        }
    }

    private func syncedStatus(_ engine: HtapEngine) async throws -> SyncStatus {
        try await engine.syncNow()
        return try await engine.syncStatus()
    }

    private static let queries: [(String, [String])] = [
        (
            "SELECT day, price, rate FROM orders ORDER BY id",
            ["2024-01-31|10.10|0.05", "2024-02-29|20.25|0.10", "2023-12-31|-0.10|1.00", "null|null|null"]
        ),
        (
            "SELECT sum(price), min(price), max(price), count(price), avg(price) FROM orders",
            ["30.25|-0.10|20.25|3|10.083333333333334"]
        ),
        (
            "SELECT id, price * (1 - rate), price + rate, price - 1, -price, price * 2 FROM orders WHERE id < 4 ORDER BY id",
            [
                "1|9.5950|10.15|9.10|-10.10|20.20", "2|18.2250|20.35|19.25|-20.25|40.50",
                "3|0.0000|0.90|-1.10|0.10|-0.20",
            ]
        ),
        (
            "SELECT id, price / 4, price / rate FROM orders WHERE id < 3 ORDER BY id",
            ["1|2.525|201.99999999999997", "2|5.0625|202.5"]
        ),
        ("SELECT id FROM orders WHERE rate BETWEEN 0.06 - 0.01 AND 0.06 + 0.04 ORDER BY id", ["1", "2"]),
        (
            "SELECT id FROM orders WHERE price = 10.1 OR price = '20.25' OR price IN (-0.1, 5) ORDER BY id",
            ["1", "2", "3"]
        ),
        ("SELECT id FROM orders WHERE price > 10 ORDER BY id", ["1", "2"]),
        (
            "SELECT id FROM orders WHERE day >= date '2024-01-01' AND day < date '2024-01-01' + interval '2' month",
            ["1", "2"]
        ),
        ("SELECT id FROM orders WHERE day > '2024-01-31'", ["2"]),
        ("SELECT id FROM orders WHERE made >= day ORDER BY id", ["1", "2"]),
        (
            "SELECT extract(year FROM day) AS y, sum(price), count(*) FROM orders GROUP BY y ORDER BY y",
            ["null|null|1", "2023|-0.10|1", "2024|30.35|2"]
        ),
        (
            "SELECT day, count(*) FROM orders GROUP BY day ORDER BY day DESC",
            ["2024-02-29|1", "2024-01-31|1", "2023-12-31|1", "null|1"]
        ),
        ("SELECT DISTINCT rate FROM orders ORDER BY rate", ["null", "0.05", "0.10", "1.00"]),
        (
            "SELECT a.id, b.id FROM orders a JOIN orders b ON a.day = b.day AND a.price = b.price ORDER BY 1",
            ["1|1", "2|2", "3|3"]
        ),
        ("SELECT id FROM orders WHERE price IN (SELECT max(price) FROM orders)", ["2"]),
        (
            "SELECT CASE WHEN rate > 0.07 THEN price ELSE 0 END FROM orders ORDER BY id",
            ["0.00", "20.25", "-0.10", "0.00"]
        ),
        (
            "SELECT coalesce(price, 0), coalesce(day, '2000-01-01') FROM orders ORDER BY id DESC LIMIT 1",
            ["0.00|2000-01-01"]
        ),
        (
            "SELECT round(price, 1), round(price), floor(price), ceil(price), abs(price) FROM orders WHERE id IN (2, 3) ORDER BY id",
            ["20.3|20|20|21|20.25", "-0.1|0|-1|0|0.10"]
        ),
        (
            "SELECT CAST(price AS INTEGER), CAST(price AS TEXT), CAST(price AS decimal(10, 1)), CAST(price AS REAL) FROM orders WHERE id = 2",
            ["20|20.25|20.3|20.25"]
        ),
        (
            "SELECT typeof(price), typeof(day), day || '!', upper(day) FROM orders WHERE id = 1",
            ["real|text|2024-01-31!|2024-01-31"]
        ),
        (
            "SELECT max(day), min(day), min(made), max(made) FROM orders",
            ["2024-02-29|2023-12-31|2024-01-01 00:00:00|2024-02-29 23:59:59.500000"]
        ),
        (
            "SELECT day FROM orders WHERE id = 1 UNION ALL SELECT day FROM orders WHERE id = 2",
            ["2024-01-31", "2024-02-29"]
        ),
        ("SELECT count(*) FROM orders WHERE day IS NULL OR price IS NULL", ["1"]),
        ("SELECT sum(price) FILTER (WHERE day < '2024-01-01'), sum(price) FROM orders WHERE 0", ["null|null"]),
    ]

    @Test func `queries over typed columns`() async throws {
        try await withOrders { engine in
            for (sql, expected) in Self.queries {
                let found = try await rows(engine, sql)
                #expect(found == expected, "\(sql)")
            }
        }
    }

    @Test func `rows found by their key have the types of the schema too`() async throws {
        try await withOrders { engine in
            for hint in [QueryHint.auto, .forceOlap] {
                let rows = try await engine.query("SELECT price, day FROM orders WHERE id = 1", hint: hint).rows()
                #expect(rows == [[.text("10.10"), .text("2024-01-31")]])
            }
        }
    }

    @Test func `changes arrive in the types of the schema`() async throws {
        try await withOrders { engine in
            try await engine.execute("UPDATE orders SET price = price + 1, day = '2025-05-05' WHERE id = 1")
            try await engine.execute("INSERT INTO orders(id, day, price) VALUES (9, '1999-01-01', 99.99)")
            try await engine.execute("DELETE FROM orders WHERE id = 3")
            let found = try await rows(engine, "SELECT id, day, price FROM orders WHERE price IS NOT NULL ORDER BY id")
            #expect(found == ["1|2025-05-05|11.10", "2|2024-02-29|20.25", "9|1999-01-01|99.99"])
        }
    }

    @Test func `a value that does not convert goes to quarantine until it is corrected`() async throws {
        try await withOrders { engine in
            try await engine.execute(
                "INSERT INTO orders(id, day, price) VALUES (10, 'someday', 1), (11, '2024-13-01', 'x')")
            let status = try await {
                try await engine.syncNow(); return try await engine.syncStatus()
            }()
            #expect(status.tables.first?.quarantinedValues == ["day": 2, "price": 1])
            // Other columns are read, the one in question is not.
            #expect(try await rows(engine, "SELECT count(*) FROM orders WHERE note = 'a'") == ["1"])
            await #expect(throws: EngineError.self) { try await rows(engine, "SELECT max(day) FROM orders") }
            let answer = try await engine.query("SELECT day FROM orders WHERE day LIKE 's%'").rows()
            #expect(answer == [[.text("someday")]])
            try await engine.execute("UPDATE orders SET day = '2024-12-01', price = 2 WHERE id > 9")
            #expect(try await rows(engine, "SELECT max(day) FROM orders") == ["2024-12-01"])
            #expect(try await engine.syncStatus().tables.first?.quarantinedValues == [:])
        }
    }

    @Test func `a schema that does not fit the table is refused`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a)")
            for types: [String: DataType] in [["b": .date32], ["id": .date32], ["a": .list(Field("x", .int64))]] {
                await #expect(throws: EngineError.self) {
                    try await engine.registerTable("t", schema: TableSchema(types))
                }
            }
            try await engine.registerTable("t", schema: TableSchema(["A": .date32]))
        }
    }

    @Test func `decimals that grow too long are an error`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a)")
            try await engine.execute("INSERT INTO t VALUES (1, '12345678901234567890123456789012345678')")
            try await engine.registerTable("t", schema: TableSchema(["a": .decimal128(precision: 38, scale: 0)]))
            #expect(try await rows(engine, "SELECT a, -a FROM t").count == 1)
            for expression in ["a * 10", "a * a", "a + a * 8"] {
                await #expect(throws: EngineError.self) { try await rows(engine, "SELECT \(expression) FROM t") }
            }
        }
    }

    @Test(arguments: [1, 1_000, 1_000_000, 99_999_999_999])
    func `sums of products are exact for short and for long numbers`(_ unit: Int) async throws {
        try await withEngine { engine in
            try await engine.run("CREATE TABLE t(id INTEGER PRIMARY KEY, g INTEGER, a NUMERIC, b NUMERIC)")
            var sums: [Int: Int128] = [:]
            var total: Int128 = 0
            for id in 1...60 {
                let (a, b) = (id * unit % 99_999_999_999_999, (id * id - 500) * unit % 99_999_999_999)
                try await engine.run("INSERT INTO t VALUES (\(id), \(id % 3), \(a), \(b))")
                sums[id % 3, default: 0] += Int128(a) * Int128(b) * (100 - Int128(b))
                total += Int128(a)
            }
            let type = DataType.decimal128(precision: 15, scale: 0)
            try await engine.registerTable("t", schema: TableSchema(["a": type, "b": type]))
            let expected = sums.keys.sorted().map { "\($0)|\(sums[$0] ?? 0)" }
            #expect(try await rows(engine, "SELECT g, sum(a * b * (100 - b)) FROM t GROUP BY g ORDER BY g") == expected)
            let nested = "SELECT g, sum(p) FROM (SELECT g, a * b * (100 - b) AS p FROM t) GROUP BY g ORDER BY g"
            #expect(try await rows(engine, nested) == expected)
            let above = "SELECT count(*) FROM t WHERE a * b * (100 - b) > a * b"
            let count = (1...60).count { id in
                let a = Int128(id * unit % 99_999_999_999_999)
                let b = Int128((id * id - 500) * unit % 99_999_999_999)
                return a * b * (100 - b) > a * b
            }
            #expect(try await rows(engine, above) == ["\(count)"])
            #expect(try await rows(engine, "SELECT avg(a) FROM t") == ["\(Double(total) / 60)"])
        }
    }
}
