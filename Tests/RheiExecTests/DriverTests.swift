import RheiArrow
import RheiCore
import RheiExec
import RheiPlan
import Synchronization
import Testing

@Suite struct DriverTests {
    private func query(_ plan: PhysicalPlan) -> QueryPlan {
        QueryPlan(
            root: plan, columnNames: plan.columns.map { "\($0.id)" }, declaredTypes: plan.columns.map { _ in nil })
    }

    private func table(rowCount: Int) -> MemoryTable {
        MemoryTable(columns: [("a", .int64)], rows: (0..<rowCount).map { [.integer(Int64($0))] }, rowsPerGroup: 10)
    }

    @Test(arguments: Configuration.all)
    func `many queries at once share the pool and all end`(_ configuration: Configuration) async throws {
        let executor = configuration.makeExecutor()
        let table = table(rowCount: 300)
        try await withThrowingTaskGroup(of: [[SQLValue]].self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let plan = PlanMaker().scan(table)
                    return try await executor.run(query(plan), settings: configuration.settings)
                        .flatMap { try $0.rows }
                }
            }
            for try await rows in group { #expect(rows == (0..<300).map { [.integer($0)] }) }
        }
    }

    @Test func `a slow reader closes the gate and still gets every row in order`() async throws {
        for threadCount in [1, 2] {
            var configuration = Configuration.all[3]
            configuration.threadCount = threadCount
            var settings = configuration.settings
            settings.waitingRowBound = 1
            let executor = configuration.makeExecutor()
            let result = try executor.start(query(PlanMaker().scan(table(rowCount: 200))), settings: settings)
            // While nothing is read, another query passes.
            let other = try await executor.run(query(PlanMaker().scan(table(rowCount: 30))), settings: settings)
            #expect(other.reduce(0) { $0 + $1.rowCount } == 30)
            var rows: [[SQLValue]] = []
            for try await batch in result { rows += try batch.rows }
            #expect(rows == (0..<200).map { [.integer($0)] })
        }
    }

    @Test(arguments: Configuration.all)
    func `an error is thrown once and leaves the pool usable`(_ configuration: Configuration) async throws {
        let executor = configuration.makeExecutor()
        let maker = PlanMaker()
        let failing = maker.project(maker.scan(table(rowCount: 100))) { columns in
            [.add(columns[0], .integer(.max - 50))]
        }
        for _ in 0..<3 {
            let error = await #expect(throws: EngineError.self) {
                try await executor.run(query(failing), settings: configuration.settings)
            }
            #expect(error?.code == .leavesInteger)
        }
        let rows = try await executor.run(query(maker.scan(table(rowCount: 100))), settings: configuration.settings)
        #expect(rows.reduce(0) { $0 + $1.rowCount } == 100)
    }

    @Test func `cancelling the task ends the query with an error`() async throws {
        let configuration = Configuration(vectorSize: 1, threadCount: 2)
        var settings = configuration.settings
        settings.waitingRowBound = 1
        let executor = configuration.makeExecutor()
        let fixed = settings
        let gate = StallingTable(inner: table(rowCount: 100))
        let task = Task {
            try await executor.start(query(PlanMaker().scan(gate)), settings: fixed).collect()
        }
        await gate.waitUntilReached()
        task.cancel()
        gate.open()
        let error = await #expect(throws: EngineError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(try await executor.run(query(PlanMaker().scan(table(rowCount: 5))), settings: fixed).count > 0)
    }

    @Test func `a deadline in the past ends the query`() async throws {
        for configuration in Configuration.all {
            var settings = configuration.settings
            settings.deadline = ContinuousClock.now
            let error = await #expect(throws: EngineError.self) {
                try await configuration.makeExecutor().run(
                    query(PlanMaker().scan(table(rowCount: 100))), settings: settings)
            }
            #expect(error?.code == .cancelled)
        }
    }

    @Test func `LIMIT stops a scan after the rows it needs`() async throws {
        // With a second worker, how far it runs ahead of the first morsel is a matter of chance.
        for configuration in Configuration.all where configuration.threadCount == 1 {
            let counting = ObservedTable(inner: table(rowCount: 1000))
            let maker = PlanMaker()
            let output = maker.columns([.int64])
            let scan = PhysicalScan(provider: counting, tableColumns: [0], filters: [], zoneFilters: [])
            let plan = maker.limit(maker.plan(.scan(scan), output), 3)
            #expect(try await configuration.rows(plan) == [[.integer(0)], [.integer(1)], [.integer(2)]])
            #expect(counting.readCount.load(ordering: .relaxed) == 1)
        }
    }

    @Test func `a result that is let go of cancels its query`() async throws {
        let configuration = Configuration(vectorSize: 2048, threadCount: 1)
        var settings = configuration.settings
        settings.waitingRowBound = 1
        let executor = configuration.makeExecutor()
        for _ in 0..<5 {
            let result = try executor.start(query(PlanMaker().scan(table(rowCount: 500))), settings: settings)
            _ = try await result.next()
        }
        let rows = try await executor.run(query(PlanMaker().scan(table(rowCount: 50))), settings: settings)
        #expect(rows.reduce(0) { $0 + $1.rowCount } == 50)
    }

    @Test func `a small query passes a long one after its current morsel`() async throws {
        let executor = QueryExecutor(pool: WorkerPool(threadCount: 1))
        var settings = Configuration(vectorSize: 2048, threadCount: 1).settings
        settings.rowsPerMorsel = 10
        let isSubmitted = Atomic<Bool>(false)
        let readBefore = Atomic<Int>(-1)
        let long = ObservedTable(inner: table(rowCount: 1000)) { readCount in
            if readCount == 1 { while !isSubmitted.load(ordering: .acquiring) {} }
        }
        let short = ObservedTable(inner: table(rowCount: 10)) { _ in
            readBefore.store(long.readCount.load(ordering: .relaxed), ordering: .relaxed)
        }
        func start(_ table: ObservedTable) throws -> QueryResult {
            let maker = PlanMaker()
            let scan = PhysicalScan(provider: table, tableColumns: [0], filters: [], zoneFilters: [])
            return try executor.start(query(maker.plan(.scan(scan), maker.columns([.int64]))), settings: settings)
        }
        let longResult = try start(long)
        let shortResult = try start(short)
        isSubmitted.store(true, ordering: .releasing)
        #expect(try await shortResult.collect().reduce(0) { $0 + $1.rowCount } == 10)
        #expect(try await longResult.collect().reduce(0) { $0 + $1.rowCount } == 1000)
        #expect((1...2).contains(readBefore.load(ordering: .relaxed)))
    }

    @Test func `two workers take morsels of one scan at the same time`() async throws {
        // Each of the two row groups is readable only once the other has been asked for.
        let meeting = MeetingTable(inner: table(rowCount: 20))
        let configuration = Configuration(vectorSize: 2048, threadCount: 2)
        var settings = configuration.settings
        settings.rowsPerMorsel = 10
        let maker = PlanMaker()
        let scan = PhysicalScan(provider: meeting, tableColumns: [0], filters: [], zoneFilters: [])
        let plan = query(maker.plan(.scan(scan), maker.columns([.int64])))
        let rows = try await configuration.makeExecutor().run(plan, settings: settings).flatMap { try $0.rows }
        #expect(rows == (0..<20).map { [.integer($0)] })
    }

    @Test(arguments: Configuration.all)
    func `a profile counts the rows that each operator passed on`(_ configuration: Configuration) async throws {
        let maker = PlanMaker()
        let filtered = maker.filter(maker.scan(table(rowCount: 50))) { [.compare($0[0], .less, .integer(20))] }
        let limited = maker.limit(maker.project(filtered) { [.add($0[0], .integer(1))] }, nil, offset: 5)
        let plan = maker.union([limited, maker.values([[.integer(1)]], types: [.int64])])
        var settings = configuration.settings
        let profile = QueryProfile(plan)
        settings.profile = profile
        let batches = try await configuration.makeExecutor().run(query(plan), settings: settings)
        #expect(batches.reduce(0) { $0 + $1.rowCount } == 16)
        #expect(profile.operators.map(\.rowCount) == [16, 15, 20, 20, 50, 1])
    }

    @Test func `the schema names columns and gives truth values as integers`() async throws {
        let maker = PlanMaker()
        let plan = maker.project(maker.scan(table(rowCount: 1))) {
            [.compare($0[0], .less, .integer(1)), .text("x"), $0[0]]
        }
        let query = QueryPlan(root: plan, columnNames: ["p", "q", "q"], declaredTypes: [nil, nil, nil])
        let result = try Configuration.all[0].makeExecutor().start(query)
        #expect(result.schema == Schema([Field("p", .int64), Field("q", .utf8View), Field("q", .int64)]))
        #expect(try await result.collect().flatMap { try $0.rows } == [[.integer(1), "x", .integer(0)]])
    }
}

