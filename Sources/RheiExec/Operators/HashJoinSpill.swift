import RheiCompute
import RheiCore
import Synchronization

/// Both sides of a join whose build side does not fit, split by the hash of the keys: each part is joined by itself.
final class HashJoinSpill: Sendable {
    let level: Int
    let file: SpillFile
    private let sides = Mutex<(build: [SpilledParts], probe: [SpilledParts])>(([], []))

    init(level: Int, file: SpillFile) {
        self.level = level
        self.file = file
    }

    func addBuild(_ parts: SpilledParts) { sides.withLock { $0.build.append(parts) } }
    func addProbe(_ parts: SpilledParts) { sides.withLock { $0.probe.append(parts) } }

    /// The blocks of one part of both sides.
    func blocks(part: Int) -> (build: [SpillBlock], probe: [SpillBlock]) {
        sides.withLock { sides in (sides.build.flatMap { $0.blocks[part] }, sides.probe.flatMap { $0.blocks[part] }) }
    }

    var rowCount: Int { sides.withLock { ($0.build + $0.probe).reduce(0) { $0 + $1.rowCount } } }
}

/// Joins what was put aside, part by part, after the probe side has ended. Has no rows where nothing was.
struct HashJoinSpilledSource: PipelineSource {
    let step: HashJoinProbeStep

    func prepare() throws {}

    var morselCount: Int { step.buildSink.spilled == nil ? 0 : RowPartitioner.partCount }

    var rowCountHint: Int? { step.buildSink.spilled?.rowCount ?? 0 }

    func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        guard let spill = step.buildSink.spilled else { return }
        let (build, probe) = spill.blocks(part: morsel)
        if build.isEmpty && (probe.isEmpty || !step.kind.keepsRowsWithoutMatch) { return }
        var part = step
        part.buildSink = try step.buildSink.nextLevel()
        let builder = try part.buildSink.makeConsumer(worker: worker)
        try replay(build, part.buildSink.input.types, of: spill, worker, into: builder)
        try builder.finish()
        try part.buildSink.completeAlone(check: { try worker.checkCancelled() })
        let prober = try part.makeConsumer(worker: worker, next: OpenConsumer(consumer))
        try replay(probe, step.probe.types, of: spill, worker, into: prober)
        try prober.finish()
        try push(part.sourceAfterProbe, worker, consumer)
        try push(HashJoinSpilledSource(step: part), worker, consumer)
    }

    private func push(
        _ source: (any PipelineSource)?, _ worker: WorkerContext, _ consumer: any BatchConsumer
    ) throws {
        guard let source else { return }
        for morsel in 0..<source.morselCount where !worker.isStopped {
            try source.produce(morsel: morsel, worker: worker, into: consumer)
        }
    }

    private func replay(
        _ blocks: [SpillBlock], _ types: [VectorType], of spill: HashJoinSpill, _ worker: WorkerContext,
        into consumer: any BatchConsumer
    ) throws {
        let reader = SpillReader(spill.file, types: types)
        for place in blocks {
            try worker.checkCancelled()
            if worker.isStopped { return }
            worker.arena.reset()
            let block = try reader.read(place)
            let batch = VectorBatch(columns: block.columns, rowCount: block.rowCount, owners: [block])
            try consumer.consume(batch)
        }
    }
}

/// Passes batches on to a consumer whose end is not yet known.
private final class OpenConsumer: BatchConsumer {
    private let next: any BatchConsumer
    init(_ next: any BatchConsumer) { self.next = next }
    func consume(_ batch: VectorBatch) throws { try next.consume(batch) }
    func finish() {}
}
