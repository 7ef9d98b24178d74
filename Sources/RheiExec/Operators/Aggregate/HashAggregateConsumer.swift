import RheiCompute
import RheiPlan

/// One worker's share of a grouping.
final class HashAggregateConsumer: BatchConsumer {
    private let sink: HashAggregateSink
    private let worker: WorkerContext
    private let plan: HashAggregatePlan
    private var aggregator: HashAggregator
    private var reservation: MemoryReservation
    private var growth: GroupGrowth
    private let maySeal: Bool
    /// Takes the rows once most of them make groups of their own.
    private var ungrouped: PartitionedRows?
    private var spilling: Spilling?
    /// The keys, then the arguments of the aggregates without FILTER.
    private let evaluator: ExpressionEvaluator
    private let keyCount: Int
    private let inputs: [AggregateInput]
    private let filtered = VectorBatch()

    /// What a worker needs once its table is full.
    private struct Spilling {
        var partitions: SpillPartitions
        /// The argument of DISTINCT aggregates, where its values are split.
        var evaluator: ExpressionEvaluator?
    }

    /// Where an aggregate's arguments come from.
    private enum AggregateInput {
        /// A range of the shared evaluator's vectors.
        case shared(Range<Int>)
        /// Arguments are evaluated for the rows that pass the filter alone, so that others raise no error.
        case filtered(PredicateEvaluator, ExpressionEvaluator)
    }

    /// - Parameter known: groups to begin with.
    init(
        plan: HashAggregatePlan, sink: HashAggregateSink, worker: WorkerContext,
        startingWith known: HashAggregator? = nil
    ) throws {
        self.plan = plan
        self.sink = sink
        self.worker = worker
        keyCount = plan.keys.count
        maySeal = keyCount > 0 && sink.level == 0 && !plan.hasDistinct && !plan.dependsOnOrder
        let isShared = worker.query.threadCount > 1 && sink.level == 0 && !plan.dependsOnOrder
        let deferral = isShared ? DistinctDeferral(tableSize: worker.query.groupsPerTable) : nil
        aggregator = try known ?? plan.makeAggregator(looksForOrder: maySeal, deferral: deferral)
        reservation = sink.memory.makeReservation()
        if known != nil { try reservation.resize(to: aggregator.byteCount) }
        growth = GroupGrowth(tableSize: worker.query.groupsPerTable)
        var shared = plan.keys
        inputs = try plan.calls.map { call in
            guard let filter = call.filter else {
                shared += call.arguments
                return .shared(shared.count - call.arguments.count..<shared.count)
            }
            return .filtered(
                try PredicateEvaluator([filter], layout: plan.input),
                try ExpressionEvaluator(call.arguments, layout: plan.input))
        }
        evaluator = try ExpressionEvaluator(shared, layout: plan.input)
    }

    func consume(_ batch: VectorBatch) throws {
        let position = worker.position
        try consume(batch, sequence: UInt64(position.sequence) << 40 | UInt64(position.morsel))
    }

    /// - Parameter sequence: grows with the order of the batches in the input.
    func consume(_ batch: VectorBatch, sequence: UInt64) throws {
        let vectors = try evaluator.evaluate(batch, worker: worker)
        let keys = Array(vectors[..<keyCount])
        if let ungrouped, try spilling == nil && hasRoom(for: batch.selectedCount) {
            return ungrouped.append(vectors, batch.rows)
        }
        if try spilling == nil && hasRoom(for: batch.selectedCount) {
            try assignGroups(keys, batch.rows)
            try update(batch, batch.rows, vectors, sequence)
            if maySeal, !aggregator.isAscending,
                growth.isEndless(afterRows: batch.selectedCount, groupCount: aggregator.groupCount)
            {
                try seal()
                ungrouped = plan.partitionedTypes.map { types in
                    PartitionedRows(
                        types: types, keyCount: keyCount, bits: sink.partitionBits, skippedBits: sink.skippedBits)
                }
            }
            return
        }
        guard let spilling else { return }
        var rows = batch.rows
        if plan.hasFixedStates {
            let (known, unknown) = aggregator.findGroups(keys, rows)
            if known.count > 0 { try update(batch, known, vectors, sequence) }
            rows = unknown
        }
        let columns = plan.spilledSlots.map { batch.columns[$0] }
        guard let evaluator = spilling.evaluator else {
            return try spilling.partitions.append(columns, keys: keys, rows, sequence: sequence)
        }
        let values = try evaluator.evaluate(batch, worker: worker)
        try spilling.partitions.append(columns, keys: values, rows, sequence: sequence)
    }

