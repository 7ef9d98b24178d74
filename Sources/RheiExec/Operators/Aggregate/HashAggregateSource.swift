import RheiCompute
import RheiCore

/// Yields the groups of a complete ``HashAggregateSink``: keys, then results, in batches of whole vectors.
struct HashAggregateSource: PipelineSource {
    let sink: HashAggregateSink
    private static let groupsPerMorsel = 32 * VectorBatch.capacity

    func prepare() throws {}

    var morselCount: Int {
        switch sink.result {
        case .whole(let share): (share.aggregator.groupCount + Self.groupsPerMorsel - 1) / Self.groupsPerMorsel
        case .parts(let parts, _): parts.partCount
        case .spilled(let groups): groups.morselCount
        case nil: 0
        }
    }

    var rowCountHint: Int? {
        switch sink.result {
        case .whole(let share): share.aggregator.groupCount
        case .parts(let parts, _): parts.groupCount
        case .spilled(let groups): groups.groupCount
        case nil: 0
        }
    }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        switch sink.result {
        case .whole(let share):
            let aggregator = share.aggregator
            let first = morsel * Self.groupsPerMorsel
            let groups = first..<min(first + Self.groupsPerMorsel, aggregator.groupCount)
            try push(groups, of: aggregator, worker, consumer)
        case .parts(let parts, _):
            let aggregator = try parts.merged(part: morsel)
            let reservation = sink.memory.makeReservation()
            defer { withExtendedLifetime(reservation) {} }
            try reservation.resize(to: aggregator.byteCount)
            try push(0..<aggregator.groupCount, of: aggregator, worker, consumer)
        case .spilled(let groups): try produce(groups, morsel, worker, consumer)
        case nil: throw EngineError(.invariant, "groups are read before they are complete")
        }
    }

    private func produce(
        _ groups: SpilledGroups, _ morsel: Int, _ worker: WorkerContext, _ consumer: any BatchConsumer
    ) throws {
        if groups.addsUpParts {
            let aggregator = try groups.total(worker: worker)
            return try push(0..<aggregator.groupCount, of: aggregator, worker, consumer)
        }
        if groups.isEmpty(part: morsel) { return }
        let part = HashAggregateSource(sink: try groups.sink(ofPart: morsel, worker: worker))
        for morsel in 0..<part.morselCount where !worker.isStopped {
            try part.produce(morsel: morsel, worker: worker, into: consumer)
        }
    }

    private func push(
        _ groups: Range<Int>, of aggregator: HashAggregator, _ worker: WorkerContext, _ consumer: any BatchConsumer
    ) throws {
        let output = aggregator.makeOutput()
        let batch = VectorBatch(owners: [aggregator, output])
        for first in stride(from: groups.lowerBound, to: groups.upperBound, by: VectorBatch.capacity) {
            try worker.checkCancelled()
            if worker.isStopped { return }
            worker.arena.reset()
            let count = min(VectorBatch.capacity, groups.upperBound - first)
            batch.columns = try aggregator.emit(first: first, count: count, into: output)
            batch.resetSelection(rowCount: count)
            try consumer.consume(batch)
        }
    }
}
