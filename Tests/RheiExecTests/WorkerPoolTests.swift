import Dispatch
@testable import RheiExec
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
    /// Each piece of work waits for all others: with a worker too few it would wait for good.
    @Test(.timeLimit(.minutes(2)), arguments: [1, 2, 3, 9])
    func `all workers are summoned, whether they are to be started or asleep`(threadCount: Int) async throws {
        let executor = QueryExecutor(pool: WorkerPool(threadCount: threadCount))
        let settings = QueryExecutor.Settings()
        for _ in 0..<50 {
            let arrivedCount = Mutex(0)
            let allArrived = DispatchSemaphore(value: 0)
            try await executor.run(pieces: Array(repeating: settings.rowsPerWorker, count: threadCount)) { _ in
                let isLast = arrivedCount.withLock { count in
                    count += 1
                    return count == threadCount
                }
                if isLast { for _ in 0..<threadCount { allArrived.signal() } }
                allArrived.wait()
            }
            #expect(arrivedCount.withLock { $0 } == threadCount)
        }
    }

    /// Also a worker that has more to do while nothing runs takes work.
    @Test(.timeLimit(.minutes(2)), arguments: [1, 3], [false, true])
    func `after a time without work the last worker says so, each time anew`(
        threadCount: Int, hasMore: Bool
    ) async throws {
        let (quiet, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let pool = WorkerPool(threadCount: threadCount) {
            continuation.yield()
            return hasMore
        }
        let executor = QueryExecutor(pool: pool)
        let rowsPerWorker = QueryExecutor.Settings().rowsPerWorker
        var times = quiet.makeAsyncIterator()
        for _ in 0..<2 {
            try await executor.run(pieces: Array(repeating: rowsPerWorker, count: threadCount)) { _ in }
            #expect(await times.next() != nil)
        }
    }

    @Test func `a thread is kept off a processor and let back`() async throws {
        let outcome: (isBound: Bool, isLetBack: Bool)? = await withCheckedContinuation { continuation in
            let isStarted = startThread {
                let thread = ThreadID()
                guard let all = ProcessorSet(of: thread), let rest = all.withoutCurrent() else {
                    return continuation.resume(returning: nil)
                }
                let isBound = rest != all && rest.bind(thread) && ProcessorSet(of: thread) == rest
                let isLetBack = all.bind(thread) && ProcessorSet(of: thread) == all
                continuation.resume(returning: (isBound, isLetBack))
            }
            if !isStarted { continuation.resume(returning: nil) }
        }
        // Nil where there is one processor, or none that the system tells of.
        guard let outcome else { return }
        #expect(outcome.isBound)
        #expect(outcome.isLetBack)
    }
}