/// Counts how often a column is asked for, and tells.
private final class ObservedTable: TableProvider {
    let inner: MemoryTable
    let readCount = Atomic<Int>(0)
    let onRead: @Sendable (Int) -> Void

    init(inner: MemoryTable, onRead: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.inner = inner
        self.onRead = onRead
    }

    var table: TableDescription { inner.table }
    var rowCount: Int { inner.rowCount }
    func statistics(column: Int) -> ColumnStatistics? { nil }
    func scan(columns: [Int], filters: [ScanFilter]) throws -> any TableScan { Scan(table: self) }

    struct Scan: TableScan {
        let table: ObservedTable
        var rowGroupCount: Int { table.inner.groups.count }
        func rowGroup(_ index: Int) throws -> (any ScanRowGroup)? {
            Group(table: table, inner: table.inner.groups[index])
        }
    }

    struct Group: ScanRowGroup {
        let table: ObservedTable
        let inner: MemoryTable.Group
        var rowCount: Int { inner.rowCount }
        var deletedRows: Bitmap? { nil }
        func column(_ index: Int) throws -> ArrowArray {
            table.onRead(table.readCount.add(1, ordering: .relaxed).oldValue)
            return try inner.column(index)
        }
    }
}

/// Holds the scan back until the test opens it.
private final class StallingTable: TableProvider {
    let inner: MemoryTable
    private let isOpen = Atomic<Bool>(false)
    private let isReached = Atomic<Bool>(false)

