import RheiCompute
@testable import RheiExec
import Synchronization
import Testing

/// What a worker keeps refers back to it; all of it must go when its query ends.
@Suite struct WorkerLifetimeTests {
    /// Counts those of its kind that are alive.
    private final class Token {
        static let livingCount = Mutex(0)
        let worker: WorkerContext

        init(_ worker: WorkerContext) {
            self.worker = worker
            Self.livingCount.withLock { $0 += 1 }
        }

        deinit { Self.livingCount.withLock { $0 -= 1 } }
    }

    private struct Failure: Error {}

    private struct Source: PipelineSource {
        var failsAt: Int?
        var morselCount: Int { 3 }
        func prepare() {}

        func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
            if worker.sourceState == nil { worker.sourceState = Token(worker) }
            if morsel == failsAt { throw Failure() }
        }
    }

    private final class Consumer: BatchConsumer, MorselObserver {
        private let token: Token
        init(_ worker: WorkerContext) { token = Token(worker) }
        func consume(_ batch: VectorBatch) {}
        func finish() {}
        func morselBegan(_ position: MorselPosition) {}
        func morselEnded(_ position: MorselPosition) {}
    }

    private struct Sink: PipelineSink {
        func makeConsumer(worker: WorkerContext) -> any BatchConsumer {
            let consumer = Consumer(worker)
            worker.observeMorsels(consumer)
            return consumer
        }

        func complete() {}
    }

    @Test func `neither a query that ends nor one that fails leaves anything behind`() {
        for failsAt in [nil, 0, 2] {
            let pipeline = Pipeline(source: Source(failsAt: failsAt), steps: [], sink: Sink(), dependencies: [])
            let hasFailed = Mutex(false)
            let run = QueryRun([pipeline], context: QueryContext()) { error in hasFailed.withLock { $0 = error != nil }
            }
            run.runAlone()
            #expect(hasFailed.withLock { $0 } == (failsAt != nil))
            #expect(Token.livingCount.withLock { $0 } == 0)
        }
    }
}
