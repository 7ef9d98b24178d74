import RheiCompute
package import RheiCore
import Synchronization

/// What all workers of a query share: cancellation, the deadline, and the settings that tests vary.
package final class QueryContext: Sendable {
    /// Rows per batch that a scan takes, 1 to ``VectorBatch/capacity``.
    package let vectorSize: Int
    /// A pipeline gets one more worker per this many rows of its source.
    package let rowsPerWorker: Int
    /// The most threads that work for the query at a time.
    package let threadCount: Int
    /// The most rows per morsel of a scan.
    package let rowsPerMorsel: Int
    /// Groups of a worker's table beyond which it may begin another one, see ``GroupGrowth``.
    package let groupsPerTable: Int
    /// When the query gives up, or nil.
    package let deadline: ContinuousClock.Instant?
    /// What `now` means throughout the query, see ``StatementTime``.
    package let statementTime: Int64
    /// What the query's operators hold.
    package let memory: QueryMemory
    /// How far the query has come.
    package let progress = QueryProgress()
    private let cancelled = Atomic<Bool>(false)

    package init(
        vectorSize: Int = VectorBatch.capacity, rowsPerWorker: Int = 8192, rowsPerMorsel: Int = 65_536,
        groupsPerTable: Int = 65_536, threadCount: Int = 1, deadline: ContinuousClock.Instant? = nil,
        memory: MemoryManager = MemoryManager()
    ) {
        self.threadCount = max(threadCount, 1)
        self.groupsPerTable = max(groupsPerTable, 1)
        self.memory = QueryMemory(memory)
        self.vectorSize = min(max(vectorSize, 1), VectorBatch.capacity)
        self.rowsPerWorker = max(rowsPerWorker, 1)
        self.rowsPerMorsel = max(rowsPerMorsel, 1)
        self.deadline = deadline
        statementTime = StatementTime.now()
    }

    /// Makes every worker of the query throw at its next check. Safe from any thread, any number of times.
    package func cancel() { cancelled.store(true, ordering: .relaxed) }

    static var cancellation: EngineError { EngineError(.cancelled, "the query was cancelled") }

    package var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// Throws `cancelled` when the query was cancelled or its deadline has passed.
    package func checkCancelled() throws(EngineError) {
        if isCancelled { throw Self.cancellation }
        if let deadline, ContinuousClock.now >= deadline {
            throw EngineError(.cancelled, "the query ran past its deadline")
        }
    }
}

/// How far a query has come, readable from any thread.
package final class QueryProgress: Sendable {
    package let startTime = ContinuousClock.now
    private let done = Atomic<Int>(0)
    private let expected = Atomic<Int>(0)

    init() {}

    /// Rows that sources have pushed.
    package var rowCount: Int { done.load(ordering: .relaxed) }
    /// Rows that the sources opened so far have, as far as that is known; grows as pipelines start.
    package var expectedRowCount: Int { expected.load(ordering: .relaxed) }

    func expect(_ rowCount: Int) { expected.add(rowCount, ordering: .relaxed) }
    func add(_ rowCount: Int) { done.add(rowCount, ordering: .relaxed) }
}
