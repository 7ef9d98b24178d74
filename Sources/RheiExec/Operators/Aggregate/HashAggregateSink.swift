import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// GROUP BY: every worker groups its batches in its own tables; `complete` joins them.
///
/// Few groups are merged at once. Many are split by the hash of their keys into parts that the source merges when they
/// are asked for, by several workers at a time. Rows for which a worker's table has no room are put aside, split in the
/// same way, and grouped with their part.
final class HashAggregateSink: PipelineSink {
    let plan: HashAggregatePlan
    let memory: OperatorMemory
    /// How often the rows have been split by their hash already.
    let level: Int
    private let parts = Mutex<[HashAggregateShare]>([])
    private let spilled = Mutex<AggregateSpill?>(nil)
    private let merged = Mutex<HashAggregateResult?>(nil)

    /// From how many groups on, over all workers, merging is left to the source.
    private static let partitionedGroupCount = 32_768

    /// The parts of many groups are two to this power; fewer where the values of DISTINCT aggregates are looked through
    /// once for each part.
    var partitionBits: Int { plan.hasDistinct ? 4 : 6 }

    /// Hash bits that all rows agree on.
    var skippedBits: Int { level * RowPartitioner.bits }

    /// Up to how many groups a table that is full of DISTINCT values is split by values instead of by groups.
    private static let fewGroupsCount = 256

    init(plan: HashAggregatePlan, memory: OperatorMemory, level: Int = 0) {
        self.plan = plan
        self.memory = memory
        self.level = level
    }

    /// Nil until the sink is complete.
    var result: HashAggregateResult? { merged.withLock { $0 } }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        try HashAggregateConsumer(plan: plan, sink: self, worker: worker)
    }

    func add(_ share: HashAggregateShare) { parts.withLock { $0.append(share) } }

    func add(_ parts: SpilledParts) { spilled.withLock { $0 }?.add(parts) }

    /// Returns where rows are put aside; nil where splitting them would not help.
    ///
    /// - Parameter groupCount: groups of the worker that asks; the first one decides how rows are split.
    func spill(groupCount: Int) throws -> AggregateSpill? {
        guard level < memory.query.manager.splitLevelCount else { return nil }
        return try spilled.withLock { spilled in
            if let spilled { return spilled }
            let splitsValues =
                (plan.keys.isEmpty || groupCount <= Self.fewGroupsCount) && plan.distinctArgument != nil
            guard splitsValues || !plan.keys.isEmpty else { return nil }
            let result = AggregateSpill(
                split: splitsValues ? .distinctValue : .keys, level: level,
                file: try memory.query.manager.spill.makeFile())
            spilled = result
            return result
        }
    }

    func complete() throws {
        let sources = parts.withLock { parts in
            defer { parts = [] }
            return parts
        }
        let result = try merge(sources)
        merged.withLock { $0 = result }
    }

    private func merge(_ sources: [HashAggregateShare]) throws -> HashAggregateResult {
        if let spill = spilled.withLock({ $0 }) {
            return .spilled(SpilledGroups(plan: plan, memory: memory, sources: sources, spill: spill))
        }
        guard let first = sources.first else {
            return .whole(HashAggregateShare(try plan.makeAggregator(), memory.makeReservation()))
        }
        let groupCount = sources.reduce(0) { $0 + $1.aggregator.groupCount }
        if sources.count > 1, !sources.contains(where: { $0.rows != nil }),
            let groups = OrderedGroups(sources.map(\.aggregator))
        {
            return .ordered(groups, sources)
        }
        if sources.count > 1, !plan.keys.isEmpty,
            groupCount >= Self.partitionedGroupCount || sources.contains(where: { $0.order != nil || $0.rows != nil })
                || !hasRoom(for: sources.dropFirst(), in: first)
        {
            let parts = AggregatePartitions(
                sources.map(\.aggregator), keyTypes: plan.keyTypes, aggregates: plan.aggregates,
                bits: partitionBits, skippedBits: skippedBits, orders: sources.map(\.order),
                rows: sources.compactMap(\.rows))
            return .parts(parts, sources)
        }
        for other in sources.dropFirst() {
            if plan.keys.isEmpty {
                try first.reservation.resize(to: first.aggregator.byteCount + other.aggregator.byteCount)
            }
            first.aggregator.absorb(other.aggregator)
        }
        return .whole(first)
    }

    private func hasRoom(for others: ArraySlice<HashAggregateShare>, in first: HashAggregateShare) -> Bool {
        let added = others.reduce(0) { $0 + $1.aggregator.byteCount }
        return first.reservation.tryResize(to: first.aggregator.byteCount + added * 2, .reading)
    }
}

/// What the workers' tables became.
enum HashAggregateResult: Sendable {
    case whole(HashAggregateShare)
    /// Of keys that ascend in each share.
    case ordered(OrderedGroups, [HashAggregateShare])
    /// Merged part by part; the shares are those of the workers.
    case parts(AggregatePartitions, [HashAggregateShare])
    case spilled(SpilledGroups)
}
