import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// One run of a recursion by one worker: the queue of rows that wait, and what they lead to.
final class RecursionRun {
    private let recursion: Recursion
    private let worker: WorkerContext
    private let consumer: any BatchConsumer
    private let collector: RecursionCollector
    /// The first consumers of the chains; empty where a plan runs for every round.
    private let chains: [any BatchConsumer]
    private let batch = VectorBatch()
    private var skippedCount = 0
    private var emittedCount = 0
    /// Counts instead where several recursions run side by side.
    private let quota: RecursionQuota?

    init(_ recursion: Recursion, worker: WorkerContext, consumer: any BatchConsumer) throws {
        self.recursion = recursion
        self.worker = worker
        self.consumer = consumer
        let collector = RecursionCollector(
            types: recursion.types, chunkCapacity: recursion.query.vectorSize,
            traits: recursion.traits, memory: recursion.memory)
        self.collector = collector
        quota = RecursionQuota(types: recursion.types, traits: recursion.traits)
        if case .chains(let chains) = recursion.step {
            self.chains = try chains.map { steps in
                try steps.reversed().reduce(collector as any BatchConsumer) { next, step in
                    try step.makeConsumer(worker: worker, next: next)
                }
            }
        } else {
            chains = []
        }
    }

    /// Puts rows into the queue.
    func add(_ rows: RowCollection) throws { try push(rows, to: [collector]) }

    func finish() throws { for chain in chains { try chain.finish() } }

    /// Takes all waiting rows at once, round by round.
    func runByRounds() throws {
        var rows = collector.take()
        while rows.rowCount > 0 {
            try emit(rows, from: 0)
            if isDone { return }
            try advance(rows)
            rows = collector.take()
        }
    }

    /// Takes one row after the other, first in, first out.
    func runRowByRow() throws {
        var rows = collector.take()
        while rows.rowCount > 0 {
            for chunk in 0..<rows.chunkCount {
                for row in 0..<rows.rowCount(chunk: chunk) {
                    try take(copy(of: rows, chunk: chunk, row: row))
                    if isDone { return }
                }
            }
            rows = collector.take()
        }
    }

    /// Takes the least waiting row by ORDER BY.
    func runInOrder() throws {
        var queue = RecursionQueue(types: recursion.types, order: recursion.traits.order)
        queue.add(collector.take())
        while let (rows, chunk, row) = queue.removeFirst() {
            try take(copy(of: rows, chunk: chunk, row: row))
            if isDone { return }
            queue.add(collector.take())
        }
    }

    private func copy(of rows: RowCollection, chunk: Int, row: Int) -> RowCollection {
        let single = RowCollection(types: recursion.types, chunkCapacity: 1, expectedRowCount: 1)
        unsafe single.append(rows.columns(chunk: chunk), selection: nil, start: row, count: 1)
        single.seal()
        return single
    }

    private func take(_ row: RowCollection) throws {
        if let quota {
            let (isEmitted, leadsOn) = quota.take(row.columns(chunk: 0))
            if isEmitted { try push(row, to: [consumer]) }
            return leadsOn ? try advance(row) : ()
        }
        try emit(row, from: 0)
        if !isDone { try advance(row) }
    }

    /// Whether nobody wants further rows.
    private var isDone: Bool {
        if worker.isStopped { return true }
        return quota == nil && recursion.traits.limit.map { emittedCount >= max($0, 0) } ?? false
    }

    /// Hands rows to the result, as far as LIMIT and OFFSET let them pass.
    private func emit(_ rows: RowCollection, from first: Int) throws {
        for chunk in 0..<rows.chunkCount where !isDone {
            let count = rows.rowCount(chunk: chunk)
            let skipped = min(max(recursion.traits.offset, 0) - skippedCount, count)
            skippedCount += skipped
            let wanted = recursion.traits.limit.map { max($0, 0) - emittedCount } ?? .max
            let passed = min(count - skipped, wanted)
            guard passed > 0 else { continue }
            emittedCount += passed
            if skipped == 0, passed == count {
                try push(rows, chunk: chunk, to: consumer)
            } else {
                let part = RowCollection(types: recursion.types, chunkCapacity: passed, expectedRowCount: passed)
                unsafe part.append(rows.columns(chunk: chunk), selection: nil, start: skipped, count: passed)
                try push(part, to: [consumer])
            }
        }
    }

    /// Finds the rows that these lead to.
    private func advance(_ rows: RowCollection) throws {
        switch recursion.step {
        case .chains: try push(rows, to: chains)
        case .plan(let plan): try push(try Self.result(of: plan, rows, recursion), to: [collector])
        }
    }

    /// Runs the step's plan over the rows of one round.
    private static func result(
        of plan: PhysicalPlan, _ rows: RowCollection, _ recursion: Recursion
    ) throws -> RowCollection {
        let box = RowCollectionBox()
        box.value = rows
        var builder = PipelineBuilder(
            query: recursion.query, round: RecursionRound(working: recursion.working, rows: box))
        let sink = RowCollectionSink(types: recursion.types, chunkCapacity: recursion.query.vectorSize)
        let pipelines = try builder.build(plan, into: sink)
        let failure = Mutex<(any Error)?>(nil)
        QueryRun(pipelines, context: recursion.query) { error in failure.withLock { $0 = error } }.runAlone()
        if let error = failure.withLock({ $0 }) { throw error }
        return sink.output.value ?? RowCollection(types: recursion.types)
    }

    private func push(_ rows: RowCollection, to targets: [any BatchConsumer]) throws {
        for target in targets {
            for chunk in 0..<rows.chunkCount { try push(rows, chunk: chunk, to: target) }
        }
    }

    private func push(_ rows: RowCollection, chunk: Int, to target: any BatchConsumer) throws {
        try worker.checkCancelled()
        worker.arena.reset()
        batch.owners = [rows]
        batch.columns = rows.columns(chunk: chunk)
        batch.resetSelection(rowCount: rows.rowCount(chunk: chunk))
        if batch.rowCount > 0 { try target.consume(batch) }
    }
}
