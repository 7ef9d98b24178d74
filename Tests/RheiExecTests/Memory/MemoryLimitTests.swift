import RheiArrow
import RheiCompute
import RheiCore
@testable import RheiExec
import RheiPlan
import RheiTestSupport
import Testing

/// Queries within a limit: the same answers, or an error that names what did not fit.
@Suite struct MemoryLimitTests {
    private static let table = MemoryTable(
        columns: [("n", .int64), ("t", .utf8View)],
        rows: (0..<20_000).map {
            [.integer(Int64($0 * 7919 % 20_011)), .text("a text of some length, number \($0 * 31 % 9973)")]
        },
        rowsPerGroup: 1000)

    private func executor(_ manager: MemoryManager, threads: Int = 2) -> QueryExecutor {
        QueryExecutor(pool: WorkerPool(threadCount: threads), memory: manager)
    }

    private func run(_ plan: PhysicalPlan, _ executor: QueryExecutor) async throws -> [[SQLValue]] {
        var settings = QueryExecutor.Settings()
        settings.rowsPerWorker = 1
        settings.rowsPerMorsel = 1000
        let names = plan.columns.map { "\($0.id)" }
        let query = QueryPlan(root: plan, columnNames: names, declaredTypes: names.map { _ in nil })
        return try await executor.run(query, settings: settings).flatMap { try $0.rows }
    }

    private func grouped(_ maker: PlanMaker, _ function: AggregateFunction, distinct: Bool = false, byText: Bool)
        -> PhysicalPlan
    {
        let scan = maker.scan(Self.table)
        let argument = scan.expressions[0]
        let keys = byText ? [scan.expressions[1]] : []
        let call = AggregateCall(
            function: function, arguments: [argument], isDistinct: distinct, filter: nil, collation: .binary,
            type: .int64)
        let node = PhysicalAggregate(input: scan, keys: keys, aggregates: [call])
        return maker.plan(.aggregate(node), maker.columns(keys.map(\.type) + [.int64]))
    }

    private func sorted(_ maker: PlanMaker) -> PhysicalPlan {
        let scan = maker.scan(Self.table)
        let keys = [
            SortKey(expression: scan.expressions[1], isDescending: true, nullsFirst: false, collation: .binary)
        ]
        return maker.plan(.sort(scan, keys, limit: nil, offset: 0), scan.columns)
    }

    /// A limit at which each of the queries has to put rows aside.
    private static let tinyLimit = 2 << 20

    @Test func `a grouping, a DISTINCT and a sort give within two megabytes what they give without a limit`()
        async throws
    {
        for make in [
            { self.grouped($0, .sum, byText: true) }, { self.grouped($0, .count, distinct: true, byText: false) },
            { self.grouped($0, .count, distinct: true, byText: true) }, { self.sorted($0) },
        ] as [(PlanMaker) -> PhysicalPlan] {
            let expected = try await run(make(PlanMaker()), executor(MemoryManager()))
            let manager = MemoryManager(limit: Self.tinyLimit)
            let limited = executor(manager, threads: 1)
            let profilePlan = make(PlanMaker())
            let result = try await run(profilePlan, limited)
            if case .sort = profilePlan.node {
                #expect(result == expected)
            } else {
                #expect(inAnyOrder(result) == inAnyOrder(expected))
            }
            #expect(manager.peakByteCount <= Self.tinyLimit)
            #expect(manager.peakByteCount > 0)
            await settle(manager)
        }
    }

    /// Waits until the workers have let go of an ended query.
    private func settle(_ manager: MemoryManager) async {
        for _ in 0..<1_000_000 where manager.reservedByteCount > 0 || manager.temporaryByteCount > 0 {
            await Task.yield()
        }
        #expect(manager.reservedByteCount == 0)
        #expect(manager.temporaryByteCount == 0)
    }

    @Test func `the profile says what each operator held and wrote`() async throws {
        let plan = sorted(PlanMaker())
        let profile = QueryProfile(plan)
        var settings = QueryExecutor.Settings()
        settings.profile = profile
        let names = plan.columns.map { "\($0.id)" }
        let query = QueryPlan(root: plan, columnNames: names, declaredTypes: names.map { _ in nil })
        _ = try await executor(MemoryManager(limit: Self.tinyLimit)).run(query, settings: settings)
        let counters = profile.operators
        #expect((1...Self.tinyLimit).contains(counters[0].peakByteCount))
        #expect(counters[0].spilledByteCount > 0)
        #expect(counters[1].peakByteCount == 0)
    }

    @Test func `what cannot fit fails alone and says what it asked for`() async throws {
        let manager = MemoryManager(limit: 256 << 10)
        let limited = executor(manager)
        let maker = PlanMaker()
        let scan = maker.scan(Self.table)
        let call = AggregateCall(
            function: .quantile(0.5, isContinuous: false), arguments: [scan.expressions[0]], isDistinct: false,
            filter: nil, collation: .binary, type: .int64)
        let node = PhysicalAggregate(input: scan, keys: [], aggregates: [call])
        let plan = maker.plan(.aggregate(node), maker.columns([.int64]))
        do {
            _ = try await run(plan, limited)
            Issue.record("a median of 20 000 numbers within 256 KB")
        } catch let error as EngineError {
            #expect(error.code == .outOfMemory)
            #expect(error.message.hasPrefix("aggregate needs "))
            #expect(error.message.contains("256 KB"))
            #expect(error.hint?.contains("memoryLimit") == true)
        }
        await settle(manager)
        let count = try await run(grouped(PlanMaker(), .count, byText: false), limited)
        #expect(count == [[.integer(20_000)]])
    }

    @Test func `the limit of a query is named where it is the one that refuses`() {
        let manager = MemoryManager(limit: 100 << 20, queryLimit: 1 << 20)
        let query = QueryMemory(manager)
        let reservation = OperatorMemory("group by", query).makeReservation()
        let error = #expect(throws: EngineError.self) { try reservation.resize(to: 2 << 20) }
        #expect(error?.message.contains("1.0 MB") == true)
        #expect(error?.hint?.contains("queryMemoryLimit") == true)
    }

    @Test func `reservations move in steps and are given back`() throws {
        let manager = MemoryManager(limit: 16 << 20)
        let memory = OperatorMemory("test", QueryMemory(manager))
        do {
            let reservation = memory.makeReservation()
            try reservation.resize(to: 1)
            #expect(manager.reservedByteCount == 128 << 10)
            #expect(reservation.tryResize(to: 8 << 20))
            #expect(!reservation.tryResize(to: (8 << 20) + 1))
            #expect(reservation.tryResize(to: (8 << 20) + 1, .reading))
            // Beside what others hold half of the rest is left.
            let other = OperatorMemory("other", memory.query).makeReservation()
            #expect(other.tryResize(to: 3 << 20))
            #expect(!other.tryResize(to: 5 << 20))
            try reservation.resize(to: 0)
            #expect(memory.heldByteCount == 0)
        }
        #expect(manager.reservedByteCount == 0)
    }
}
