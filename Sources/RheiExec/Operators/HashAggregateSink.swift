import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// GROUP BY: every worker groups its batches in its own tables; `complete` joins them.
///
/// Few groups are merged at once. Many are split by the hash of their keys into parts that the source merges when they
/// are asked for, by several workers at a time.
final class HashAggregateSink: PipelineSink {
    let plan: HashAggregatePlan
    private let parts = Mutex<[HashAggregator]>([])
    private let merged = Mutex<HashAggregateResult?>(nil)

    /// From how many groups on, over all workers, merging is left to the source.
    private static let partitionedGroupCount = 65_536

    init(plan: HashAggregatePlan) { self.plan = plan }

    /// Nil until the sink is complete.
    var result: HashAggregateResult? { merged.withLock { $0 } }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        try HashAggregateConsumer(plan: plan, sink: self, worker: worker)
    }

    func add(_ aggregator: HashAggregator) { parts.withLock { $0.append(aggregator) } }

    func complete() throws {
        let sources = parts.withLock { parts in
            defer { parts = [] }
            return parts
        }
        let result = try merge(sources)
        merged.withLock { $0 = result }
    }

    private func merge(_ sources: [HashAggregator]) throws -> HashAggregateResult {
        guard let first = sources.first else { return .whole(try plan.makeAggregator()) }
        let groupCount = sources.reduce(0) { $0 + $1.groupCount }
        if sources.count > 1, groupCount >= Self.partitionedGroupCount, !first.hasDistinct {
            let parts = AggregatePartitions(
                sources, keyTypes: plan.keyTypes, aggregates: plan.aggregates, bits: groupCount < 1 << 20 ? 4 : 6)
            return .parts(parts)
        }
        for other in sources.dropFirst() { first.absorb(other) }
        return .whole(first)
    }
}

/// What the workers' tables became.
enum HashAggregateResult: Sendable {
    case whole(HashAggregator)
    case parts(AggregatePartitions)
}
