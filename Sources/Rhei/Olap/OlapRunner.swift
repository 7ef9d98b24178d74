import RheiExec
import RheiPlan
import RheiSQL
import RheiStore

/// Plans queries over a catalog and runs them on the engine's worker threads.
struct OlapRunner: Sendable {
    private let executor: QueryExecutor
    /// Runs what begins while the engine writes. Threads of its own, for not every process may raise the priority of
    /// one again.
    private let yieldingExecutor: QueryExecutor
    /// When the engine wrote.
    let writes = WriteActivity()
    private let vectorSize: Int
    private let optimizes: Bool
    private let timeout: Duration?
    let plans = PlanCache()

    init(_ config: HtapConfig) {
        let threadCount = config.threadCount ?? ProcessorCount.available
        let spill = SpillDirectory(path: config.temporaryDirectory, limit: config.temporaryDiskLimit ?? .max)
        spill.removeLeftovers()
        let memory = MemoryManager(
            limit: config.memoryLimit ?? MachineMemory.byteCount / 4 * 3, queryLimit: config.queryMemoryLimit ?? .max,
            spill: spill, otherByteCount: config.pageByteCount)
        let niceness = min(max(config.queryNiceness, 0), 19)
        executor = QueryExecutor(pool: WorkerPool(threadCount: max(threadCount, 1)), memory: memory)
        yieldingExecutor =
            niceness == 0
            ? executor
            : QueryExecutor(pool: WorkerPool(threadCount: max(threadCount, 1), niceness: niceness), memory: memory)
        timeout = config.queryTimeout
        vectorSize = config.vectorSize
        optimizes = config.optimizes
    }

    var memory: MemoryManager { executor.memory }

    /// Makes the cache of columns from segment files: it may have what queries leave of the memory limit, and gives way
    /// to them.
    func makeColumnCache() -> ColumnCache {
        let memory = memory
        let cache = ColumnCache { [weak memory] in memory?.yieldingByteLimit ?? 0 }
        memory.giveWay(cache)
        return cache
    }

    /// Makes all queries that run fail with `cancelled`.
    func interrupt() { for executor in executors { executor.interrupt() } }

    /// How far each running query has come.
    var progress: [QueryProgress] { executors.flatMap(\.progress) }

    private var executors: [QueryExecutor] {
        yieldingExecutor === executor ? [executor] : [executor, yieldingExecutor]
    }

    /// Plans a query, or finds its plan over the same data.
    ///
    /// - Parameters:
    ///   - widens: whether integer arithmetic may leave 64 bits; such plans are not kept.
    ///   - point: the moment that tables with a history are read at; such plans are not kept either.
    func plan(
        _ select: SelectStatement, sql: String, _ parameters: [SQLValue], catalog: EngineCatalog, widens: Bool = false,
        asOf point: HistoryPoint? = nil
    ) throws -> PlannedQuery {
        let key = PlanCache.Key(sql: sql, parameters: parameters)
        let isPlain = !widens && point == nil
        if isPlain, let known = knownPlan(key, over: catalog) { return known }
        var options = options(catalog.reuse)
        options.widensArithmetic = widens
        options.vectorSize = vectorSize
        options.asOf = point
        let plan = try Planner(catalog: catalog, parameters: parameters, sql: sql, options: options).plan(select)
        if isPlain, catalog.reuse.isAllowed { plans.keep(plan, key, over: catalog) }
        return PlannedQuery(plan: plan, over: catalog)
    }

    /// The plan that is kept of a query over these very data.
    func knownPlan(_ key: PlanCache.Key, over catalog: EngineCatalog) -> PlannedQuery? {
        plans.plan(key, over: catalog).map { PlannedQuery(plan: $0, over: catalog) }
    }

    private func options(_ reuse: PlanReuse) -> PlannerOptions {
        PlannerOptions(
            optimize: optimizes,
            evaluate: { expression in
                if !expression.isDeterministic { reuse.forbid() }
                return try? ConstantEvaluator.evaluate(expression)
            },
            run: { [vectorSize] plan in
                reuse.forbid()
                return try QueryExecutor.rows(of: plan, vectorSize: vectorSize)
            })
    }

    /// Starts a planned query; `profile`, made of the same plan, counts what its operators do.
    func start(_ planned: PlannedQuery, profile: QueryProfile? = nil) throws -> RheiExec.QueryResult {
        var settings = settings
        settings.profile = profile
        let executor = writes.isGoingOn ? yieldingExecutor : executor
        return try executor.start(planned.plan, settings: settings)
    }

    /// Does pieces of work on the worker threads, see ``QueryExecutor/run(pieces:settings:_:)``.
    func run(pieces rowCounts: [Int], _ work: @escaping @Sendable (Int) throws -> Void) async throws {
        try await executor.run(pieces: rowCounts, settings: settings, work)
    }

    private var settings: QueryExecutor.Settings {
        var settings = QueryExecutor.Settings()
        settings.vectorSize = vectorSize
        settings.deadline = timeout.map { ContinuousClock.now + $0 }
        return settings
    }
}

/// A plan and where its data stands.
struct PlannedQuery: Sendable {
    let plan: QueryPlan
    /// The position of the data; nil when nothing is captured.
    let position: Int64?
    var syncDuration = Duration.zero
    var planDuration = Duration.zero

    init(plan: QueryPlan, over catalog: EngineCatalog) {
        self.plan = plan
        let position = catalog.snapshot.position.value
        self.position = position == 0 ? nil : position
    }

    /// The plan as a tree of text.
    var text: String { PlanPrinter.text(plan) }

    func info(reason: String) -> QueryInfo {
        var info = QueryInfo(target: .olap, reason: reason)
        info.position = position
        info.syncDuration = syncDuration
        info.planDuration = planDuration
        return info
    }
}
