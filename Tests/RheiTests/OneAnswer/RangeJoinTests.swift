import Rhei
import RheiTestSupport
import Testing

/// Joins by inequalities, which rows in order answer, against SQLite, which tries all pairs.
@Suite struct RangeJoinTests {
    private static let schema = [
        "CREATE TABLE a(id INTEGER PRIMARY KEY, k INTEGER, i INTEGER, r REAL, s TEXT, n TEXT COLLATE NOCASE, x)",
        """
        CREATE TABLE b(id INTEGER PRIMARY KEY, k INTEGER, i INTEGER, hi INTEGER, r REAL, hr REAL, s TEXT, hs TEXT,
            n TEXT COLLATE NOCASE, x)
        """,
    ]

    /// Inequalities between the tables: two of one value, of a value and two columns, and single ones.
    private static let conditions = [
        "a.i BETWEEN b.i AND b.hi", "b.i BETWEEN a.i AND a.i + 5", "b.i > a.i AND b.i <= a.i + 3",
        "a.r >= b.r AND a.r < b.hr", "b.s BETWEEN a.s AND a.s || 'b'", "a.s > b.s AND a.s <= b.hs",
        "a.n BETWEEN b.n AND b.hs", "a.x >= b.x AND b.x > a.x - 3", "b.i + b.k > a.i - 2 AND b.i + b.k < a.i + 2",
        "a.i < b.i", "a.r >= b.r", "a.s <= b.s", "a.n > b.n", "a.x >= b.x",
    ]

    private static func value(_ random: inout SeededGenerator) -> String {
        let texts = [
            "''", "'a'", "'ab'", "'AB'", "'abcdefgh'", "'abcdefghi'", "'ABCDEFGHIJ'", "'zz'", "'long common 1'",
        ]
        return switch Int.random(in: 0..<12, using: &random) {
        case 0: "NULL"
        case 1...4: "\(Int.random(in: -30...30, using: &random))"
        case 5: "-0.0"
        case 6: "9e999"
        case 7: "\(Int.random(in: -30...30, using: &random)).5"
        case 8: "x'6162'"
        default: texts.randomElement(using: &random) ?? "''"
        }
    }

    private static func integer(_ random: inout SeededGenerator) -> String {
        Int.random(in: 0..<20, using: &random) == 0 ? "NULL" : "\(Int.random(in: -300...300, using: &random))"
    }

    private static func fill(_ engine: HtapEngine, _ random: inout SeededGenerator) async throws {
        for statement in schema { try await engine.execute(statement) }
        let left = (0..<500).map { id in
            "(\(id), \(Int.random(in: 0..<6, using: &random)), \(integer(&random)), \(value(&random)), "
                + "\(value(&random)), \(value(&random)), \(value(&random)))"
        }
        try await engine.execute("INSERT INTO a VALUES \(left.joined(separator: ","))")
        let right = (0..<400).map { id -> String in
            let low = Int.random(in: -300...300, using: &random)
            let high =
                Int.random(in: 0..<9, using: &random) == 0 ? "NULL" : "\(low + Int.random(in: -3...20, using: &random))"
            return "(\(id), \(Int.random(in: 0..<6, using: &random)), \(low), \(high), "
                + (0..<6).map { _ in value(&random) }.joined(separator: ",") + ")"
        }
        try await engine.execute("INSERT INTO b VALUES \(right.joined(separator: ","))")
        try await engine.registerAll()
    }

