import Foundation
import Rhei
import RheiSQLite
import RheiTestSupport
import Testing

/// Random writes by several connections and another process; the tables as of random positions are compared with copies
/// kept then.
@Suite struct RandomHistoryTests {
    private static let tables = ["plain", "hidden", "keyed", "composite", "folded", "partial", "child"]

    /// RHEI_HISTORY_POSITIONS positions are compared (100), RHEI_HISTORY_SEED names another seed.
    private static let positionCount =
        ProcessInfo.processInfo.environment["RHEI_HISTORY_POSITIONS"].flatMap(Int.init) ?? 100
    private static let seeds: [UInt64] =
        ProcessInfo.processInfo.environment["RHEI_HISTORY_SEED"].flatMap(UInt64.init).map { [$0] } ?? [
            2, 4, 6, 7,
        ]

    @Test(arguments: seeds, [true, false])
    func `tables as of any commit equal the copies kept then`(_ seed: UInt64, usesFiles: Bool) async throws {
        print("history seed \(seed)")
        let folder = try TemporaryFolder()
        var config = HtapConfig(databasePath: folder.path("test.db"))
        if usesFiles { config.storageMode = .segments(path: folder.path("columns")) }
        var engine = try await HtapEngine(config)
        var options = ConnectionOptions(.readWrite)
        options.foreignKeys = seed % 2 == 0
        let connection = try Connection(path: config.databasePath, options: options)
        if seed % 5 == 1 { try connection.execute("PRAGMA recursive_triggers=ON") }
        try connection.execute(RandomWork.schema)
        // The application's triggers fire after those of capture; or, being temporary, before them; or there are none.
        let triggers = RandomWork.trigger + RandomWork.nestedTriggers
        let hasTemporaryTriggers = seed % 3 == 2
        if seed % 3 == 1 { try connection.execute(triggers) }
        for table in Self.tables { try await engine.registerTable(table, mode: .temporal) }
        if hasTemporaryTriggers {
            try connection.execute(triggers.replacingOccurrences(of: "CREATE TRIGGER", with: "CREATE TEMP TRIGGER"))
        }
        var work = RandomWork(seed: seed, tables: Self.tables, vacuums: false)
        var copies: [Int64: [String: [String]]] = [:]
        while copies.count < Self.positionCount * 2 {
            // Under OR FAIL a temporary trigger ends the statement before capture sees the row.
            let script = work.statements(count: work.below(12) + 1).map {
                hasTemporaryTriggers ? $0.replacingOccurrences(of: "OR FAIL", with: "OR ABORT") : $0
            }
            switch work.below(10) {
            case 0:
                let input = script.map { $0 + ";\n" }.joined()
                _ = try Subprocess.run("sqlite3", ["-cmd", ".timeout 5000", config.databasePath], input: input)
            case 1...3: for statement in script { _ = try? await engine.execute(statement) }
            case 4:
                _ = try? await engine.transaction { transaction in
                    for statement in script { _ = try? transaction.execute(statement) }
                }
            default:
                if work.below(2) == 0 { try connection.execute("BEGIN") }
                for statement in script { _ = try? connection.run(statement) }
                if !connection.isAutocommit { try connection.execute("COMMIT") }
            }
            let position = try connection.firstInteger("SELECT max(seq) FROM _rhei_cdc_log") ?? 0
            copies[position] = try Self.copy(connection)
            switch work.below(20) {
            case 0...5:
                try await engine.syncNow()
                try await Self.checkIntervals(engine, seed)
            case 6 where usesFiles: try await engine.flush()
            case 7 where usesFiles:
                await engine.shutdown()
                engine = try await HtapEngine(config)
            default: break
            }
        }
        try await engine.syncNow()
        try await Self.checkIntervals(engine, seed)
        let start = try await engine.syncStatus().tables.compactMap { $0.history?.startPosition }.max() ?? 0
        let positions = copies.keys.filter { $0 >= start }.sorted()
        #expect(positions.count >= Self.positionCount, "seed \(seed)")
        var differences = 0
        for _ in 0..<Self.positionCount {
            let position = positions[work.below(positions.count)]
            for table in Self.tables {
                let list = Self.list(table)
                let found = try await engine.comparableRows(
                    "SELECT \(list) FROM \(table) AS OF \(position)", hint: .forceOlap)
                guard let wanted = copies[position]?[table], wanted != found else { continue }
                differences += 1
                let missing = Set(wanted).subtracting(found).sorted().prefix(3)
                let surplus = Set(found).subtracting(wanted).sorted().prefix(3)
                Issue.record(
                    "seed \(seed), \(table) at \(position): \(wanted.count) rows kept, \(found.count) found, missing \(missing), surplus \(surplus)"
                )
            }
            if differences > 5 { break }
        }
        await engine.shutdown()
    }

    /// The columns of a table; text and blobs by their bytes, which may be no UTF-8.
    private static func list(_ table: String) -> String {
        (RandomWork.columns[table] ?? []).map {
            "CASE typeof(\($0)) WHEN 'text' THEN 't' || hex(\($0)) WHEN 'blob' THEN 'b' || hex(\($0)) ELSE \($0) END"
        }.joined(separator: ", ")
    }

    private static func copy(_ connection: Connection) throws -> [String: [String]] {
        var copy: [String: [String]] = [:]
        for table in tables {
            let list = Self.list(table)
            copy[table] = try connection.run("SELECT \(list) FROM \(table)").rows.map {
                $0.map(comparableText).joined(separator: "|")
            }.sorted()
        }
        return copy
    }

    /// Half-open, disjoint, at most one without an end per key.
    private static func checkIntervals(_ engine: HtapEngine, _ seed: UInt64) async throws {
        let keys = [
            "child": ["id"], "plain": ["id"], "partial": ["id"], "composite": ["b", "a"],
            "folded": ["k COLLATE NOCASE", "n"],
        ]
        for (table, key) in keys {
            let list = key.joined(separator: ", ")
            let sql = """
                SELECT count(*) FROM (SELECT _rhei_from_position AS f, _rhei_to_position AS t,
                    lead(_rhei_from_position) OVER (PARTITION BY \(list) ORDER BY _rhei_from_position) AS n
                    FROM history('\(table)'))
                WHERE t <= f OR (n IS NOT NULL AND (t IS NULL OR t > n))
                """
            #expect(try await engine.query(sql).rows() == [[0]], "seed \(seed), \(table)")
            let times = "SELECT count(*) FROM history('\(table)') WHERE _rhei_valid_to < _rhei_valid_from"
            #expect(try await engine.query(times).rows() == [[0]], "seed \(seed), \(table)")
            let open = "SELECT count(*) FROM history('\(table)') WHERE _rhei_to_position IS NULL"
            let rows = "SELECT count(*) FROM \(table)"
            #expect(
                try await engine.query(open).rows() == engine.query(rows, hint: .forceOltp).rows(),
                "seed \(seed), \(table)")
        }
    }
}
