import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// GROUP BY: every worker groups its batches in its own tables; `complete` joins them.
///
/// Few groups are merged at once. Many are split by the hash of their keys into parts that the source merges when they
/// are asked for, by several workers at a time. Rows for which a worker's table has no room are put aside, split in the
/// same way, and grouped with their part.
final class HashAggregateSink: StagedSink {
    let plan: HashAggregatePlan
    let memory: OperatorMemory
    private let query: QueryContext
    /// How often the rows have been split by their hash already.
    let level: Int
    private let parts = Mutex<[HashAggregateShare]>([])
    private let spilled = Mutex<AggregateSpill?>(nil)
    private let merged = Mutex<HashAggregateResult?>(nil)
    /// Groups in the order of parts, by the index of their share; in use while the sink is completed.
    private let splits = Mutex<[Int: AggregateSplit]>([:])

    /// From how many groups on, over all workers, or values of DISTINCT aggregates that are not told apart yet, merging
    /// is left to the source.
    private var partitionedCount: Int { query.groupsPerTable / 2 }

    /// The parts of many groups are two to this power; fewer where each part has tables for the values of DISTINCT
    /// aggregates too.
    var partitionBits: Int { plan.hasDistinct ? 4 : 6 }

    /// Hash bits that all rows agree on.
    var skippedBits: Int { level * RowPartitioner.bits }

    /// Up to how many groups a table that is full of DISTINCT values is split by values instead of by groups.
    private static let fewGroupsCount = 256

    init(plan: HashAggregatePlan, query: QueryContext, memory: OperatorMemory, level: Int = 0) {
        self.plan = plan
        self.query = query
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

    func completion() throws -> CompletionStage? {
        let sources = parts.withLock { parts in
            defer { parts = [] }
            return parts
        }
        guard let result = try merge(sources) else { return split(sources) }
        merged.withLock { $0 = result }
        return nil
    }

    /// - Returns: nil where merging is left to the source, part by part.
    private func merge(_ sources: [HashAggregateShare]) throws -> HashAggregateResult? {
        if let spill = spilled.withLock({ $0 }) {
            for source in sources { source.aggregator.settleDistinct() }
            return .spilled(SpilledGroups(plan: plan, memory: memory, sources: sources, spill: spill))
        }
        guard let first = sources.first else {
            return .whole(HashAggregateShare(try plan.makeAggregator(), memory.makeReservation()))
        }
        if sources.count > 1, !sources.contains(where: { $0.rows != nil }),
            let groups = OrderedGroups(sources.map(\.aggregator))
        {
            return .ordered(groups, sources)
        }
        if isMergedInParts(sources) { return nil }
        for source in sources { source.aggregator.settleDistinct() }
        for other in sources.dropFirst() {
            if plan.keys.isEmpty {
                try first.reservation.resize(to: first.aggregator.byteCount + other.aggregator.byteCount)
            }
            first.aggregator.absorb(other.aggregator)
        }
        return .whole(first)
    }

    private func isMergedInParts(_ sources: [HashAggregateShare]) -> Bool {
        guard sources.count > 1, !plan.keys.isEmpty else { return false }
        return sources.contains { $0.order != nil || $0.rows != nil }
            || sources.reduce(0) { $0 + $1.aggregator.groupCount } >= partitionedCount
            || sources.reduce(0) { $0 + $1.aggregator.deferredValueCount } >= partitionedCount
            || !hasRoom(for: sources.dropFirst(), in: sources[0])
    }

    /// Orders each worker's groups in a task of its own; the source merges the parts.
    private func split(_ sources: [HashAggregateShare]) -> CompletionStage {
        CompletionStage(taskCount: sources.count) { [self] task in
            let split = AggregateSplit(
                sources[task].aggregator, bits: partitionBits, skippedBits: skippedBits, order: sources[task].order)
            splits.withLock { $0[task] = split }
        } end: { [self] in
            let found = splits.withLock { splits in
                defer { splits = [:] }
                return sources.indices.compactMap { splits[$0] }
            }
            let parts = AggregatePartitions(
                found, keyTypes: plan.keyTypes, aggregates: plan.aggregates, bits: partitionBits,
                rows: sources.compactMap(\.rows))
            merged.withLock { $0 = .parts(parts, sources) }
            return nil
        }
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
