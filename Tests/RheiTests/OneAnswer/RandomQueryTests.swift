import Foundation
import QueryFuzz
import Testing

/// Random queries over random databases give the same rows from columns as from SQLite, or are refused by name.
///
/// `make query-fuzz` runs as many as one likes. A failure names seed and database and comes as a reduced script, which
/// belongs under `Tests/SQLLogicTests` once it is understood; `RHEI_SEED` and `RHEI_DATABASES` run other ones here.
@Suite struct RandomQueryTests {
    private static let environment = ProcessInfo.processInfo.environment
    #if DEBUG
    private static let databaseCount = 4
    #else
    private static let databaseCount = 60
    #endif

    @Test(arguments: 0..<4)
    func `random queries are answered alike or refused`(_ part: Int) async throws {
        let seed = Self.environment["RHEI_SEED"].flatMap { UInt64($0) } ?? 20_240
        let count = Self.environment["RHEI_DATABASES"].flatMap { Int($0) } ?? Self.databaseCount
        var fuzzer = QueryFuzzer(seed: seed, queriesPerDatabase: 80)
        fuzzer.reductionLimit = 3
        fuzzer.didFind = { found in Issue.record("\(found.script)") }
        for number in stride(from: part, to: count, by: 4) { try await fuzzer.run(database: number) }
        print(fuzzer.tally.summary)
        // A generator whose queries SQLite does not understand, or that columns mostly refuse, would test nothing.
        #expect(fuzzer.tally.sameCount * 10 > fuzzer.tally.totalCount * 8)
    }
}
