import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// What the workers of a grouping put aside because their tables have no room for more: rows, split such that each part
/// can be grouped apart.
final class AggregateSpill: Sendable {
    /// What decides over a row's part.
    enum Split: Hashable, Sendable {
        /// The keys: every group lies in one part.
        case keys
        /// The argument of the DISTINCT aggregates: every value lies in one part, and the parts' results are added. For
        /// a few groups with many values each.
        case distinctValue
    }

    let split: Split
    let level: Int
    let file: SpillFile
    private let workers = Mutex<[SpilledParts]>([])

    init(split: Split, level: Int, file: SpillFile) {
        self.split = split
        self.level = level
        self.file = file
    }

    func add(_ parts: SpilledParts) { workers.withLock { $0.append(parts) } }

    /// What each worker has written.
    var parts: [SpilledParts] { workers.withLock { $0 } }
}

/// A grouping of which some rows lie in files: its groups come part by part.
final class SpilledGroups: Sendable {
    private let plan: HashAggregatePlan
    private let memory: OperatorMemory
    private let sources: [HashAggregateShare]
    /// The groups in memory by part; nil where values and not keys were split.
    private let partitions: AggregatePartitions?
    private let spill: AggregateSpill
    private let parts: [SpilledParts]

    init(plan: HashAggregatePlan, memory: OperatorMemory, sources: [HashAggregateShare], spill: AggregateSpill) {
        self.plan = plan
        self.memory = memory
        self.sources = sources
        self.spill = spill
        parts = spill.parts
        partitions =
            spill.split == .distinctValue
            ? nil
            : AggregatePartitions(
                sources.map {
                    AggregateSplit(
                        $0.aggregator, bits: RowPartitioner.bits, skippedBits: spill.level * RowPartitioner.bits)
                },
                keyTypes: plan.keyTypes, aggregates: plan.aggregates, bits: RowPartitioner.bits,
                rows: sources.compactMap(\.rows))
    }

    /// Whether the result is one: that of ``total(worker:)``.
    var addsUpParts: Bool { spill.split == .distinctValue }

    var morselCount: Int { spill.split == .keys ? RowPartitioner.partCount : 1 }

    /// An upper bound of the number of groups.
    var groupCount: Int {
        sources.reduce(0) { $0 + $1.aggregator.groupCount + ($1.rows?.rowCount ?? 0) }
            + parts.reduce(0) { $0 + $1.rowCount }
    }

    /// Whether a part has no groups.
    func isEmpty(part: Int) -> Bool {
        (partitions?.isEmpty(part: part) ?? false) && parts.allSatisfy { $0.blocks[part].isEmpty }
    }

    /// Groups one part, by itself a grouping that may spill again.
    func sink(ofPart part: Int, worker: WorkerContext) throws -> HashAggregateSink {
        let sink = HashAggregateSink(
            plan: plan.spilled, query: worker.query, memory: memory, level: spill.level + 1)
        if let partitions {
            let known = try partitions.merged(part: part)
            try replay(part, into: sink, startingWith: known, worker)
        } else {
            let known = try plan.makeAggregator()
            for source in sources {
                known.addDistinctValues(of: source.aggregator, in: ValuePart(part, level: spill.level))
            }
            try replay(part, into: sink, startingWith: known, worker)
        }
        try sink.complete()
        return sink
    }

    private func replay(
        _ part: Int, into sink: HashAggregateSink, startingWith known: HashAggregator, _ worker: WorkerContext
    ) throws {
        let reader = SpillReader(spill.file, types: plan.spilledTypes)
        let batch = VectorBatch()
        var start: HashAggregator? = known
        // Where order matters, each worker's rows are grouped by themselves, since they alone are in order.
        for lists in plan.dependsOnOrder ? parts.map({ [$0.blocks[part]] }) : [parts.map { $0.blocks[part] }] {
            let consumer = try HashAggregateConsumer(
                plan: plan.spilled, sink: sink, worker: worker, startingWith: start)
            start = nil
            for block in lists.joined() {
                try worker.checkCancelled()
                worker.arena.reset()
                let rows = try reader.read(block)
                batch.owners = [rows]
                batch.columns = rows.columns
                batch.resetSelection(rowCount: rows.rowCount)
                try consumer.consume(batch, sequence: block.sequence)
            }
            try consumer.finish()
        }
        // Without rows of this part the groups in memory are all there are.
        if start != nil { sink.add(HashAggregateShare(known, memory.makeReservation())) }
    }

    /// Adds up the results of all parts where values were split.
    func total(worker: WorkerContext) throws -> HashAggregator {
        let result = try plan.makeAggregator()
        for source in sources { result.add(source.aggregator, includingDistinct: false) }
        for part in 0..<RowPartitioner.partCount { try add(part, to: result, worker) }
        return result
    }

    /// Adds the groups of one part, whose keys or DISTINCT values are other ones than those added before.
    private func add(_ part: Int, to result: HashAggregator, _ worker: WorkerContext) throws {
        if isEmpty(part: part) { return }
        switch try sink(ofPart: part, worker: worker).result {
        case .whole(let share): result.add(share.aggregator, includingDistinct: true)
        case .ordered(let groups, _):
            throw EngineError(.invariant, "\(groups.groupCount) groups in order where DISTINCT values are added")
        case .parts(let parts, _):
            for part in 0..<parts.partCount { result.add(try parts.merged(part: part), includingDistinct: true) }
        case .spilled(let groups) where groups.addsUpParts:
            result.add(try groups.total(worker: worker), includingDistinct: true)
        case .spilled(let groups):
            for part in 0..<RowPartitioner.partCount { try groups.add(part, to: result, worker) }
        case nil: throw EngineError(.invariant, "groups are read before they are complete")
        }
    }
}
