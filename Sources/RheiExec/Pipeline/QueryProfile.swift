package import RheiPlan
import RheiCompute
import Synchronization

/// What each operator of a query has yielded and how long it worked, for EXPLAIN ANALYZE.
///
/// Operators are numbered in the plan's preorder (``RheiPlan/PhysicalPlan/children``). Times are those of all workers
/// together, without the work that ends a breaker.
package final class QueryProfile: Sendable {
    private let counters: Mutex<[Counter]>

    /// The counts of one operator.
    package struct Counter: Sendable {
        /// Rows that the operator passed on.
        package var rowCount = 0
        package var batchCount = 0
        package var duration = Duration.zero
        /// The most bytes that the operator held at once, in the coarse steps in which it asked for them; zero for one
        /// that holds no rows.
        package var peakByteCount = 0
        /// Bytes that the operator wrote to temporary files.
        package var spilledByteCount = 0
    }

    package init(_ plan: PhysicalPlan) {
        counters = Mutex(Array(repeating: Counter(), count: plan.operatorCount))
    }

    /// The counts by operator, in preorder. Complete when the query has ended.
    package var operators: [Counter] { counters.withLock { $0 } }

    /// Notes how much an operator holds, which is more than ever before.
    func notePeak(_ byteCount: Int, of node: Int) {
        counters.withLock { $0[node].peakByteCount = max($0[node].peakByteCount, byteCount) }
    }

    func noteSpill(_ byteCount: Int, of node: Int) { counters.withLock { $0[node].spilledByteCount += byteCount } }

    /// Adds what one worker counted.
    func add(_ part: [Counter]) {
        counters.withLock { counters in
            for index in counters.indices {
                counters[index].rowCount += part[index].rowCount
                counters[index].batchCount += part[index].batchCount
                counters[index].duration += part[index].duration
            }
        }
    }
}

/// One worker's stopwatch: at any time one operator is running, and the time goes to it.
final class OperatorClock {
    private let profile: QueryProfile
    private var counters: [QueryProfile.Counter]
    private var current: Int?
    private var mark = ContinuousClock.now

    init(_ profile: QueryProfile) {
        self.profile = profile
        counters = Array(repeating: QueryProfile.Counter(), count: profile.operators.count)
    }

    /// Charges the time since the last change and lets `node` run.
    func enter(_ node: Int?) {
        let now = ContinuousClock.now
        if let current { counters[current].duration += now - mark }
        mark = now
        current = node
    }

    func count(_ node: Int, rows: Int) {
        counters[node].rowCount += rows
        counters[node].batchCount += 1
    }

    /// Hands over what was counted since the last call.
    func flush() {
        profile.add(counters)
        counters = Array(repeating: QueryProfile.Counter(), count: counters.count)
    }
}

/// Stands between an operator and the one that consumes its output, and counts.
struct CountingStep: PipelineStep {
    let profile: QueryProfile
    let node: Int
    /// The operator that the batches go to; nil for the result.
    let parent: Int?
    /// Whether the operator is the pipeline's source.
    let isSource: Bool

    func makeConsumer(worker: WorkerContext, next: any BatchConsumer) throws -> any BatchConsumer {
        let clock = worker.makeClock(profile)
        let consumer = Consumer(step: self, clock: clock, next: next)
        if isSource { worker.observeMorsels(consumer) }
        return consumer
    }

    private final class Consumer: BatchConsumer, MorselObserver {
        private let step: CountingStep
        private let clock: OperatorClock
        private let next: any BatchConsumer

        init(step: CountingStep, clock: OperatorClock, next: any BatchConsumer) {
            self.step = step
            self.clock = clock
            self.next = next
        }

        func morselBegan(_ position: MorselPosition) { clock.enter(step.node) }

        func morselEnded(_ position: MorselPosition) {
            clock.enter(nil)
            clock.flush()
        }

        func consume(_ batch: VectorBatch) throws {
            clock.count(step.node, rows: batch.selectedCount)
            clock.enter(step.parent)
            try next.consume(batch)
            clock.enter(step.node)
        }

        func finish() throws {
            clock.enter(step.parent)
            try next.finish()
            clock.enter(nil)
            clock.flush()
        }
    }
}

extension PhysicalPlan {
    /// The inputs, in the order in which operators are numbered.
    package var children: [PhysicalPlan] {
        switch node {
        case .scan, .values: []
        case .filter(let input, _), .project(let input, _), .sort(let input, _, _, _), .limit(let input, _, _),
            .shared(_, let input):
            [input]
        case .aggregate(let aggregate): [aggregate.input]
        case .expand(let node): [node.input]
        case .window(let window): [window.input]
        case .hashJoin(let join): [join.probe, join.build]
        case .nestedLoopJoin(let join): [join.probe, join.build]
        case .unionAll(let inputs): inputs
        case .recursion(let recursion): [recursion.start, recursion.step]
        }
    }

    /// Number of operators of the plan.
    package var operatorCount: Int { children.reduce(1) { $0 + $1.operatorCount } }
}
