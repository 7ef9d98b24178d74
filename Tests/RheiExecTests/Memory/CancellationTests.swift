import RheiArrow
import RheiCompute
import RheiCore
import RheiExec
import RheiPlan
import RheiTestSupport
import Testing

/// Queries that are given up at random moments: each ends as cancelled or whole, and leaves nothing behind.
@Suite struct CancellationTests {
    private static let rowCount = 1500
    private static let table = MemoryTable(
        columns: [("n", .int64), ("t", .utf8View)],
        rows: (0..<rowCount).map {
            [.integer(Int64($0 * 7 % 997)), .text("a text of some length, number \($0 % 499)")]
        },
        rowsPerGroup: 100)

    private static func plan(_ kind: Int) -> PhysicalPlan {
        let maker = PlanMaker()
        let scan = maker.scan(table)
        switch kind {
        case 0:
            let call = AggregateCall(
                function: .count, arguments: [scan.expressions[0]], isDistinct: true, filter: nil, collation: .binary,
                type: .int64)
            let node = PhysicalAggregate(input: scan, keys: [scan.expressions[1]], aggregates: [call])
            return maker.plan(.aggregate(node), maker.columns([.utf8View, .int64]))
        case 1:
            let key = SortKey(
                expression: scan.expressions[1], isDescending: false, nullsFirst: true, collation: .binary)
            return maker.plan(.sort(scan, [key], limit: nil, offset: 0), scan.columns)
        default:
            return maker.union([maker.shared(1, scan), maker.shared(1, scan)])
        }
    }

    private static let expectedRowCounts = [499, rowCount, 2 * rowCount]

    /// Ends a query at a random moment in a random way.
    ///
    /// - Returns: the number of rows when it ended whole.
    private func give(
        up query: QueryPlan, _ executor: QueryExecutor, _ settings: QueryExecutor.Settings,
        _ random: inout SeededGenerator
    ) async throws -> Int? {
        let yieldCount = Int.random(in: 0..<40, using: &random)
        let way = Int.random(in: 0..<4, using: &random)
        let result = try executor.start(query, settings: settings)
        switch way {
        case 0:
            for _ in 0..<yieldCount { await Task.yield() }
            result.cancel()
        case 1:
            for _ in 0..<yieldCount { await Task.yield() }
            executor.interrupt()
        case 2:
            let task = Task { try await result.collect().reduce(0) { $0 + $1.rowCount } }
            for _ in 0..<yieldCount { await Task.yield() }
            task.cancel()
            return try? await task.value
        default:
            // Reads a little and lets go.
            return try await result.next().map { _ in nil } ?? 0
        }
        do {
            return try await result.collect().reduce(0) { $0 + $1.rowCount }
        } catch let error as EngineError {
            #expect(error.code == .cancelled)
            return nil
        }
    }

    @Test(arguments: [1, 2])
    func `a thousand queries given up leave no memory and no files`(_ threads: Int) async throws {
        let seed = UInt64(threads)
        var random = SeededGenerator(seed: seed)
        let manager = MemoryManager(spillThreshold: 64 << 10)
        let executor = QueryExecutor(pool: WorkerPool(threadCount: threads), memory: manager)
        var settings = QueryExecutor.Settings()
        settings.rowsPerWorker = 1
        settings.rowsPerMorsel = 100
        settings.inlineRowBound = -1
        for round in 0..<500 {
            let kind = Int.random(in: 0..<3, using: &random)
            let plan = Self.plan(kind)
            let names = plan.columns.map { "\($0.id)" }
            let query = QueryPlan(root: plan, columnNames: names, declaredTypes: names.map { _ in nil })
            let count = try await give(up: query, executor, settings, &random)
            if let count { #expect(count == Self.expectedRowCounts[kind], "seed \(seed), round \(round)") }
        }
        for _ in 0..<1_000_000
        where manager.reservedByteCount > 0 || manager.temporaryByteCount > 0 || !executor.progress.isEmpty {
            await Task.yield()
        }
        #expect(executor.progress.isEmpty)
        #expect(manager.reservedByteCount == 0)
        #expect(manager.temporaryByteCount == 0)
    }

    @Test func `a query past its deadline is cancelled`() async throws {
        let executor = QueryExecutor(pool: WorkerPool(threadCount: 2))
        var settings = QueryExecutor.Settings()
        settings.deadline = ContinuousClock.now
        settings.inlineRowBound = -1
        let plan = Self.plan(1)
        let names = plan.columns.map { "\($0.id)" }
        let query = QueryPlan(root: plan, columnNames: names, declaredTypes: names.map { _ in nil })
        do {
            _ = try await executor.run(query, settings: settings)
            Issue.record("a query whose deadline had passed ended whole")
        } catch let error as EngineError {
            #expect(error.code == .cancelled)
            #expect(error.message.contains("deadline"))
        }
    }
}
