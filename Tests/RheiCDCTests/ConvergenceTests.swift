import Foundation
import RheiTestSupport
import Testing

/// Random work on several tables by several connections and processes, compared after each sync at a random point.
@Suite struct ConvergenceTests {
    @Test(
        arguments: [UInt64(1), 2, 3],
        [ConvergenceRun.Triggers.never, .before, .after])
    func `random changes converge after every sync`(_ seed: UInt64, triggers: ConvergenceRun.Triggers) async throws {
        let run = try await ConvergenceRun(seed: seed, triggers: triggers)
        try await run.run(statementCount: 6_000)
        print("seed \(seed), triggers \(triggers): \(run.summary)")
        #expect(run.processCount > 0)
        #expect(run.successCount > run.statementCount / 4)
        #expect(run.changeCount > run.statementCount / 3)
        #expect(
            run.tablesWithRows.isSuperset(of: RandomWork.columns.keys),
            "a table that stays empty tests nothing: \(run.tablesWithRows)")
    }

    /// As many statements as `make converge COUNT=…` asks for, of seeds from SEED on.
    @Test(.enabled(if: ConvergenceTests.wantedCount > 0))
    func `a long run of random changes converges after every sync`() async throws {
        var count = 0
        var seed = UInt64(Self.number("RHEI_SEED") ?? 1_000)
        while count < Self.wantedCount {
            let triggers = [ConvergenceRun.Triggers.never, .before, .after][Int(seed % 3)]
            let run = try await ConvergenceRun(seed: seed, triggers: triggers)
            try await run.run(statementCount: 20_000)
            count += run.statementCount
            print("seed \(seed): \(run.summary)\n\(count) statements so far")
            seed += 1
        }
    }

    private static let wantedCount = number("RHEI_CONVERGE_COUNT") ?? 0

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
