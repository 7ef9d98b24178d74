import RheiCompute
import RheiCore

/// Yields the groups of a complete ``HashAggregateSink``: keys, then results, in batches of whole vectors.
struct HashAggregateSource: PipelineSource {
    let sink: HashAggregateSink
    private static let groupsPerMorsel = 32 * VectorBatch.capacity

    func prepare() throws {}

    var morselCount: Int {
        switch sink.result {
        case .whole(let aggregator): (aggregator.groupCount + Self.groupsPerMorsel - 1) / Self.groupsPerMorsel
        case .parts(let parts): parts.partCount
        case nil: 0
        }
    }

    var rowCountHint: Int? {
        switch sink.result {
        case .whole(let aggregator): aggregator.groupCount
        case .parts(let parts): parts.groupCount
        case nil: 0
        }
    }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        switch sink.result {
        case .whole(let aggregator):
            let first = morsel * Self.groupsPerMorsel
            let groups = first..<min(first + Self.groupsPerMorsel, aggregator.groupCount)
            try push(groups, of: aggregator, worker, consumer)
        case .parts(let parts):
            let aggregator = try parts.merged(part: morsel)
            try push(0..<aggregator.groupCount, of: aggregator, worker, consumer)
        case nil: throw EngineError(.invariant, "groups are read before they are complete")
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
