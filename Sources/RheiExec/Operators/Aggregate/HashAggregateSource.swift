import RheiCompute
import RheiCore

/// Yields the groups of a complete ``HashAggregateSink``: keys, then results, in batches of whole vectors.
struct HashAggregateSource: PipelineSource {
    let sink: HashAggregateSink
    private static let groupsPerMorsel = 4 * VectorBatch.capacity

    func prepare() throws {}

    var morselCount: Int {
        switch sink.result {
        case .whole(let share): Self.morselCount(share.aggregator)
        case .ordered(let groups, _): groups.sources.reduce(0) { $0 + Self.morselCount($1) }
        case .parts(let parts, _): parts.partCount
        case .spilled(let groups): groups.morselCount
        case nil: 0
        }
    }

    private static func morselCount(_ aggregator: HashAggregator) -> Int {
        (aggregator.groupCount + groupsPerMorsel - 1) / groupsPerMorsel
    }

    var rowCountHint: Int? {
        switch sink.result {
        case .whole(let share): share.aggregator.groupCount
        case .ordered(let groups, _): groups.groupCount
        case .parts(let parts, _): parts.itemCount
        case .spilled(let groups): groups.groupCount
        case nil: 0
        }
    }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        switch sink.result {
        case .whole(let share):
            let aggregator = share.aggregator
            try push(Self.groups(ofMorsel: morsel, aggregator), of: aggregator, worker, consumer)
        case .ordered(let groups, _): try produce(groups, morsel, worker, consumer)
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

    private static func groups(ofMorsel morsel: Int, _ aggregator: HashAggregator) -> Range<Int> {
        let first = morsel * groupsPerMorsel
        return first..<min(first + groupsPerMorsel, aggregator.groupCount)
    }

    /// The morsels of the first source come first.
    private func produce(
        _ groups: OrderedGroups, _ morsel: Int, _ worker: WorkerContext, _ consumer: any BatchConsumer
    ) throws {
        var morsel = morsel
        let own = SelectionBuffer()
        defer { withExtendedLifetime(own) {} }
        for (index, source) in groups.sources.enumerated() {
            let count = Self.morselCount(source)
            guard morsel >= count else {
                let range = Self.groups(ofMorsel: morsel, source)
                return try push(range, of: source, worker, consumer) { batch, groupsOfBatch in
                    let selection = groups.selectOwn(groupsOfBatch, ofSource: index, into: own)
                    if let selection { batch.select(selection) }
                }
            }
            morsel -= count
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
        _ groups: Range<Int>, of aggregator: HashAggregator, _ worker: WorkerContext, _ consumer: any BatchConsumer,
        narrow: (VectorBatch, Range<Int>) -> Void = { _, _ in }
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
            narrow(batch, first..<first + count)
            if batch.selectedCount > 0 { try consumer.consume(batch) }
        }
    }
}
