import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// The build side of a join: its rows, kept by every worker in a store of its own and joined by `complete`.
///
/// The stored columns are the input's, then those keys that are not columns of the input themselves.
final class HashJoinBuildSink: PipelineSink {
    let input: ColumnLayout
    private let keys: [JoinKey]
    /// Per key its stored column.
    private let keySlots: [Int]
    private let computedKeys: [Expression]
    private let storedTypes: [VectorType]
    private let parts = Mutex<[RowStore]>([])
    private let finished = Mutex<HashJoinBuild?>(nil)
    /// By key, what scans of the probe side want to know of it.
    private let filters = Mutex<[(key: Int, filter: JoinFilter)]>([])

    init(input: ColumnLayout, keys: [JoinKey]) throws {
        self.input = input
        self.keys = keys
        var computed: [Expression] = []
        var types = input.types
        keySlots = try keys.map { key in
            guard key.probe.type == key.build.type else {
                throw EngineError(.invariant, "join keys of types \(key.probe.type) and \(key.build.type)")
            }
            if case .column(let id, _) = key.build { return try input.slot(of: id) }
            computed.append(key.build)
            types.append(try vectorType(of: key.build.type))
            return types.count - 1
        }
        computedKeys = computed
        storedTypes = types
    }

    /// Makes a filter of one key's values, to be filled when the sink is complete; nil for a key that is no integer.
    func makeFilter(key: Int) -> JoinFilter? {
        guard storedTypes[keySlots[key]].isInteger else { return nil }
        let filter = JoinFilter()
        filters.withLock { $0.append((key, filter)) }
        return filter
    }

    /// Nil until the sink is complete.
    var build: HashJoinBuild? { finished.withLock { $0 } }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        Consumer(
            sink: self, evaluator: try ExpressionEvaluator(computedKeys, layout: input),
            rows: RowStore(types: storedTypes), worker: worker)
    }

    func complete() throws {
        let stores = parts.withLock { parts in
            defer { parts = [] }
            return parts
        }
        let rows = RowStore.joined(stores, types: storedTypes)
        guard rows.rowCount < Int(noStoredRow) else { throw EngineError.unsupported("joins with four billion rows") }
        let build = HashJoinBuild(
            rows: rows, columnCount: input.count, keySlots: keySlots, nullsMatch: keys.map(\.nullsMatch))
        for (key, filter) in filters.withLock({ $0 }) {
            filter.value = KeyFilter(rows.columns[keySlots[key]], rowCount: rows.rowCount)
        }
        finished.withLock { $0 = build }
    }

    private func add(_ rows: RowStore) { parts.withLock { $0.append(rows) } }

    private final class Consumer: BatchConsumer {
        private let sink: HashJoinBuildSink
        private let evaluator: ExpressionEvaluator
        private let rows: RowStore
        private let worker: WorkerContext

        init(sink: HashJoinBuildSink, evaluator: ExpressionEvaluator, rows: RowStore, worker: WorkerContext) {
            self.sink = sink
            self.evaluator = evaluator
            self.rows = rows
            self.worker = worker
        }

        func consume(_ batch: VectorBatch) throws {
            let computed = try evaluator.evaluate(batch, worker: worker)
            rows.append(batch.columns + computed, batch.rows)
        }

        func finish() { sink.add(rows) }
    }
}

/// The rows of a complete build side and the tables over their keys.
///
/// Unchecked because after `init` only the matched marks change, under their lock.
final class HashJoinBuild: @unchecked Sendable {
    let rows: RowStore
    /// How many of the stored columns belong to the output.
    let columnCount: Int
    /// Nil for a join without keys.
    let table: JoinTable?
    let unknowns: HashJoinUnknowns?
    /// One byte per row, made when the first worker reports.
    private let matched = Mutex<MatchedRows?>(nil)

    init(rows: RowStore, columnCount: Int, keySlots: [Int], nullsMatch: [Bool]) {
        self.rows = rows
        self.columnCount = columnCount
        let keyColumns = keySlots.map { rows.columns[$0] }
        table =
            keyColumns.isEmpty
            ? nil : JoinTable(keyColumns: keyColumns, rowCount: rows.rowCount, nullsMatch: nullsMatch)
        unknowns = keyColumns.isEmpty ? nil : HashJoinUnknowns(keyColumns, rows.rowCount, nullsMatch)
    }

    /// Views of the output columns of `count` rows from `first`, a multiple of 64.
    func vectors(from first: Int, count: Int) -> [ColumnVector] {
        Array(rows.vectors(from: first, count: count).prefix(columnCount))
    }

    /// Takes a worker's marks of the rows that found a match.
    func add(_ marks: MatchedRows) {
        matched.withLock { all in
            if let all { all.formUnion(marks) } else { all = marks }
        }
    }

    var matchedRows: MatchedRows? { matched.withLock { $0 } }
}
