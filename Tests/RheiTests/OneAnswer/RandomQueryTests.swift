import Foundation
import Rhei
import RheiTestSupport
import Testing

/// Random queries over random tables give the same rows from columns as from SQLite, or are refused by name.
///
/// A failure prints the seed of its database; `RHEI_SEED` runs that one alone, `RHEI_DATABASES` sets how many there are.
@Suite struct RandomQueryTests {
    private static let queriesPerDatabase = 100

    private static var seeds: [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["RHEI_SEED"].flatMap(UInt64.init) { return [seed] }
        #if DEBUG
        let count = 6
        #else
        let count = 40
        #endif
        let first: UInt64 = 20_240
        return (0..<(environment["RHEI_DATABASES"].flatMap(UInt64.init) ?? UInt64(count))).map { first + $0 }
    }

    /// How many queries ended in which way.
    private struct Tally {
        var answered = 0
        var refused = 0
    }

    @Test func `columns give SQLite's rows or refuse`() async throws {
        var tally = Tally()
        for seed in Self.seeds { try await run(seed, &tally) }
        // Refusing everything would pass otherwise.
        #expect(tally.answered > tally.refused * 2, "answered \(tally.answered), refused \(tally.refused)")
    }

    private func run(_ seed: UInt64, _ tally: inout Tally) async throws {
        var random = SeededGenerator(seed: seed)
        let tables = (0..<3).map { RandomTable(number: $0, &random) }
        let vectorSize = random.pick([1, 3, 2_048])
        let optimizes = random.chance(percent: 70)
        try await withEngine { config in
            config.vectorSize = vectorSize
            config.optimizes = optimizes
            config.threadCount = 2
        } _: { engine in
            for statement in tables.flatMap(\.statements) { try await engine.execute(statement) }
            try await engine.registerAll()
            try await engine.syncNow()
            var generator = QueryGenerator(tables, random)
            for _ in 0..<Self.queriesPerDatabase {
                await compare(generator.query(), engine, "seed \(seed)", &tally)
            }
        }
    }

    private func compare(_ query: RandomQuery, _ engine: HtapEngine, _ origin: String, _ tally: inout Tally) async {
        // Sums of reals may differ in their last digits, and nothing else may.
        let sumsReals = ["sum(", "avg(", "total("].contains { query.sql.contains($0) }
        let expected = await engine.answer(query.sql, .forceOltp).roundingReals(sumsReals)
        // Where SQLite has no answer, none can differ from it.
        guard case .rows(_, let expectedRows) = expected else { return }
        let actual = await engine.answer(query.sql, .forceOlap).roundingReals(sumsReals)
        switch actual {
        case .refusal(let code, let message):
            tally.refused += 1
            #expect(refusalCodes.contains(code), "\(origin): \(query.sql): \(message)")
        case .rows(_, let rows):
            tally.answered += 1
            #expect(actual.unordered == expected.unordered, "\(origin): \(query.sql)")
            // Every column is a key, so rows of equal keys differ in nothing but 1 and 1.0, or the case of letters.
            if !query.orderColumns.isEmpty {
                #expect(rows.map(Self.sortable) == expectedRows.map(Self.sortable), "\(origin): \(query.sql)")
            }
        }
    }

    /// A row's text without what tells values of equal order apart.
    private static func sortable(_ row: String) -> String {
        row.split(separator: "|", omittingEmptySubsequences: false).map { value in
            if value.hasPrefix("i"), let integer = Int64(value.dropFirst()) { return "\(Double(integer))" }
            if value.hasPrefix("r"), let bits = UInt64(value.dropFirst()) { return "\(Double(bitPattern: bits) + 0)" }
            return value.lowercased()
        }.joined(separator: "|")
    }
}

extension Answer {
    /// With every real cut to eleven significant digits, if asked to.
    fileprivate func roundingReals(_ isWanted: Bool) -> Answer {
        guard isWanted, case .rows(let names, let rows) = self else { return self }
        let rounded = rows.map { row in
            row.split(separator: "|", omittingEmptySubsequences: false).map { value -> String in
                guard value.hasPrefix("r"), let bits = UInt64(value.dropFirst()) else { return String(value) }
                return "r" + String(Double(String(format: "%.10e", Double(bitPattern: bits)))?.bitPattern ?? bits)
            }.joined(separator: "|")
        }
        return .rows(names: names, rounded)
    }
}
