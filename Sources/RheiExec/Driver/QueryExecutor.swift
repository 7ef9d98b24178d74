package import RheiArrow
import RheiCompute
package import RheiCore
package import RheiPlan
import Synchronization

/// Runs plans on a pool of threads.
package final class QueryExecutor: Sendable {
    /// What a query may use.
    package struct Settings: Sendable {
        /// Rows per batch, see ``QueryContext/vectorSize``.
        package var vectorSize = VectorBatch.capacity
        /// A pipeline gets one more worker per this many rows of its source.
        package var rowsPerWorker = 8192
        /// The most rows per morsel of a scan.
        package var rowsPerMorsel = 65_536
        /// Groups of a worker's table beyond which it may begin another one.
        package var groupsPerTable = 65_536
        /// Result rows that may wait for their reader before workers pause.
        package var waitingRowBound = 1 << 18
        /// Plans that touch at most this many rows run on the calling thread.
        package var inlineRowBound = 4096.0
        package var deadline: ContinuousClock.Instant?
        /// Counts what the plan's operators do; made of the same plan.
        package var profile: QueryProfile?

        package init() {}
    }

    private let pool: WorkerPool
    package let memory: MemoryManager
    /// The queries that run, by number.
    private let running = Mutex<[Int: Running]>([:])
    private let queryNumber = Atomic<Int>(0)

    private struct Running: Sendable {
        let context: QueryContext
        let channel: ResultChannel
    }

    package init(pool: WorkerPool, memory: MemoryManager = MemoryManager()) {
        self.pool = pool
        self.memory = memory
    }

    package var threadCount: Int { pool.threadCount }

    /// Makes all queries that run fail with `cancelled`, see ``QueryResult/cancel()``.
    package func interrupt() {
        for query in running.withLock({ Array($0.values) }) {
            query.context.cancel()
            query.channel.finish(QueryContext.cancellation)
        }
        pool.waker()
    }

    /// How far each query has come that runs and is not cancelled, oldest first.
    package var progress: [QueryProgress] {
        running.withLock { running in
            running.sorted { $0.key < $1.key }.map(\.value.context).filter { !$0.isCancelled }.map(\.progress)
        }
    }

    /// The bound of waiting result rows, less where memory is scarce: rows are taken to have 128 bytes.
    private func waitingRowBound(_ settings: Settings) -> Int {
        if settings.waitingRowBound == .max { return .max }
        return min(settings.waitingRowBound, max(memory.queryLimit / 16 / 128, 4096))
    }

    /// Starts a query and returns its result, which is read while it is being made.
    ///
    /// Never waits, except that a tiny plan runs to its end on the calling thread. Errors of the query are thrown by
    /// the result's `next`; plans that have no operators throw here.
    package func start(_ plan: QueryPlan, settings: Settings = Settings()) throws -> QueryResult {
        _ = try ColumnLayout(plan.root.columns)
        let isTiny = plan.root.workBound <= settings.inlineRowBound
        return try start(Self.schema(of: plan), settings, isTiny: isTiny) { query, sink in
            var builder = PipelineBuilder(query: query, profile: settings.profile)
            return try builder.build(plan.root, into: sink)
        }
    }

    /// Does pieces of work in any order on the workers, as a query that has no rows: it is cancelled, interrupted and
    /// timed like one.
    ///
    /// - Parameter rowCounts: rows of each piece.
    package func run(
        pieces rowCounts: [Int], settings: Settings = Settings(), _ work: @escaping @Sendable (Int) throws -> Void
    ) async throws {
        let result = try start(Schema([]), settings, isTiny: false) { _, sink in
            [Pipeline(source: PartsSource(rowCounts: rowCounts, work: work), steps: [], sink: sink, dependencies: [])]
        }
        _ = try await result.collect()
    }

    private func start(
        _ schema: Schema, _ settings: Settings, isTiny: Bool,
        pipelines: (QueryContext, ResultSink) throws -> [Pipeline]
    ) throws -> QueryResult {
        let context = QueryContext(
            vectorSize: settings.vectorSize, rowsPerWorker: settings.rowsPerWorker,
            rowsPerMorsel: settings.rowsPerMorsel, groupsPerTable: settings.groupsPerTable,
            threadCount: pool.threadCount, deadline: settings.deadline, memory: memory)
        let wake = pool.waker
        let channel = ResultChannel(rowBound: waitingRowBound(settings), onDrain: wake)
        let pipelines = try pipelines(context, ResultSink(schema: schema, channel: channel))
        let number = queryNumber.add(1, ordering: .relaxed).newValue
        running.withLock { $0[number] = Running(context: context, channel: channel) }
        let run = QueryRun(pipelines, context: context) { [weak self] error in
            self?.running.withLock { $0[number] = nil }
            context.memory.close()
            channel.finish(error)
        }
        if isTiny {
            run.runAlone()
        } else {
            pool.submit(run)
        }
        return QueryResult(schema: schema, channel: channel, context: context, wake: wake)
    }

    /// Runs a plan to its end on the calling thread and returns its rows as values.
    package static func rows(of plan: QueryPlan, vectorSize: Int = VectorBatch.capacity) throws -> [[SQLValue]] {
        let context = QueryContext(vectorSize: vectorSize)
        var builder = PipelineBuilder(query: context)
        let sink = RowCollectionSink(
            types: try ColumnLayout(plan.root.columns).types, chunkCapacity: context.vectorSize)
        let pipelines = try builder.build(plan.root, into: sink)
        let failure = Mutex<(any Error)?>(nil)
        QueryRun(pipelines, context: context) { error in failure.withLock { $0 = error } }.runAlone()
        if let error = failure.withLock({ $0 }) { throw error }
        guard let rows = sink.output.value else { return [] }
        defer { withExtendedLifetime(rows) {} }
        return (0..<rows.chunkCount).flatMap { chunk in
            (0..<rows.rowCount(chunk: chunk)).map { row in
                rows.columns(chunk: chunk).map { $0.datum(row).sqlValue }
            }
        }
    }

    /// Runs a query and returns all of its batches.
    package func run(_ plan: QueryPlan, settings: Settings = Settings()) async throws -> [RecordBatch] {
        var settings = settings
        settings.waitingRowBound = .max
        return try await start(plan, settings: settings).collect()
    }

    /// The schema of a plan's result: truth values are integers, text and bytes are views.
    package static func schema(of plan: QueryPlan) -> Schema {
        Schema(
            plan.root.columns.enumerated().map { index, column in
                let name = index < plan.columnNames.count ? plan.columnNames[index] : "\(column.id)"
                return Field(name, resultType(column.type))
            })
    }

    private static func resultType(_ type: DataType) -> DataType {
        switch type {
        case .bool: .int64
        case .utf8: .utf8View
        case .binary: .binaryView
        default: type
        }
    }
}

extension PhysicalPlan {
    /// An upper bound of the rows that operators look at; decides whether a plan is worth a worker.
    var workBound: Double {
        switch node {
        case .scan(let scan): Double(scan.provider.rowCount(within: scan.zoneFilters))
        case .values(let rows): Double(rows.count)
        case .filter(let input, _), .project(let input, _), .sort(let input, _, _, _), .limit(let input, _, _),
            .shared(_, let input):
            input.workBound
        case .aggregate(let aggregate): aggregate.input.workBound
        // How many rows a table function makes, nobody knows before.
        case .expand: .infinity
        case .window(let window): window.input.workBound
        case .hashJoin(let join): Self.joinBound(join.probe.workBound, join.build.workBound)
        case .nestedLoopJoin(let join): Self.joinBound(join.probe.workBound, join.build.workBound)
        case .unionAll(let inputs): inputs.reduce(0) { $0 + $1.workBound }
        // How many rounds there will be, nobody knows.
        case .recursion: .infinity
        }
    }

    /// Each side is asked once, so that the cost is linear in the size of the plan.
    private static func joinBound(_ probe: Double, _ build: Double) -> Double { probe + build + probe * build }
}