    private static func questions(_ condition: String) -> [String] {
        ["", "a.k = b.k AND "].flatMap { key -> [String] in
            let condition = key + condition
            return ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"].map {
                "SELECT count(*), sum(a.id), sum(b.id), sum(a.id * b.id % 7919) FROM a \($0) b ON \(condition)"
            } + [
                "SELECT count(*), sum(id) FROM a WHERE EXISTS (SELECT 1 FROM b WHERE \(condition))",
                "SELECT count(*), sum(id) FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE \(condition))",
                "SELECT count(*), sum(a.id), sum(b.id) FROM a LEFT JOIN b ON \(condition) AND a.id % 3 < b.id % 4",
            ]
        }
    }

    @Test(arguments: [1, 2, 3]) func `joins by inequalities are answered alike`(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        try await withEngine { engine in
            try await Self.fill(engine, &random)
            for condition in Self.conditions {
                for question in Self.questions(condition) {
                    let columns = try await engine.comparableRows(question, hint: .forceOlap)
                    let rows = try await engine.comparableRows(question, hint: .forceOltp)
                    #expect(columns == rows, "seed \(seed): \(question)")
                }
            }
        }
    }

    @Test(arguments: [1, 2, 3]) func `ASOF JOIN finds the nearest value`(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        try await withEngine { engine in
            try await Self.fill(engine, &random)
            // Which of several values that compare as equal comes is open.
            for (column, shown) in [("i", "%"), ("r", "% + 0.0"), ("s", "%"), ("n", "lower(%)"), ("x", "0")] {
                for (op, extreme) in [(">=", "max"), (">", "max"), ("<", "min"), ("<=", "min")] {
                    for key in ["", "a.k = b.k AND "] {
                        let condition = "\(key)a.\(column) \(op) b.\(column)"
                        try await Self.expectNearest(
                            engine, condition, shown.replacing("%", with: "b.\(column)"),
                            shown.replacing("%", with: "(SELECT \(extreme)(b.\(column)) FROM b WHERE \(condition))"),
                            "seed \(seed)")
                    }
                }
            }
        }
    }

    private static func expectNearest(
        _ engine: HtapEngine, _ condition: String, _ shown: String, _ expected: String, _ message: String
    ) async throws {
        let nearest = try await engine.comparableRows(
            "SELECT a.id, \(shown) FROM a AS a ASOF LEFT JOIN b ON \(condition)", hint: .forceOlap)
        let oracle = try await engine.comparableRows("SELECT id, \(expected) FROM a", hint: .forceOltp)
        #expect(nearest == oracle, "\(message): \(condition)")
        let matched = try await engine.comparableRows(
            "SELECT count(*), sum(a.id) FROM a AS a ASOF JOIN b ON \(condition)", hint: .forceOlap)
        let matching = try await engine.comparableRows(
            "SELECT count(*), sum(id) FROM a WHERE EXISTS (SELECT 1 FROM b WHERE \(condition))", hint: .forceOltp)
        #expect(matched == matching, "\(message): \(condition)")
    }

    @Test func `conditions above an ASOF JOIN choose among its rows and not among candidates`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE trade(id INTEGER PRIMARY KEY, t INTEGER)")
            try await engine.execute("CREATE TABLE quote(id INTEGER PRIMARY KEY, t INTEGER, price INTEGER)")
            try await engine.execute("INSERT INTO trade VALUES (1, 10), (2, 20), (3, 30)")
            try await engine.execute("INSERT INTO quote VALUES (1, 5, 100), (2, 15, 200), (3, 25, 300)")
            try await engine.registerAll()
            func ask(_ sql: String) async throws -> [String] {
                try await engine.comparableRows(sql, hint: .forceOlap)
            }
            let join = "FROM trade AS a ASOF JOIN quote AS q ON a.t >= q.t"
            #expect(try await ask("SELECT a.id \(join) WHERE q.price < 250 ORDER BY 1") == ["i1", "i2"])
            #expect(try await ask("SELECT a.id \(join) AND q.price < 250 ORDER BY 1") == ["i1", "i2", "i3"])
            #expect(try await ask("SELECT a.id, q.price \(join) AND q.price < 250 WHERE a.id = 3") == ["i3|i200"])
            #expect(try await ask("SELECT a.id \(join) JOIN quote r ON r.id = q.id WHERE r.price = 300") == ["i3"])
        }
    }
}