    init(inner: MemoryTable) { self.inner = inner }

    func open() { isOpen.store(true, ordering: .releasing) }

    func waitUntilReached() async {
        while !isReached.load(ordering: .acquiring) { await Task.yield() }
    }

    var table: TableDescription { inner.table }
    var rowCount: Int { inner.rowCount }
    func statistics(column: Int) -> ColumnStatistics? { nil }
    func scan(columns: [Int], filters: [ScanFilter]) throws -> any TableScan {
        isReached.store(true, ordering: .releasing)
        while !isOpen.load(ordering: .acquiring) {}
        return try inner.scan(columns: columns, filters: filters)
    }
}

/// A table of two row groups, each of which waits for a reader of the other.
private final class MeetingTable: TableProvider {
    let inner: MemoryTable
    private let arrivedCount = Atomic<Int>(0)

    init(inner: MemoryTable) { self.inner = inner }

    var table: TableDescription { inner.table }
    var rowCount: Int { inner.rowCount }
    func statistics(column: Int) -> ColumnStatistics? { nil }
    func scan(columns: [Int], filters: [ScanFilter]) throws -> any TableScan { Scan(table: self) }

    struct Scan: TableScan {
        let table: MeetingTable
        var rowGroupCount: Int { 2 }
        func rowGroup(_ index: Int) throws -> (any ScanRowGroup)? {
            Group(table: table, inner: table.inner.groups[index])
        }
    }

    struct Group: ScanRowGroup {
        let table: MeetingTable
        let inner: MemoryTable.Group
        var rowCount: Int { inner.rowCount }
        var deletedRows: Bitmap? { nil }
        func column(_ index: Int) throws -> ArrowArray {
            table.arrivedCount.add(1, ordering: .releasing)
            while table.arrivedCount.load(ordering: .acquiring) < 2 {}
            return try inner.column(index)
        }
    }
}