    private func assignGroups(_ keys: [ColumnVector], _ rows: SelectionVector) throws {
        if aggregator.isAscending {
            if aggregator.assignAscendingGroups(keys, rows) { return }
            // Many groups are not worth a hash table for the sake of rows that come out of order.
            if aggregator.groupCount > worker.query.groupsPerTable { try seal() }
        }
        aggregator.assignGroups(keys, rows)
    }

    /// Hands over the groups so far and begins anew, in a table that is small again.
    private func seal() throws {
        handOver()
        aggregator = try plan.makeAggregator(looksForOrder: maySeal)
        reservation = sink.memory.makeReservation()
        growth = GroupGrowth(tableSize: worker.query.groupsPerTable)
    }

    private func handOver() {
        ungrouped?.finish()
        let order =
            keyCount > 0 && !aggregator.isAscending && aggregator.groupCount >= worker.query.groupsPerTable
            ? PartitionOrder(aggregator, bits: sink.partitionBits, skippedBits: sink.skippedBits) : nil
        sink.add(HashAggregateShare(aggregator, reservation, order: order, rows: ungrouped))
    }

    /// Makes room for the groups of so many rows, or begins to put rows aside.
    private func hasRoom(for rowCount: Int) throws -> Bool {
        let needed = ungrouped?.byteCount(adding: rowCount) ?? aggregator.byteCount(adding: rowCount)
        if reservation.tryResize(to: needed, sink.level == 0 ? .gathering : .reading) { return true }
        guard let spill = try sink.spill(groupCount: aggregator.groupCount) else {
            try reservation.resize(to: needed)
            return true
        }
        aggregator.settleDistinct()
        let partitions = SpillPartitions(
            types: plan.spilledTypes, level: spill.level, file: spill.file, memory: sink.memory,
            keepsOrder: plan.dependsOnOrder)
        let argument = spill.split == .distinctValue ? plan.distinctArgument : nil
        spilling = Spilling(
            partitions: partitions,
            evaluator: try argument.map { try ExpressionEvaluator([$0], layout: plan.input) })
        return false
    }

    private func update(
        _ batch: VectorBatch, _ rows: SelectionVector, _ vectors: [ColumnVector], _ sequence: UInt64
    ) throws {
        for (index, input) in inputs.enumerated() {
            switch input {
            case .shared(let range):
                aggregator.update(aggregate: index, Array(vectors[range]), rows, sequence: sequence)
            case .filtered(let predicate, let arguments):
                try update(index, predicate, arguments, batch, rows, sequence)
            }
        }
    }

    private func update(
        _ index: Int, _ predicate: PredicateEvaluator, _ arguments: ExpressionEvaluator, _ batch: VectorBatch,
        _ rows: SelectionVector, _ sequence: UInt64
    ) throws {
        filtered.columns = batch.columns
        filtered.rowCount = batch.rowCount
        filtered.select(rows)
        try predicate.narrow(filtered, worker: worker)
        guard filtered.selectedCount > 0 else { return }
        let vectors = try arguments.evaluate(filtered, worker: worker)
        aggregator.update(aggregate: index, vectors, filtered.rows, sequence: sequence)
    }

    func finish() throws {
        if let spilling { sink.add(try spilling.partitions.finish()) }
        spilling = nil
        _ = reservation.tryResize(to: ungrouped?.byteCount(adding: 0) ?? aggregator.byteCount, .reading)
        handOver()
    }
}
