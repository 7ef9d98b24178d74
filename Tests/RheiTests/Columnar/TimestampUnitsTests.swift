import Foundation
import Rhei
import RheiArrow
import RheiTestSupport
import Testing

/// Timestamps of other programs, in their units, loaded from Arrow files into columnar tables.
@Suite struct TimestampUnitsTests {
    private static let units: [(name: String, unit: TimeUnit, perSecond: Int64)] = [
        ("s", .second, 1), ("ms", .millisecond, 1_000), ("us", .microsecond, 1_000_000),
        ("ns", .nanosecond, 1_000_000_000),
    ]

    /// Writes a file of a number and the same instants in each unit, 100 days apart and before 1970 as well.
    private func writeInstants(rowCount: Int, zone: String?, to path: String) throws {
        var columns: [(String, ArrowArray)] = []
        var numbers = try PrimitiveBuilder<Int32>(.int32, capacity: rowCount)
        for row in 0..<rowCount { numbers.append(Int32(row)) }
        columns.append(("id", numbers.finish()))
        for (name, unit, perSecond) in Self.units {
            var builder = try PrimitiveBuilder<Int64>(.timestamp(unit, timeZone: zone), capacity: rowCount)
            for row in 0..<rowCount {
                let seconds = Int64(row % 200 - 100) * 8_640_000 + Int64(row)
                if row % 11 == 5 { builder.appendNull() } else { builder.append(seconds * perSecond) }
            }
            columns.append((name, builder.finish()))
        }
        try writeArrowFile(columns, to: path)
    }

    private func withEngine(
        _ folder: TemporaryFolder, inFiles: Bool, _ body: (HtapEngine) async throws -> Void
    ) async throws {
        let database = folder.path("app.db")
        var config = HtapConfig(databasePath: database)
        if inFiles { config.storageMode = .beside(database: database) }
        let engine = try await HtapEngine(config)
        try await body(engine)
        await engine.shutdown()
    }

    /// Compares every value of the table with what was written.
    private func check(_ engine: HtapEngine, _ columns: [String], rowCount: Int) async throws {
        let sql = "SELECT id, \(columns.map { "CAST(\($0) AS TEXT)" }.joined(separator: ", ")) FROM kept ORDER BY id"
        let found = try await engine.query(sql, hint: .forceOlap)
        #expect(found.info.target == .olap)
        let rows = try found.rows()
        #expect(rows.count == rowCount)
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
        for (row, values) in rows.enumerated() {
            let seconds = Double(row % 200 - 100) * 8_640_000 + Double(row)
            let text: SQLValue =
                row % 11 == 5 ? .null : .text(formatter.string(from: Date(timeIntervalSince1970: seconds)))
            #expect(values == [.integer(Int64(row))] + columns.map { _ in text }, "row \(row)")
        }
    }

    @Test(arguments: [false, true], [nil, "UTC"])
    func `instants in any unit are the same instants in a table`(inFiles: Bool, zone: String?) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("instants.arrow")
        try writeInstants(rowCount: 500, zone: zone, to: path)
        // Nanoseconds are divided, which is computed; the other units alone go from file to segment.
        for columns in [["s", "ms", "us"], ["ns", "us"], ["s"]] {
            try await withEngine(folder, inFiles: inFiles) { engine in
                try await engine.execute(
                    """
                    CREATE OR REPLACE TABLE kept USING columnar AS
                        SELECT id, \(columns.joined(separator: ", ")) FROM read_arrow('\(path)')
                    """)
                try await check(engine, columns, rowCount: 500)
                let types = try await engine.query("SELECT * FROM kept LIMIT 1").schema.fields.dropFirst().map(\.type)
                #expect(types.allSatisfy { $0 == .timestamp(.microsecond, timeZone: nil) })
            }
            guard inFiles else { continue }
            try await withEngine(folder, inFiles: true) { engine in
                try await check(engine, columns, rowCount: 500)
                #expect(try await engine.verifyFiles().isEmpty)
            }
        }
    }

    @Test func `tables of many row groups loaded from files are there again`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("instants.arrow")
        try writeInstants(rowCount: 300_000, zone: nil, to: path)
        let question = """
            SELECT count(*), count(s), min(s), max(s), sum(s = ms), sum(s = us), sum(id), sum(id * (extract(epoch FROM s) % 1009))
            FROM 
            """
        var expected: [[SQLValue]] = []
        try await withEngine(folder, inFiles: true) { engine in
            try await engine.execute(
                "CREATE TABLE kept USING columnar AS SELECT id, s, ms, us FROM read_arrow('\(path)')")
            expected = try await engine.query(question + "read_arrow('\(path)')").rows()
            #expect(expected[0][0] == 300_000 && expected[0][1] == expected[0][4])
            let rows = try await engine.query(question + "kept", hint: .forceOlap).rows()
            #expect(rows == expected)
        }
        try await withEngine(folder, inFiles: true) { engine in
            let rows = try await engine.query(question + "kept", hint: .forceOlap).rows()
            #expect(rows == expected)
        }
    }

    @Test(arguments: [false, true]) func `an instant beyond all microseconds is an error and makes no table`(
        inFiles: Bool
    ) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("far.arrow")
        var builder = try PrimitiveBuilder<Int64>(.timestamp(.second, timeZone: nil), capacity: 2)
        builder.append(contentsOf: [1, .max / 1000])
        try writeArrowFile([("s", builder.finish())], to: path)
        try await withEngine(folder, inFiles: inFiles) { engine in
            let error = await #expect(throws: EngineError.self) {
                try await engine.execute("CREATE TABLE kept USING columnar AS SELECT s FROM read_arrow('\(path)')")
            }
            #expect(error?.code == .overflow)
            let absent = await #expect(throws: EngineError.self) { try await engine.query("SELECT * FROM kept") }
            #expect(absent?.message == "no such table: kept")
        }
    }
}
